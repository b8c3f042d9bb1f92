"""What SQLite is taught so that it answers as PostgreSQL does, and as the closures do.

Numbers come as integers or as decimals in text, and go as text; days and moments are text. A
function is never asked with an empty value: it is NULL then, unless it says otherwise.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from engine.expressions import calendar, numbers
from engine.fields.money import LARGEST, SCALE, places
from metadata.patterns import compile_pattern

LONGEST_TEXT = 20_000
Sql = str | int | None

_zone = lru_cache(maxsize=100)(ZoneInfo)


def _total(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is NULL when one of its arguments is."""

    def called(*given: Any) -> Any:
        return None if None in given else function(*given)

    return called


def _number(value: Sql) -> Decimal:
    return Decimal(value)  # type: ignore[arg-type]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _reckon(sign: str) -> Callable[..., Any]:
    operation = numbers.RECKONING[sign]
    return _total(lambda a, b: _text(numbers.reckon(operation, _number(a), _number(b))))


def _compare(a: Sql, b: Sql) -> int:
    one, other = _number(a), _number(b)
    return (one > other) - (one < other)


def _fixed(value: Sql, places: int, scale: int) -> int | None:
    """A number rounded half-even, in whole steps of the last decimal that its column has."""
    try:
        steps = int(numbers.round_to(_number(value), places).scaleb(scale))
    except InvalidOperation:
        return None
    return steps if abs(steps) < 9 * 10**18 else None


def _money(amount: Sql, code: str) -> int | None:
    """An amount as a column has it, with the decimals of its currency."""
    number = _number(amount)
    return _fixed(amount, places(code), SCALE) if abs(number) <= LARGEST else None


def _when(text: str) -> date:
    return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)


def sqlite_day(value: date | None) -> str | None:
    """A day or moment as SQLite keeps it."""
    if not isinstance(value, datetime):
        return None if value is None else value.isoformat()
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _shift(value: str, unit: str, count: Sql, zone: str) -> str | None:
    return sqlite_day(calendar.shift(_when(value), unit, int(_number(count)), _zone(zone)))


def _halves(high: int, low: int, scale: int) -> str | None:
    """A sum whose numbers were divided, so that it would not run over."""
    return _text(Decimal(high * numbers.HALF + low).scaleb(-scale))


def _date(year: Sql, month: Sql, day: Sql) -> str | None:
    try:
        return date(*(int(_number(part)) for part in (year, month, day))).isoformat()
    except (ValueError, OverflowError):
        return None


def _moment_text(text: str) -> str:
    return datetime.fromisoformat(text).isoformat().replace("+00:00", "Z")


def _local(text: str, zone: str) -> str | None:
    return sqlite_day(datetime.fromisoformat(text).replace(tzinfo=_zone(zone)))


def _replace(text: str | None, what: str | None, by: str | None) -> str | None:
    return text if text is None or what is None else text.replace(what, by or "")[:LONGEST_TEXT] or None


def _side(text: str, count: Sql, *, end: bool = False) -> str | None:
    size = int(_number(count))
    return None if size <= 0 else (text[-size:] if end else text[:size]) or None


class Total:
    """Adds up numbers; NULL for none."""

    def __init__(self) -> None:
        self.values: list[Decimal] = []

    def step(self, value: Sql) -> None:
        """One more number."""
        if value is not None:
            self.values.append(_number(value))

    def finalize(self) -> str | None:
        """What they come to."""
        return _text(numbers.total(self.values)) if self.values else None


class Least(Total):
    """The smallest of numbers; NULL for none."""

    def finalize(self) -> str | None:
        """The smallest."""
        return _text(min(self.values)) if self.values else None


class Most(Total):
    """The largest of numbers; NULL for none."""

    def finalize(self) -> str | None:
        """The largest."""
        return _text(max(self.values)) if self.values else None


class Median(Total):
    """The number in the middle, or half way between the two that are; NULL for none."""

    def finalize(self) -> str | None:
        """The middle."""
        if not self.values:
            return None
        found, middle = sorted(self.values), len(self.values) // 2
        lower, upper = found[~middle], found[middle]
        return _text(numbers.reckon(numbers.RECKONING["/"], lower + upper, Decimal(2)))


