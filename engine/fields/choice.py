"""Choice: one of the values a field offers."""

from collections.abc import Mapping
from typing import Any

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.options import Options
from engine.fields.reading import shown


@field_types.register("choice")
class Choice(FieldType[str]):
    """The key of a choice. People may type its label."""

    value_type = "choice"
    in_browser = "key"
    few = True
    searchable = True

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(settings)
        self.options = Options(self.settings.get("choices") or ())

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Find the choice that is meant."""
        if typed is None or (isinstance(typed, str) and not typed.strip()):
            return None
        key = self.options.find(typed)
        if key is None:
            message = f"{shown(typed)} is none of: {self.options.names()}."
            raise self.refuse("unknown", message)
        return key

    def show(self, value: str, reader: Reader = PLAIN) -> str:
        """What people call the choice."""
        return self.options.label(value)
