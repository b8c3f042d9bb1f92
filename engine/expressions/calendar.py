"""Reckoning with days and moments, the same in Python and in both databases.

Days are calendar days; a moment's day is the reader's. Beyond the years 1 to 9999 the answer is
empty. Weeks begin on Monday.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

MOST_DAYS = 400_000
MOST_MONTHS = 12_000
MOST_BUSINESS_DAYS = 100_000
MONDAY = date(1, 1, 1)
_STEP = timedelta(microseconds=1)


def shift(value: date, unit: str, count: int, zone: ZoneInfo) -> date | None:
    """A day or moment so many days, weeks, months or hours later."""
    try:
        if unit == "months":
            return _months(value, max(-MOST_MONTHS, min(MOST_MONTHS, count)))
        days = max(-MOST_DAYS, min(MOST_DAYS, count))
        if unit == "hours":
            moment = value if isinstance(value, datetime) else start_of_day(value, zone)
            return moment + timedelta(hours=days)
        return value + timedelta(days=days * 7 if unit == "weeks" else days)
    except (OverflowError, ValueError):
        return None


def _months(value: date, count: int) -> date:
    moved: date = value + relativedelta(months=count)
    return moved


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day begins; the first, where clocks show it twice."""
    try:
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    except OverflowError:  # at the very ends of the calendar
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


def day_of(value: date, zone: ZoneInfo) -> date:
    """A day itself, or the day a moment falls on."""
    if not isinstance(value, datetime):
        return value
    try:
        return value.astimezone(zone).date()
    except OverflowError:
        return value.date()


def _first_day(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday()) if day.toordinal() > day.weekday() else MONDAY
    if unit == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return date(day.year, month, 1)


_NEXT: Mapping[str, relativedelta] = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


def start_of(value: date, unit: str, zone: ZoneInfo) -> date | None:
    """The first day of the unit that a day is in, or the moment it begins."""
    first = _first_day(day_of(value, zone), unit)
    return start_of_day(first, zone) if isinstance(value, datetime) else first


def end_of(value: date, unit: str, zone: ZoneInfo) -> date | None:
    """The last day of the unit that a day is in, or the last moment."""
    try:
        following: date = _first_day(day_of(value, zone), unit) + _NEXT[unit]
    except (OverflowError, ValueError):
        return None
    if isinstance(value, datetime):
        return start_of_day(following, zone) - _STEP
    return following - timedelta(days=1)


def days_between(one: date, other: date, zone: ZoneInfo) -> int:
    """How many days the other lies behind the one."""
    return (day_of(other, zone) - day_of(one, zone)).days


def _business_days(day: date) -> int:
    """The days from Monday to Friday before a day, counted from the first Monday there is."""
    weeks, rest = divmod((day - MONDAY).days, 7)
    return weeks * 5 + min(rest, 5)


def business_days_between(one: date, other: date, zone: ZoneInfo) -> int:
    """How many days from Monday to Friday begin with the one and end before the other."""
    return _business_days(day_of(other, zone)) - _business_days(day_of(one, zone))


def add_business_days(value: date, count: int, zone: ZoneInfo) -> date | None:
    """The day so many days from Monday to Friday further on."""
    day = day_of(value, zone)
    count = max(-MOST_BUSINESS_DAYS, min(MOST_BUSINESS_DAYS, count))
    if not count:
        return day
    place = _business_days(day) + count - (1 if count > 0 and day.weekday() > 4 else 0)
    weeks, rest = divmod(place, 5)
    try:
        return MONDAY + timedelta(days=weeks * 7 + rest)
    except OverflowError:
        return None


PARTS: Mapping[str, Callable[[date], Any]] = {
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "weekday": lambda day: day.isoweekday(),
}
