"""Real tables from the catalog: physical names follow identities, so a rename touches none of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.fields.base import FieldType
from engine.storage.indexes import Behaviours, add_indexes
from engine.storage.names import JOINT, column_name, index_name, link_name, table_name
from engine.storage.orders import Order
from engine.storage.types import Instant, PlainText
from metadata.catalog import Entity, Field


@dataclass(frozen=True, slots=True)
class EntityTables:
    """An entity's table, its columns by field, and the tables of its to-many links by field."""

    table: sa.Table
    plain: sa.TableClause
    columns: Mapping[str, tuple[sa.Column[Any], ...]]
    links: Mapping[str, sa.Table]


class Tables:
    """The tables of a catalog's entities and to-many links."""

    def __init__(self, of_entities: Mapping[str, EntityTables]) -> None:
        self._of_entities = of_entities

    def of(self, entity: str) -> sa.Table:
        """The table of an entity."""
        return self._of_entities[entity].table

    def alias(self, entity: str) -> sa.FromClause:
        """The table of an entity under a name of its own. Its columns are plain ones, which are
        copied in a third of the time, and a question takes many aliases.
        """
        return self._of_entities[entity].plain.alias()

    def columns(self, entity: str, field: str) -> tuple[sa.Column[Any], ...]:
        """The columns of a field, in the order its type loads them from; none for a to-many link."""
        return self._of_entities[entity].columns[field]

    def link(self, entity: str, field: str) -> sa.Table:
        """The table of a to-many link, by the field that declares it."""
        return self._of_entities[entity].links[field]


def make_tables(
    entity: Entity, behaviours: Behaviours, orders: Iterable[Order], schema: sa.MetaData
) -> EntityTables:
    """The tables of one entity, which know of no others: they serve as long as it stays as it is."""
    name = table_name(entity)
    own = {field.key: field_columns(field, behaviours[field.key]) for field in entity.declared}
    table = sa.Table(name, schema, *system_columns(), *(each for columns in own.values() for each in columns))
    columns = {key: tuple(table.c[each.name] for each in columns) for key, columns in own.items()}
    columns |= {field.key: (table.c[field.key],) for field in entity.fields.values() if field.system}
    add_indexes(entity, columns, behaviours, orders, table)
    return EntityTables(
        table=table,
        plain=sa.table(name, *(sa.column(c.name, c.type) for c in table.c)),
        columns=columns,
        links={
            field.key: link_table(schema, entity, field)
            for field in entity.declared
            if field.relation is not None and field.relation.kind == "many"
        },
    )


def system_columns() -> list[sa.Column[Any]]:
    """The columns that every entity's table has."""
    return [
        sa.Column("id", PlainText, primary_key=True),
        sa.Column("title", PlainText),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", PlainText),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("updated_by", PlainText),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("trashed_at", Instant),
        sa.Column("trashed_by", PlainText),
        sa.Column("trashed_with", PlainText),
    ]


def field_columns(field: Field, behaviour: FieldType[Any]) -> list[sa.Column[Any]]:
    """The columns of a declared field, not yet in a table. Requirements are kept by the commands."""
    first = column_name(field)
    if not behaviour.has_columns:
        return []
    return [
        sa.Column(f"{first}{JOINT}{suffix}" if suffix else first, kind, nullable=True)
        for suffix, kind in behaviour.columns().items()
    ]


def link_table(schema: sa.MetaData, entity: Entity, field: Field) -> sa.Table:
    """The table of a to-many link: its two ends."""
    name = link_name(entity, field)
    return sa.Table(
        name,
        schema,
        sa.Column("source_id", PlainText, primary_key=True),
        sa.Column("target_id", PlainText, primary_key=True),
        sa.Index(index_name(name, "ix", "target_id"), "target_id", "source_id"),
    )


def column_names(connection: sa.Connection, table: str) -> frozenset[str]:
    """The names of a table's columns as the database has them; none when there is no such table."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(table):
        return frozenset()
    return frozenset(column["name"] for column in inspector.get_columns(table))