class Listed:
    """Texts as a JSON list, in the order of two other values; NULL for none."""

    def __init__(self) -> None:
        self.values: list[tuple[Sql, Sql, str]] = []

    def step(self, value: str | None, *order: Sql) -> None:
        """One more text."""
        if value is not None:
            self.values.append((*order, value))  # type: ignore[arg-type]

    def finalize(self) -> str | None:
        """The list."""
        found = [value for *_, value in sorted(self.values)]
        return orjson.dumps(found).decode() if found else None


_FOUND: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
SQLITE_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "pulse_lower": (1, _total(lambda text: text.lower())),
    "pulse_upper": (1, _total(lambda text: text.upper())),
    "pulse_number": (2, _total(lambda steps, scale: _text(Decimal(steps).scaleb(-scale)))),
    "pulse_halves": (3, _total(_halves)),
    "pulse_add": (2, _reckon("+")),
    "pulse_subtract": (2, _reckon("-")),
    "pulse_multiply": (2, _reckon("*")),
    "pulse_divide": (2, _reckon("/")),
    "pulse_floor_divide": (2, _reckon("//")),
    "pulse_modulo": (2, _reckon("%")),
    "pulse_fit": (1, _total(lambda x: x)),
    "pulse_compare": (2, _total(_compare)),
    "pulse_fixed": (3, _total(_fixed)),
    "pulse_money": (2, _total(_money)),
    "pulse_round": (2, _total(lambda x, n: _text(numbers.round_to(_number(x), int(_number(n)))))),
    "pulse_floor": (1, _total(lambda x: _text(numbers.floor(_number(x))))),
    "pulse_ceil": (1, _total(lambda x: _text(numbers.ceil(_number(x))))),
    "pulse_abs": (1, _total(lambda x: _text(abs(_number(x))))),
    "pulse_negative": (1, _total(lambda x: _text(-_number(x)))),
    "pulse_number_text": (1, _total(lambda x: numbers.plain(_number(x)))),
    "pulse_trim": (1, _total(lambda text: text.strip() or None)),
    "pulse_cut": (1, _total(lambda text: text[:LONGEST_TEXT] or None)),
    "pulse_left": (2, _total(_side)),
    "pulse_right": (2, _total(lambda text, count: _side(text, count, end=True))),
    "pulse_replace": (3, _replace),
    "pulse_joined": (1, _total(lambda listed: ", ".join(orjson.loads(listed))[:LONGEST_TEXT] or None)),
    "pulse_has": (3, _total(lambda text, how, part: _FOUND[how](text, part))),
    "pulse_matches": (2, lambda text, pattern: text is not None and compile_pattern(pattern).search(text) is not None),
    "pulse_day_text": (1, _total(lambda day: day)),
    "pulse_moment_text": (1, _total(_moment_text)),
    "pulse_day_start": (2, _total(lambda day, zone: sqlite_day(calendar.start_of_day(_when(day), _zone(zone))))),
    "pulse_day_of": (2, _total(lambda moment, zone: sqlite_day(calendar.day_of(_when(moment), _zone(zone))))),
    "pulse_local": (2, _total(_local)),
    "pulse_shift": (4, _total(_shift)),
    "pulse_start_of": (3, _total(lambda when, unit, zone: sqlite_day(calendar.start_of(_when(when), unit, _zone(zone))))),
    "pulse_end_of": (3, _total(lambda when, unit, zone: sqlite_day(calendar.end_of(_when(when), unit, _zone(zone))))),
    "pulse_part": (2, _total(lambda day, part: calendar.PARTS[part](_when(day)))),
    "pulse_days_between": (2, _total(lambda a, b: (_when(b) - _when(a)).days)),
    "pulse_business_days_between": (
        2, _total(lambda a, b: calendar.business_days_between(_when(a), _when(b), _zone("UTC")))
    ),
    "pulse_add_business_days": (
        2, _total(lambda day, n: sqlite_day(calendar.add_business_days(_when(day), int(_number(n)), _zone("UTC"))))
    ),
    "pulse_date": (3, _total(_date)),
}  # fmt: skip
SQLITE_AGGREGATES: dict[str, tuple[int, type]] = {
    "pulse_sum": (1, Total),
    "pulse_min": (1, Least),
    "pulse_max": (1, Most),
    "pulse_median": (1, Median),
    "pulse_list": (3, Listed),
}
