"""Datetime: a moment, kept in UTC and shown in the reader's time zone."""

import re
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime
from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.date import read_day
from engine.fields.reading import shown
from engine.storage.types import Instant

_CLOCK = re.compile(r"^(.*?)[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?$")


def zone_of(reader: Reader) -> ZoneInfo:
    """The reader's time zone; UTC when it is not one that this machine knows."""
    try:
        return ZoneInfo(reader.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@field_types.register("datetime")
class Datetime(FieldType[datetime]):
    """A moment, to the second."""

    value_type = "datetime"
    in_browser = "moment"
    reads: ClassVar[frozenset[str]] = frozenset(["day_first", "time_zone"])

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """A moment in UTC."""
        return {"": Instant()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> datetime | None:
        """Read a moment; without an offset it is one of the reader's time zone."""
        if typed is None:
            return None
        if isinstance(typed, str) and not typed.strip():
            return None
        try:
            moment = self._read(typed, reader)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=zone_of(reader))
            return moment.astimezone(UTC)
        except LookupError:
            message = f"{shown(typed)} could be read in two ways. Write 2026-12-31 14:30."
            raise self.refuse("ambiguous", message) from None
        except (ValueError, OverflowError):
            message = f"{shown(typed)} is not a date and time. Write 2026-12-31 14:30."
            raise self.refuse("not-a-moment", message) from None

    def _read(self, typed: Any, reader: Reader) -> datetime:
        if isinstance(typed, datetime):
            return typed
        if isinstance(typed, date):
            return datetime(typed.year, typed.month, typed.day)  # noqa: DTZ001 - the zone comes after
        if not isinstance(typed, str):
            raise ValueError
        text = typed.strip()
        if text[:4].isdigit() and text[4:5] == "-":
            return datetime.fromisoformat(text)
        found = _CLOCK.match(text)
        day = read_day(found[1] if found else text, reader)
        if not found:
            return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the zone comes after
        hour = int(found[2]) % 12 + 12 * (found[5].lower() == "pm") if found[5] else int(found[2])
        return datetime(day.year, day.month, day.day, hour, int(found[3]), int(found[4] or 0))  # noqa: DTZ001

    def dump(self, value: datetime) -> str:
        """The moment in RFC 3339, in UTC."""
        text = value.astimezone(UTC).isoformat(timespec="auto")
        return text.replace("+00:00", "Z")

    def typed(self, value: datetime, reader: Reader = PLAIN) -> str:
        """The moment by the reader's clock, to the minute."""
        return value.astimezone(zone_of(reader)).strftime("%Y-%m-%dT%H:%M")

    def show(self, value: datetime, reader: Reader = PLAIN) -> str:
        """The moment as the reader's clock and language write it."""
        locale = reader.locale.replace("-", "_")
        shown_text = format_datetime(value, "medium", tzinfo=zone_of(reader), locale=locale)
        return re.sub(r"(\d{1,2}:\d{2}):\d{2}", r"\1", shown_text).replace("\u202f", " ")
