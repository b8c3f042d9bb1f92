"""Records that follow documents: an entity that mirrors a kind has a record for each of its kind."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.context import SYSTEM, Context
from engine.formulas.touching import COUNTED
from engine.formulas.upkeep import refresh
from engine.formulas.walking import Touched
from engine.machine import Machine
from metadata.catalog import Entity
from metadata.reads import PRESENCE

MIRRORED = ("key", "name", "description", "title")
NAMESPACE = uuid.UUID("6d1f9c5a-2f83-4a0e-9d39-7b0a3d0b5a11")


def mirror_id(kind: str, identity: str) -> str:
    """The id of the record that follows a document: the same on every machine."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{identity}"))


def mirror_documents(connection: sa.Connection, machine: Machine, now: datetime) -> None:
    """Make the records of every mirroring entity what the documents say, and formulas what follows."""
    touched = [
        Touched(entity.key, dict.fromkeys((*MIRRORED, PRESENCE, *COUNTED), ids), new=ids)
        for entity in machine.catalog.entities.values()
        if entity.mirrors and (ids := _mirror(connection, machine, entity, now))
    ]
    refresh(Context(machine=machine, connection=connection, actor=SYSTEM), touched, with_own=True)


def _mirror(
    connection: sa.Connection, machine: Machine, entity: Entity, now: datetime
) -> list[str]:
    """Answers with the records that were made, changed, or are gone."""
    table = machine.tables.of(entity.key)
    wanted = {
        mirror_id(entity.mirrors, role.identity): (role.key, role.label, role.help or None)
        for role in machine.catalog.roles.values()
    }
    columns = [machine.tables.columns(entity.key, key)[0] for key in ("key", "name", "description")]
    there = {
        row[0]: (row[1], row[2], row[3], row[4])
        for row in connection.execute(sa.select(table.c.id, table.c.trashed_at, *columns))
    }
    for record_id, facts in wanted.items():
        values: dict[str, Any] = {column.name: fact for column, fact in zip(columns, facts, strict=True)}
        values |= {"title": facts[1], "trashed_at": None}
        if record_id not in there:
            values |= {"id": record_id, "created_at": now, "updated_at": now, "version": 1}
            connection.execute(sa.insert(table).values(values))
        elif there[record_id] != (None, *facts):
            values |= {"updated_at": now, "version": table.c.version + 1}
            connection.execute(sa.update(table).where(table.c.id == record_id).values(values))
    different = [each for each, facts in wanted.items() if there.get(each) != (None, *facts)]
    no_more = sorted(each for each in there.keys() - wanted.keys() if there[each][0] is None)
    for record_id in no_more:
        gone = sa.update(table).where(table.c.id == record_id)
        connection.execute(gone.values(trashed_at=now, version=table.c.version + 1))
    return [*different, *no_more]
