"""Duration: a length of time, to the second."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import shown

LONGEST = 10 * 366 * 86_400
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)
_SAID = re.compile(
    r"(?:(\d+)\s*d(?:ays?)?)?\s*(?:(\d+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*m(?:in(?:utes?)?)?)?"
    r"\s*(?:(\d+)\s*s(?:ec(?:onds?)?)?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")


@field_types.register("duration")
class Duration(FieldType[timedelta]):
    """A length of time. A bare number is minutes."""

    column = sa.BigInteger
    value_type = "duration"

    def parse(self, typed: Any, reader: Reader = PLAIN) -> timedelta | None:
        """Read a length of time as people, clocks and ISO 8601 write it."""
        if typed is None or isinstance(typed, timedelta):
            return typed
        if isinstance(typed, str) and not typed.strip():
            return None
        seconds = self._seconds(typed)
        if seconds is None or seconds > LONGEST:
            message = f'{shown(typed)} is not a length of time. Write 1h 30m, or 90 for minutes.'
            raise self.refuse("not-a-duration", message)
        return timedelta(seconds=seconds)

    def _seconds(self, typed: Any) -> int | None:
        if isinstance(typed, int) and not isinstance(typed, bool):
            return typed * 60 if typed >= 0 else None
        text = typed.strip() if isinstance(typed, str) else ""
        if text.isascii() and text.isdigit() and len(text) < 9:
            return int(text) * 60
        if found := _CLOCK.fullmatch(text):
            return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
        found = _ISO.fullmatch(text) or _SAID.fullmatch(text)
        if not found or not any(found.groups()) or any(len(g or "") > 8 for g in found.groups()):
            return None
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return days * 86_400 + hours * 3600 + minutes * 60 + seconds

    def store(self, value: timedelta) -> tuple[int]:
        """Whole seconds."""
        return (int(value.total_seconds()),)

    def load(self, *stored: Any) -> timedelta:
        """From whole seconds."""
        return timedelta(seconds=stored[0])

    def dump(self, value: timedelta) -> str:
        """ISO 8601."""
        hours, minutes, seconds = _parts(value)
        text = "".join(f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
        return f"PT{text or '0S'}"

    def show(self, value: timedelta, reader: Reader = PLAIN) -> str:
        """Hours, minutes and seconds, those there are."""
        hours, minutes, seconds = _parts(value)
        parts = [f"{n} {u}" for n, u in ((hours, "h"), (minutes, "min"), (seconds, "s")) if n]
        return " ".join(parts) or "0 min"

    def typed(self, value: timedelta, reader: Reader = PLAIN) -> str:
        """As it is shown."""
        return self.show(value, reader)

    def operand(self, value: timedelta) -> Decimal:
        """Seconds."""
        return Decimal(int(value.total_seconds()))


def _parts(value: timedelta) -> tuple[int, int, int]:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, seconds
