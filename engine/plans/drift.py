"""Whether the tables in the database are those that the metadata says there are.

Tables and columns of what was retired stay, with what is in them, so only what is
missing or of another type is a difference.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from engine.machine import Machine
from engine.storage.indexes import list_indexes, wanted_indexes
from engine.storage.system import system_tables


def differences(connection: sa.Connection, machine: Machine) -> Iterator[str]:
    """What is otherwise, in a few words each."""
    seen = sa.inspect(connection)
    columns = {name: {c["name"]: c["type"] for c in each} for (_, name), each in seen.get_multi_columns().items()}
    indexes = list_indexes(connection)
    for table in _expected(machine):
        if table.name not in columns:
            yield f"the table {table.name} is missing"
            continue
        for column in table.columns:
            if column.name not in columns[table.name]:
                yield f"{table.name} has no column {column.name}"
                continue
            is_type = _spelled(columns[table.name][column.name], connection)
            if is_type != (wanted := _spelled(column.type, connection)):
                yield f"{table.name}.{column.name} is {is_type}, not {wanted}"
        for index in wanted_indexes(connection, table):
            if index.name not in indexes[table.name]:
                yield f"{table.name} has no index {index.name}"


def missing_of_the_system(connection: sa.Connection) -> list[str]:
    """Names of the system's own tables that are not there; all of them before there is a CRM."""
    seen = sa.inspect(connection)
    return [name for name in system_tables.tables if not seen.has_table(name)]


def is_made(connection: sa.Connection) -> bool:
    """Whether there is a CRM in the database, whole or not."""
    return len(missing_of_the_system(connection)) < len(system_tables.tables)


def _expected(machine: Machine) -> Iterator[sa.Table]:
    yield from system_tables.tables.values()
    for key, entity in machine.catalog.entities.items():
        yield machine.tables.of(key)
        for field in entity.declared:
            if field.relation is not None and field.relation.kind == "many":
                yield machine.tables.link(key, field.key)


def _spelled(kind: TypeEngine[object], connection: sa.Connection) -> str:
    """A type as the database spells it, without its collation."""
    return str(kind.compile(connection.dialect)).partition(" COLLATE")[0]
