"""Values made of named parts, kept as JSON: addresses."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.types import TypeEngine

from engine.fields.base import FieldType
from engine.fields.reading import read_text
from engine.storage.types import Json


class PartsField(FieldType[dict[str, str]]):
    """A mapping of named parts, each a text; a part without text is left out."""

    names: tuple[str, ...] = ()
    value_type = "json"
    sortable = False

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """A JSON object."""
        return {"": Json()}

    def read_parts(self, typed: dict[Any, Any]) -> dict[str, str] | None:
        """The parts that hold something. Refuses parts of other names."""
        unknown = sorted(str(name) for name in typed if name not in self.names)
        if unknown:
            known = ", ".join(self.names)
            raise self.refuse("unknown-part", f'There is no part "{unknown[0]}". Parts: {known}.')
        parts = {name: read_text(self, typed.get(name), lines=True) for name in self.names}
        return {name: " ".join(text.split()) for name, text in parts.items() if text} or None

    def facts(self, value: dict[str, str]) -> Mapping[str, Any]:
        """The parts."""
        return value
