"""The machine: what is made of a catalog once, and serves every request of its revision."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine.fields import FieldType, field_types
from engine.storage.tables import Tables
from metadata.catalog import Catalog, Field

MOST_REMEMBERED = 2_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Machine:
    """A catalog, its tables, and the behaviour of each field, for one revision.

    `cache` keeps what is derived from these alone (predicates, serialisers, statements);
    it dies with the revision, so nothing in it is ever invalidated.
    """

    revision: int
    catalog: Catalog
    tables: Tables
    behaviours: Mapping[tuple[str, str], FieldType[Any]]
    cache: dict[Any, Any] = field(default_factory=dict)
    asked: dict[Hashable, Any] = field(default_factory=dict)

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key before, or is made now.

        For keys in which people choose names: when there are very many, all are forgotten.
        """
        found: T | None = self.asked.get(key)
        if found is None:
            if len(self.asked) >= MOST_REMEMBERED:
                self.asked.clear()
            found = self.asked[key] = make()
        return found

    def behaviour(self, entity: str, key: str) -> FieldType[Any]:
        """What the field's type can do, with the field's settings."""
        return self.behaviours[entity, key]


def build_machine(revision: int, catalog: Catalog) -> Machine:
    """Prepare everything that a revision's requests share."""
    behaviours = {
        (entity.key, key): field_types[declared.type](_settings(catalog, declared))
        for entity in catalog.entities.values()
        for key, declared in entity.fields.items()
    }
    return Machine(revision, catalog, Tables(catalog, behaviours), behaviours)


def _settings(catalog: Catalog, field: Field) -> Mapping[str, Any]:
    """A field's settings; a link to any of several entities is told how each is called in storage."""
    if field.relation is None or field.relation.kind != "any":
        return field.settings
    identities = {key: catalog.entities[key].identity for key in field.relation.to}
    return {**field.settings, "identities": identities}
