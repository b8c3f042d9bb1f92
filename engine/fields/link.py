"""Link: one record of another entity."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from engine.fields.base import PLAIN, FieldType, Reader, Reference, field_types
from engine.fields.reading import shown
from engine.ids import is_id


def read_id(field_type: FieldType[Any], typed: Any) -> str | None:
    """The id in what was typed: alone, or in a record as the API shows one."""
    if isinstance(typed, Reference):
        return typed.id
    given = typed.get("id") if isinstance(typed, dict) else typed
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    text = given.strip().lower() if isinstance(given, str) else ""
    if not is_id(text):
        raise field_type.refuse("not-an-id", f"{shown(given)} is not the id of a record.")
    return text


@field_types.register("link")
class Link(FieldType[Reference]):
    """A reference to a record of the entity that the field names."""

    value_type = "record"
    in_browser = "key"
    relation = "one"
    parts: ClassVar[Mapping[str, tuple[str, ...]]] = {"title": ("name",), "id": ()}
    main_part = "title"

    @cached_property
    def target(self) -> str:
        """The entity linked to."""
        to = self.settings.get("to") or ("",)
        return to if isinstance(to, str) else str(to[0])

    def parse(self, typed: Any, reader: Reader = PLAIN) -> Reference | None:
        """Read an id, alone or in a record as the API shows one."""
        found = read_id(self, typed)
        return Reference(self.target, found) if found else None

    def store(self, value: Reference) -> tuple[str]:
        """The id."""
        return (value.id,)

    def load(self, *stored: Any) -> Reference:
        """A reference without its title, which is fetched for a whole page at once."""
        return Reference(self.target, stored[0])

    def dump(self, value: Reference) -> dict[str, Any]:
        """The id, and the title as far as the reader may know it."""
        return {"id": value.id, "title": value.title}

    def show(self, value: Reference, reader: Reader = PLAIN) -> str:
        """What the record is called."""
        return value.title or ""

    def operand(self, value: Reference) -> str:
        """The id."""
        return value.id

    def references(self, value: Reference) -> Sequence[Reference]:
        """The record itself."""
        return (value,)
