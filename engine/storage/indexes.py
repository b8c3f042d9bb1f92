"""The indexes of an entity's table: what keeps values unique, and what its lists are read along.

An index ends with the id, as every order does, and is read in either direction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.expressions.dialects import lower_text, sort_text
from engine.fields.base import FieldType
from engine.storage.names import index_name
from engine.storage.orders import Order
from engine.storage.types import PlainText
from metadata.catalog import Entity

# SQLAlchemy passes over indexes on expressions, where SQLite is asked.
OF_SQLITE = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
OF_POSTGRESQL = """
    SELECT indexed.relname, named.relname FROM pg_index
    JOIN pg_class indexed ON indexed.oid = indrelid JOIN pg_class named ON named.oid = indexrelid
    WHERE indexed.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
Columns = Mapping[str, tuple[sa.Column[Any], ...]]  # of one entity's fields
Behaviours = Mapping[str, FieldType[Any]]


def add_indexes(
    entity: Entity, columns: Columns, behaviours: Behaviours, orders: Iterable[Order], table: sa.Table
) -> None:
    """Put its indexes on an entity's table."""
    newest = (table.c.created_at, table.c.id)
    _index(table, *newest)
    _index(table, table.c.trashed_with, where=table.c.trashed_with.is_not(None))
    for field in entity.declared:
        own = columns[field.key]
        if not own:
            continue
        if field.unique:
            _unique(table, own[0])
        elif field.relation is not None and (field.index or field.formula is None):
            _index(table, *own, *newest, where=None)
        elif field.index and behaviours[field.key].few:
            _index(table, own[0], *newest)
        elif field.index:
            _index(table, own[0], table.c.id)
    for keys in entity.unique:
        _unique(table, *(columns[key][0] for key in keys))
    for order in sorted(orders, key=repr):
        _add_order(columns, behaviours, order, table)
    for key in dict.fromkeys(["title", *entity.search, *(f.key for f in entity.declared if f.search)]):
        if key in columns and columns[key] and _is_line(behaviours[key], columns[key][0]):
            _add_words(columns[key][0], table)


def wanted_indexes(connection: sa.Connection, table: sa.Table) -> list[sa.Index]:
    """The indexes that a table is to have in this database."""
    can_find_words = _has_trigrams(connection)
    return [each for each in table.indexes if can_find_words or not each.info.get("words")]


def list_indexes(connection: sa.Connection) -> Mapping[str, set[str]]:
    """The names of the indexes that each table has, without those of its constraints."""
    asked = {"sqlite": OF_SQLITE, "postgresql": OF_POSTGRESQL}[connection.dialect.name]
    found: dict[str, set[str]] = defaultdict(set)
    for table, name in connection.execute(sa.text(asked)):
        found[table].add(name)
    return found


def _add_order(
    columns: Columns, behaviours: Behaviours, order: Order, table: sa.Table
) -> None:
    """An index for an order, as far as the record's own columns make it."""
    fixed = [columns[key][0] for key in order.fixed if columns[key] and _is_shared(behaviours[key])]
    sorts: list[sa.ColumnElement[Any]] = []
    for key in order.sort:
        if key not in columns or not _is_sorted_by_column(behaviours[key]):
            break
        is_text = behaviours[key].value_type == "text"
        sorts.append(sort_text(columns[key][0]) if is_text else columns[key][0])
    if sorts:
        _index(table, *fixed, *sorts, table.c.id)


def _is_line(behaviour: FieldType[Any], column: sa.Column[Any]) -> bool:
    """Whether values are text of one line: the parts of all words of long ones would be too many."""
    return behaviour.sortable and isinstance(column.type, PlainText)


def _add_words(column: sa.Column[Any], table: sa.Table) -> None:
    """An index of the parts of words, where the database can have one."""
    kept = table.c.trashed_at.is_(None)
    sa.Index(
        index_name(table.name, "ix", f"words({column.name})"),
        lower_text(column).label("words"),
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
        postgresql_where=kept,
        info={"words": True},
    ).ddl_if(callable_=_can_find_words)


def _can_find_words(
    ddl: Any, target: Any, bind: sa.Connection | None, tables: Any = None, state: Any = None, **also: Any
) -> bool:
    return _has_trigrams(bind)


def _has_trigrams(connection: sa.Connection | None) -> bool:
    """Whether the database is a PostgreSQL that knows the parts of words."""
    if connection is None or connection.dialect.name != "postgresql":
        return False
    known = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    return connection.execute(known).scalar() is not None


def _is_shared(behaviour: FieldType[Any]) -> bool:
    """Whether many records may share a value, which is short then."""
    return behaviour.few or bool(behaviour.relation)


def _is_sorted_by_column(behaviour: FieldType[Any]) -> bool:
    """Whether records sort by what the column holds: not by a linked title, nor by a stage's place."""
    return behaviour.sortable and not behaviour.relation and behaviour.value_type != "stage"


_LIVE: Any = object()


def _index(table: sa.Table, *columns: sa.ColumnElement[Any], where: Any = _LIVE) -> None:
    """An index of the rows outside the trash, unless another condition or none is given."""
    kept = table.c.trashed_at.is_(None) if where is _LIVE else where
    name = index_name(table.name, "ix", ",".join(map(_called, columns)))
    if name not in {index.name for index in table.indexes}:
        sa.Index(name, *columns, sqlite_where=kept, postgresql_where=kept)


def _called(column: sa.ColumnElement[Any]) -> str:
    if isinstance(column, sort_text):
        [inner] = column.clauses
        return f"sort_text({_called(inner)})"
    return str(column.name)


def _unique(table: sa.Table, *columns: sa.Column[Any]) -> None:
    """Values that no two rows outside the trash share."""
    kept = table.c.trashed_at.is_(None)
    name = index_name(table.name, "uq", ",".join(column.name for column in columns))
    sa.Index(name, *columns, unique=True, sqlite_where=kept, postgresql_where=kept)
