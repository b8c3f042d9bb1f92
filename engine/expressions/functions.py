"""What the functions of the language do with values, in Python.

All are total: an empty value or one of the wrong kind gives the empty value, or False
where the language says so.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.expressions import calendar, numbers
from engine.expressions.facts import Facts, same_kind
from engine.expressions.numbers import LARGEST
from engine.fields.money import Money
from metadata.functions import PERIODS
from metadata.patterns import PatternRefused, compile_pattern, read_pattern

LONGEST_TEXT = 20_000

Function = Callable[..., Any]


def _on_text(change: Callable[[str], str]) -> Function:
    def changed(_facts: Facts, value: Any) -> str | None:
        return cut(change(value)) if isinstance(value, str) else None

    return changed


def cut(text: str) -> str | None:
    """A text of the language: never longer than it may be, and empty when nothing is in it."""
    return text[:LONGEST_TEXT] or None


def whole(value: Any) -> int | None:
    """A number without its decimals."""
    return int(value) if isinstance(value, Decimal) else None


def _left(_facts: Facts, value: Any, count: Any) -> str | None:
    size = whole(count)
    return value[:size] or None if isinstance(value, str) and size is not None and size > 0 else None


def _right(_facts: Facts, value: Any, count: Any) -> str | None:
    size = whole(count)
    return value[-size:] or None if isinstance(value, str) and size is not None and size > 0 else None


def _replace(_facts: Facts, value: Any, what: Any, by: Any) -> str | None:
    if not isinstance(value, str) or not isinstance(what, str):
        return value if isinstance(value, str) else None
    return cut(value.replace(what, by if isinstance(by, str) else ""))


def _searching(found: Callable[[str, str], bool]) -> Function:
    def search(_facts: Facts, value: Any, part: Any) -> bool:
        if isinstance(value, list):
            return part in value
        is_text = isinstance(value, str) and isinstance(part, str)
        return bool(is_text and value and part and found(value.lower(), part.lower()))

    return search


def _matches(_facts: Facts, value: Any, pattern: Any) -> bool:
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    try:
        return compile_pattern(read_pattern(pattern)).search(value) is not None
    except PatternRefused:
        return False


def _length(_facts: Facts, value: Any) -> Decimal | None:
    return Decimal(len(value)) if isinstance(value, str) else None


def _concat(_facts: Facts, *values: Any) -> str | None:
    return cut("".join(as_text(value) for value in values if value is not None))


def as_text(value: Any) -> str:
    """A value as text that other texts are joined to."""
    if isinstance(value, Decimal):
        return numbers.plain(value)
    if isinstance(value, Money):
        return f"{numbers.plain(value.amount)} {value.currency}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def _on_number(change: Callable[[Decimal], Decimal]) -> Function:
    def changed(_facts: Facts, value: Any) -> Any:
        if isinstance(value, Money):
            return Money(change(value.amount), value.currency)
        return change(value) if isinstance(value, Decimal) else None

    return changed


def _round(_facts: Facts, value: Any, places: Any = Decimal(0)) -> Any:
    count = whole(places)
    if count is None:
        return None
    return _on_number(lambda number: numbers.round_to(number, count))(_facts, value)


def _best(is_better: Callable[[Any, Any], bool]) -> Function:
    """The smallest or largest of the values that are not empty; empty for amounts of several
    currencies.
    """

    def best(facts: Facts, *values: Any) -> Any:
        currencies = {value.currency for value in values if isinstance(value, Money)}
        if len(currencies) > 1:
            return None
        found: Any = None
        for value in map(amount_of, values):
            if found is None:
                found = value
            elif value is not None:
                value, found = same_kind(value, found, facts)
                if type(value) is not type(found):
                    return None
                found = value if is_better(value, found) else found
        return Money(found, *currencies) if currencies and found is not None else found

    return best


def amount_of(value: Any) -> Any:
    """The amount of money; any other value as it is."""
    return value.amount if isinstance(value, Money) else value


def _date(_facts: Facts, year: Any, month: Any, day: Any) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except (TypeError, ValueError, OverflowError):
        return None


def _of_day(read: Callable[[date], int]) -> Function:
    def part(facts: Facts, value: Any) -> Decimal | None:
        return Decimal(read(facts.day_of(value))) if isinstance(value, date) else None

    return part


def _unit(find: Callable[..., date | None]) -> Function:
    def found(facts: Facts, value: Any, unit: Any) -> date | None:
        return find(value, unit, facts.zone) if isinstance(value, date) else None

    return found


def _between(count: Callable[..., int]) -> Function:
    def between(facts: Facts, one: Any, other: Any) -> Decimal | None:
        if not isinstance(one, date) or not isinstance(other, date):
            return None
        return Decimal(count(one, other, facts.zone))

    return between


def _add_business_days(facts: Facts, value: Any, count: Any) -> date | None:
    steps = whole(count)
    if not isinstance(value, date) or steps is None:
        return None
    return calendar.add_business_days(value, steps, facts.zone)


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
    "left": _left,
    "right": _right,
    "replace": _replace,
    "concat": _concat,
    "contains": _searching(lambda text, part: part in text),
    "starts_with": _searching(str.startswith),
    "ends_with": _searching(str.endswith),
    "matches": _matches,
    "abs": _on_number(abs),
    "round": _round,
    "floor": _on_number(numbers.floor),
    "ceil": _on_number(numbers.ceil),
    "min": _best(lambda one, other: bool(one < other)),
    "max": _best(lambda one, other: bool(one > other)),
    "is_empty": lambda _facts, value: value is None or value in ("", []),
    "coalesce": lambda _facts, *values: next((v for v in values if v is not None), None),
    "case": _case,
    "today": lambda facts: facts.today,
    "now": lambda facts: facts.now,
    "days_ago": lambda facts, days: shifted(facts, facts.now, "days", days, "-"),
    "days_from_now": lambda facts, days: shifted(facts, facts.now, "days", days, "+"),
    "date": _date,
    "start_of": _unit(calendar.start_of),
    "end_of": _unit(calendar.end_of),
    **{name: _of_day(read) for name, read in calendar.PARTS.items()},
    "days_between": _between(calendar.days_between),
    "business_days_between": _between(calendar.business_days_between),
    "add_business_days": _add_business_days,
    "currency": lambda _facts, value: value.currency if isinstance(value, Money) else None,
    "has_role": lambda facts, role: role in facts.roles,
}


def shifted(facts: Facts, value: Any, unit: str, count: Any, sign: str) -> date | None:
    """A day or moment moved by a period; the unit is one of PERIODS."""
    steps = whole(count)
    if not isinstance(value, date) or steps is None or unit not in PERIODS:
        return None
    return calendar.shift(value, unit, steps if sign == "+" else -steps, facts.zone)


__all__ = ["FUNCTIONS", "LARGEST", "Function", "amount_of", "as_text", "cut", "shifted", "whole"]
