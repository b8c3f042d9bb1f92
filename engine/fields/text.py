"""Text: one line of it."""

from typing import Any

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text


@field_types.register("text")
class Text(FieldType[str]):
    """A line of text, in Unicode's normal form C, without spaces around it."""

    searchable = True
    in_browser = "text"

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Strip the text; nothing left is the empty value."""
        return read_text(self, typed)
