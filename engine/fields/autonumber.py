"""Autonumber: a number that counts up with every new record, dressed as its field says."""

from typing import Any

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text


@field_types.register("autonumber")
class Autonumber(FieldType[str]):
    """A record's number, made at its creation and never changed."""

    generated = True
    searchable = True

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Dress a bare number; a text is a number dressed already."""
        if isinstance(typed, int) and not isinstance(typed, bool):
            return str(self.settings.get("format", "{number}")).format(number=typed)
        return read_text(self, typed)
