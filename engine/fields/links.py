"""Links: several records of another entity, in a table of their own."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, Reference, field_types
from engine.fields.link import read_id
from engine.fields.reading import join_words

MOST = 1_000


@field_types.register("links")
class Links(FieldType[list[Reference]]):
    """References to records of the entity that the field names, each once."""

    value_type = "records"
    relation = "many"
    parts: ClassVar[Mapping[str, tuple[str, ...]]] = {"title": ("names",), "id": ("ids",)}
    main_part = "title"
    multiple = True
    sortable = False

    @cached_property
    def target(self) -> str:
        """The entity linked to."""
        to = self.settings.get("to") or ("",)
        return to if isinstance(to, str) else str(to[0])

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """None: the links have a table of their own."""
        return {}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> list[Reference] | None:
        """Read a list of ids, or of records as the API shows them."""
        if typed is None:
            return None
        given = typed if isinstance(typed, list | tuple) else [typed]
        if len(given) > MOST:
            raise self.refuse("too-many", f"There may be {MOST:,} links.")
        ids = [found for each in given if (found := read_id(self, each))]
        return [Reference(self.target, each) for each in dict.fromkeys(ids)] or None

    def dump(self, value: list[Reference]) -> list[dict[str, Any]]:
        """Ids and titles."""
        return [{"id": each.id, "title": each.title} for each in value]

    def cells(self, value: list[Reference]) -> tuple[str, str]:
        """Titles, and ids in the same order."""
        titles = join_words([each.title or "" for each in value])
        return titles, join_words([each.id for each in value])

    def show(self, value: list[Reference], reader: Reader = PLAIN) -> str:
        """What the records are called."""
        return ", ".join(each.title or "" for each in value)

    def operand(self, value: list[Reference]) -> list[str]:
        """The ids."""
        return [each.id for each in value]

    def references(self, value: list[Reference]) -> Sequence[Reference]:
        """The records themselves."""
        return value
