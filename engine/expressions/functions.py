"""What the functions of the language do with values, in Python.

All are total: an empty value or one of the wrong kind gives the empty value, or False
where the language says so.
"""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from engine.expressions.facts import Facts, days_from

LONGEST_TEXT = 20_000
LARGEST = Decimal(10) ** 18

Function = Callable[..., Any]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _on_text(change: Callable[[str], str]) -> Function:
    def changed(_facts: Facts, value: Any) -> str | None:
        text = _text(value)
        return (change(text) or None) if text is not None else None

    return changed


def _searching(found: Callable[[str, str], bool]) -> Function:
    def search(_facts: Facts, value: Any, part: Any) -> bool:
        if isinstance(value, list):
            return part in value
        text, wanted = _text(value), _text(part)
        return bool(text and wanted and found(text.lower(), wanted.lower()))

    return search


def _length(_facts: Facts, value: Any) -> Decimal | None:
    return Decimal(len(value)) if isinstance(value, str) else None


def _concat(_facts: Facts, *values: Any) -> str | None:
    return "".join(_plain(v) for v in values if v is not None)[:LONGEST_TEXT] or None


def _plain(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _round(_facts: Facts, value: Any, places: Any = Decimal(0)) -> Decimal | None:
    if not isinstance(value, Decimal) or not isinstance(places, Decimal):
        return None
    try:
        step = Decimal(1).scaleb(-max(0, min(10, int(places))))
        return value.quantize(step, rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        return None


def _date(_facts: Facts, year: Any, month: Any, day: Any) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except (TypeError, ValueError, OverflowError):
        return None


def _part_of_day(name: str) -> Function:
    def part(facts: Facts, value: Any) -> Decimal | None:
        if not isinstance(value, date):
            return None
        local = value.astimezone(facts.zone) if hasattr(value, "astimezone") else value
        return Decimal(getattr(local, name))

    return part


def _case(_facts: Facts, *values: Any) -> Any:
    for condition, value in zip(values[::2], values[1::2], strict=False):
        if condition is True:
            return value
    return values[-1] if len(values) % 2 else None


FUNCTIONS: dict[str, Function] = {
    "lower": _on_text(str.lower),
    "upper": _on_text(str.upper),
    "trim": _on_text(str.strip),
    "length": _length,
    "concat": _concat,
    "contains": _searching(lambda text, part: part in text),
    "starts_with": _searching(str.startswith),
    "ends_with": _searching(str.endswith),
    "abs": lambda _facts, value: abs(value) if isinstance(value, Decimal) else None,
    "round": _round,
    "is_empty": lambda _facts, value: value is None or value in ("", []),
    "coalesce": lambda _facts, *values: next((v for v in values if v is not None), None),
    "case": _case,
    "today": lambda facts: facts.today,
    "now": lambda facts: facts.now,
    "days_ago": lambda facts, days: None if days is None else days_from(facts, -days),
    "days_from_now": lambda facts, days: None if days is None else days_from(facts, days),
    "date": _date,
    "year": _part_of_day("year"),
    "month": _part_of_day("month"),
    "day": _part_of_day("day"),
    "has_role": lambda facts, role: role in facts.roles,
}
