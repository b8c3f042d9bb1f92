"""Numbering the records that are there before their numbers are."""

from typing import Any

import sqlalchemy as sa

from engine.machine import Machine
from engine.storage.system import pulse_counter
from metadata.catalog import Entity, Field

AT_ONCE = 1000  # records


def number_records(
    connection: sa.Connection, after: Machine, entity: Entity, field: Field
) -> None:
    """Give records without a number theirs, the oldest first; new ones count on from there."""
    table = after.tables.of(entity.key)
    column = after.tables.columns(entity.key, field.key)[0]
    behaviour = after.behaviour(entity.key, field.key)
    last = _last(connection, field)
    missing = sa.select(table.c.id).where(column.is_(None)).order_by(table.c.created_at, table.c.id)
    ids = list(connection.execute(missing).scalars())
    give = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("the_id"))
        .values({column.name: sa.bindparam("the_number")})
    )
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        numbered: list[dict[str, Any]] = [
            {"the_id": each, "the_number": behaviour.parse(number)}
            for number, each in enumerate(some, start=last + start + 1)
        ]
        connection.execute(give, numbered)
    if ids:
        _keep(connection, field, last + len(ids))


def _last(connection: sa.Connection, field: Field) -> int:
    known = sa.select(pulse_counter.c.last).where(pulse_counter.c.field == field.identity)
    last = connection.execute(known).scalar()
    return int(field.settings.get("start", 1)) - 1 if last is None else int(last)


def _keep(connection: sa.Connection, field: Field, last: int) -> None:
    counter = pulse_counter
    raised = sa.update(counter).where(counter.c.field == field.identity).values(last=last)
    if not connection.execute(raised).rowcount:
        connection.execute(sa.insert(counter).values(field=field.identity, last=last))
