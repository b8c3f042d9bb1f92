"""JSON: a structured value from another system, kept as it is."""

from typing import Any

import orjson
from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import shown
from engine.storage.types import Json as JsonColumn

LARGEST = 100_000  # bytes


@field_types.register("json")
class Json(FieldType[Any]):
    """Any JSON value but null."""

    value_type = "json"
    sortable = False

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """jsonb on PostgreSQL, text on SQLite."""
        return {"": JsonColumn()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> Any:
        """Take a structure as it is; read one that is written in text."""
        if typed is None or typed in ("", [], {}):
            return None
        try:
            value = orjson.loads(typed) if isinstance(typed, str) else typed
            size = len(text := orjson.dumps(value))
        except (orjson.JSONDecodeError, TypeError, ValueError, RecursionError):
            raise self.refuse("malformed", f"{shown(typed)} is not JSON.") from None
        if size > LARGEST:
            raise self.refuse("too-large", f"This may have {LARGEST:,} bytes; it has {size:,}.")
        if b"\\u0000" in text:
            raise self.refuse("malformed", "There is a character in this that can't be kept.")
        if orjson.loads(text) != value:
            raise self.refuse("malformed", "There is a number in this that JSON doesn't have.")
        return value

    def typed(self, value: Any, reader: Reader = PLAIN) -> str:
        """The JSON text, a member on each line."""
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()

    def cells(self, value: Any) -> tuple[str]:
        """The JSON text."""
        return (self.show(value),)

    def show(self, value: Any, reader: Reader = PLAIN) -> str:
        """The JSON text."""
        return orjson.dumps(value).decode()
