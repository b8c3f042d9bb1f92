"""Long text: several lines, as they were typed."""

from typing import Any

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text


@field_types.register("long_text")
class LongText(FieldType[str]):
    """Text of several lines, their ends all alike."""

    sortable = False
    searchable = True
    in_browser = "text"

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Read the text, its line ends as line feeds."""
        return read_text(self, typed, lines=True)
