"""The machine: what is made of a catalog once, and serves every request of its revision."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.fields import FieldType, Reader, field_types
from engine.fields.regions import region_of
from engine.storage.explaining import Look
from engine.storage.orders import Order, orders_of
from engine.storage.tables import EntityTables, Tables, make_tables
from metadata.catalog import Catalog, Entity, Field

MOST_REMEMBERED = 2_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """What is made of one entity and the orders of its lists: behaviours of fields, and tables."""

    entity: Entity
    orders: frozenset[Order]
    settings: Mapping[str, Mapping[str, Any]]
    behaviours: Mapping[str, FieldType[Any]]
    tables: EntityTables


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
    parts: Mapping[str, Part]
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

    @property
    def reader(self) -> Reader:
        """The habits of whoever names no others."""
        known: Reader | None = self.cache.get("reader")
        if known is None:
            said = self.catalog.settings
            region = region_of(said.time_zone, said.locale)
            known = self.cache["reader"] = Reader(said.time_zone, said.locale, region, said.currency)
        return known

    def behaviour(self, entity: str, key: str) -> FieldType[Any]:
        """What the field's type can do, with the field's settings."""
        return self.behaviours[entity, key]

    def looked_at(self, look: Look) -> tuple[Entity, tuple[Field, ...]] | None:
        """The entity whose records a look is at, and the fields of the index that leads there."""
        part = next((each for each in self.parts.values() if each.tables.table.name == look.table), None)
        if part is None:
            return None
        columns = next((i.columns for i in part.tables.table.indexes if i.name == look.index), None)
        names = {"id"} if columns is None else {column.name for column in columns}
        held = part.tables.columns.items()
        fields = [key for key, own in held if names & {column.name for column in own}]
        return part.entity, tuple(part.entity.fields[key] for key in fields)


def build_machine(
    revision: int, catalog: Catalog, previous: Machine | None = None
) -> Machine:
    """Prepare everything that a revision's requests share.

    What was made of an entity that is still the same object is taken over from `previous`.
    """
    schema, orders = sa.MetaData(), orders_of(catalog)
    parts = {
        key: _part(catalog, entity, orders[key], previous, schema)
        for key, entity in catalog.entities.items()
    }
    return Machine(
        revision=revision,
        catalog=catalog,
        tables=Tables({key: part.tables for key, part in parts.items()}),
        behaviours={
            (entity, key): behaviour
            for entity, part in parts.items()
            for key, behaviour in part.behaviours.items()
        },
        parts=parts,
    )


def _part(
    catalog: Catalog,
    entity: Entity,
    orders: frozenset[Order],
    previous: Machine | None,
    schema: sa.MetaData,
) -> Part:
    settings = {key: _settings(catalog, field) for key, field in entity.fields.items()}
    known = previous.parts.get(entity.key) if previous else None
    if (
        known is not None
        and known.entity is entity
        and known.orders == orders
        and known.settings == settings
    ):
        return known
    behaviours = {
        key: field_types[field.type](settings[key]) for key, field in entity.fields.items()
    }
    return Part(entity, orders, settings, behaviours, make_tables(entity, behaviours, orders, schema))


def _settings(catalog: Catalog, field: Field) -> Mapping[str, Any]:
    """A field's settings; a link to any of several entities is told how each is called in storage,
    and a formula how it is kept.
    """
    if field.formula is not None:
        return {**field.settings, "mode": field.mode}
    if field.relation is None or field.relation.kind != "any":
        return field.settings
    identities = {key: catalog.entities[key].identity for key in field.relation.to}
    return {**field.settings, "identities": identities}
