"""Date: a calendar day, without a time or a time zone."""

import re
from datetime import date, datetime
from typing import Any, ClassVar

from babel.dates import format_date
from dateutil import parser
from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import shown
from engine.storage import types

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}")
_WORDY = re.compile(r"(?=.*[A-Za-zäé]{3})(?=.*\d{4})[\w\s.,äé-]{6,40}")


def read_day(text: str, reader: Reader) -> date:
    """A day as people write it. ValueError when it is none, LookupError when it could be two."""
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        year += 2000 if year < 70 else 1900 if year < 100 else 0
        day_first = True if _DOTTED.fullmatch(text) else reader.day_first
        if first > 12 or second > 12 or first == second:
            day_first = first > 12 or (second <= 12 and day_first is not False)
        elif day_first is None:
            raise LookupError
        return date(year, second, first) if day_first else date(year, first, second)
    if _WORDY.fullmatch(text):
        return parser.parse(text, default=datetime(2000, 1, 1)).date()  # noqa: DTZ001 - a day
    raise ValueError


@field_types.register("date")
class Date(FieldType[date]):
    """A day of the calendar."""

    value_type = "date"
    in_browser = "day"
    reads: ClassVar[frozenset[str]] = frozenset(["day_first"])

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """A day, which sorts as days do on both databases."""
        return {"": types.Day()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> date | None:
        """Read a day; one that could be read in two ways is refused unless the reader settles it."""
        if isinstance(typed, datetime):
            return typed.date()
        if typed is None or isinstance(typed, date):
            return typed
        text = typed.strip() if isinstance(typed, str) else "?"
        if not text:
            return None
        if len(text) > 10 and text[10] in "T " and _ISO.match(text):
            text = text[:10]
        try:
            return read_day(text, reader)
        except LookupError:
            message = f"{shown(typed)} could be read in two ways. Write it as 2026-12-31."
            raise self.refuse("ambiguous", message) from None
        except (ValueError, OverflowError):
            message = f"{shown(typed)} is not a date. Write it as 2026-12-31."
            raise self.refuse("not-a-date", message) from None

    def dump(self, value: date) -> str:
        """The day in ISO 8601."""
        return value.isoformat()

    def cells(self, value: date) -> tuple[date]:
        """The day."""
        return (value,)

    def show(self, value: date, reader: Reader = PLAIN) -> str:
        """The day as the reader's language writes it."""
        return format_date(value, "medium", locale=reader.locale.replace("-", "_"))
