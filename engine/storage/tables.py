"""Real tables from the catalog: physical names follow identities, so a rename touches none of them."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.fields.base import FieldType
from engine.storage.types import Instant, PlainText
from metadata.catalog import Catalog, Entity, Field

Behaviours = Mapping[tuple[str, str], FieldType[Any]]
LONGEST_NAME = 60  # PostgreSQL cuts names at 63 bytes


def physical(prefix: str, identity: str) -> str:
    """The name of a table or column, from the identity of what it holds."""
    name = prefix + identity.replace("~", "__").replace(".", "_")
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{_digest(name)}"


def table_name(entity: Entity) -> str:
    """The table of an entity."""
    return physical("e_", entity.identity)


def column_name(field: Field) -> str:
    """The first column of a declared field."""
    return physical("f_", field.identity.partition(".")[2])


def link_name(entity: Entity, field: Field) -> str:
    """The table of a to-many link."""
    return physical("l_", field.identity)


def index_name(table: str, kind: str, columns: str) -> str:
    """The name of an index: its table's, and a digest of what it is on."""
    return f"{kind}_{table[:40]}_{_digest(f'{table}:{columns}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


class Tables:
    """The tables of a catalog's entities and to-many links."""

    def __init__(self, catalog: Catalog, behaviours: Behaviours) -> None:
        self.schema = sa.MetaData()
        self._entities: dict[str, sa.Table] = {}
        self._columns: dict[tuple[str, str], tuple[sa.Column[Any], ...]] = {}
        self._links: dict[tuple[str, str], sa.Table] = {}
        self._plain: dict[str, sa.TableClause] = {}
        for entity in catalog.entities.values():
            self._add(entity, behaviours)

    def of(self, entity: str) -> sa.Table:
        """The table of an entity."""
        return self._entities[entity]

    def alias(self, entity: str) -> sa.FromClause:
        """The table of an entity under a name of its own. Its columns are plain ones, which are
        copied in a third of the time, and a question takes many aliases.
        """
        return self._plain[entity].alias()

    def columns(self, entity: str, field: str) -> tuple[sa.Column[Any], ...]:
        """The columns of a field, in the order its type loads them from; none for a to-many link."""
        return self._columns[entity, field]

    def link(self, entity: str, field: str) -> sa.Table:
        """The table of a to-many link, by the field that declares it."""
        return self._links[entity, field]

    def _add(self, entity: Entity, behaviours: Behaviours) -> None:
        name = table_name(entity)
        own = {
            field.key: field_columns(field, behaviours[entity.key, field.key])
            for field in entity.declared
        }
        columns = [column for each in own.values() for column in each]
        table = sa.Table(name, self.schema, *system_columns(), *columns)
        self._entities[entity.key] = table
        self._plain[entity.key] = sa.table(name, *(sa.column(c.name, c.type) for c in table.c))
        for key, each in own.items():
            self._columns[entity.key, key] = tuple(table.c[column.name] for column in each)
        for key, field in entity.fields.items():
            if field.system:
                self._columns[entity.key, key] = (table.c[key],)
            elif field.relation is not None and field.relation.kind == "many":
                self._links[entity.key, key] = link_table(self.schema, entity, field)
        list(entity_indexes(entity, self._columns, table))


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
    return [
        sa.Column(f"{first}__{suffix}" if suffix else first, kind, nullable=True)
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


def entity_indexes(
    entity: Entity, columns: Mapping[tuple[str, str], tuple[sa.Column[Any], ...]], table: sa.Table
) -> Iterator[sa.Index]:
    """The indexes of an entity's table; making one puts it on the table."""
    kept = table.c.trashed_at.is_(None)
    live = {"sqlite_where": kept, "postgresql_where": kept}
    yield sa.Index(
        index_name(table.name, "ix", "created_at,id"), table.c.created_at, table.c.id, **live
    )
    yield sa.Index(index_name(table.name, "ix", "trashed_with"), table.c.trashed_with)
    for field in entity.declared:
        own = columns[entity.key, field.key]
        if not own:
            continue
        names = ",".join(column.name for column in own)
        if field.unique:
            yield sa.Index(index_name(table.name, "uq", own[0].name), own[0], unique=True, **live)
        elif field.relation is not None:
            yield sa.Index(index_name(table.name, "ix", names), *own)
        elif field.index:
            yield sa.Index(index_name(table.name, "ix", own[0].name), own[0], table.c.id, **live)
    for keys in entity.unique:
        firsts = [columns[entity.key, key][0] for key in keys if columns[entity.key, key]]
        names = ",".join(column.name for column in firsts)
        yield sa.Index(index_name(table.name, "uq", names), *firsts, unique=True, **live)
