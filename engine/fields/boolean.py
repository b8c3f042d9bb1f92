"""Boolean: yes or no."""

from typing import Any

import sqlalchemy as sa

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import shown

YES = frozenset(("yes", "true", "1", "on", "y", "t", "x", "ja", "oui", "si", "sí", "wahr"))
NO = frozenset(("no", "false", "0", "off", "n", "f", "nein", "non", "falsch"))


@field_types.register("boolean")
class Boolean(FieldType[bool]):
    """Yes or no, in any of the words a file or form has for them."""

    column = sa.Boolean
    value_type = "boolean"
    in_browser = "truth"
    few = True

    def parse(self, typed: Any, reader: Reader = PLAIN) -> bool | None:
        """Read a truth value."""
        if typed is None or isinstance(typed, bool):
            return typed
        word = str(typed).strip().lower() if isinstance(typed, str | int | float) else "?"
        if not word:
            return None
        if word in YES or word in NO:
            return word in YES
        raise self.refuse("neither", f"{shown(typed)} is neither yes nor no.")

    def load(self, *stored: Any) -> bool:
        """A truth value."""
        return bool(stored[0])

    def show(self, value: bool, reader: Reader = PLAIN) -> str:
        """Yes or No."""
        return "Yes" if value else "No"
