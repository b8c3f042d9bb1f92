"""Choices: several of the values a field offers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.options import Options
from engine.fields.reading import join_words, shown, split_words
from engine.storage.types import Json


@field_types.register("choices")
class Choices(FieldType[list[str]]):
    """The keys of choices, each once, in the order they were given."""

    value_type = "choices"
    in_browser = "keys"
    multiple = True
    sortable = False
    searchable = True

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(settings)
        self.options = Options(self.settings.get("choices") or ())

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """A JSON list."""
        return {"": Json()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> list[str] | None:
        """Find the choices that are meant; text names them separated by semicolons or commas."""
        if typed is None:
            return None
        if isinstance(typed, str):
            typed = [part for part in split_words(typed) if part.strip()]
        if not isinstance(typed, list | tuple):
            raise self.refuse("unknown", f"{shown(typed)} is not a list of choices.")
        keys = []
        for each in typed:
            key = self.options.find(each)
            if key is None:
                message = f"{shown(each)} is none of: {self.options.names()}."
                raise self.refuse("unknown", message)
            keys.append(key)
        return list(dict.fromkeys(keys)) or None

    def cells(self, value: list[str]) -> tuple[str]:
        """The keys in one text."""
        return (join_words(value),)

    def show(self, value: list[str], reader: Reader = PLAIN) -> str:
        """What people call the choices."""
        return ", ".join(self.options.label(key) for key in value)
