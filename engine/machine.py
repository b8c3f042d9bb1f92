"""The machine: what is made of a catalog once, and serves every request of its revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.fields import FieldType, field_types
from engine.storage.tables import Tables
from metadata.catalog import Catalog, Field


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
