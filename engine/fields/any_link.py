"""Any link: one record of any of several entities."""

from typing import Any

from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, Reader, Reference, field_types
from engine.fields.link import Link, read_id
from engine.fields.reading import shown
from engine.storage.types import PlainText


@field_types.register("any_link")
class AnyLink(Link):
    """A reference whose second column names the entity."""

    relation = "any"
    in_browser = ""

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """The id, and the entity it is of."""
        return {"": PlainText(), "entity": PlainText()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> Reference | None:
        """Read an entity and an id: as the API shows them, or as text joined by a slash."""
        if isinstance(typed, Reference):
            typed = {"entity": typed.entity, "id": typed.id}
        if isinstance(typed, str) and "/" in typed:
            named, _, given = typed.strip().partition("/")
            typed = {"entity": named, "id": given}
        found = read_id(self, typed)
        if found is None:
            return None
        entity = typed.get("entity") if isinstance(typed, dict) else None
        known = tuple(self.settings.get("to") or ())
        if entity is None and len(known) == 1:
            entity = known[0] if isinstance(typed, dict) else None
        if entity is None:
            raise self.refuse("no-entity", f"Name the entity too, as in {(known or ('…',))[0]}/{found}.")
        if entity not in known:
            message = f"{shown(entity)} is none of what this links to: {', '.join(known)}."
            raise self.refuse("wrong-entity", message)
        return Reference(str(entity), found)

    def store(self, value: Reference) -> tuple[str, str]:  # type: ignore[override]
        """The id, and the identity of its entity."""
        identities = self.settings.get("identities") or {}
        return value.id, identities.get(value.entity, value.entity)

    def load(self, *stored: Any) -> Reference:
        """A reference without its title."""
        identities = self.settings.get("identities") or {}
        keys = {identity: key for key, identity in identities.items()}
        return Reference(keys.get(stored[1], stored[1]), stored[0])

    def cells(self, value: Reference) -> tuple[str | None, str]:
        """Title, and the entity with the id."""
        return value.title, f"{value.entity}/{value.id}"

    def dump(self, value: Reference) -> dict[str, Any]:
        """Id, title and entity."""
        return {"id": value.id, "title": value.title, "entity": value.entity}
