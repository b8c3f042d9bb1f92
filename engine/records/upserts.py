"""Updating what is there and creating what is not, by a unique field."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Malformed, ValueRefused
from engine.records.writes import Change, Create
from metadata.catalog import Entity


def upsert_writes(
    ctx: Context, entity: str, by: str, rows: Sequence[Mapping[str, Any]]
) -> list[Create | Change]:
    """A change for each row whose value of a field some record has, a creation for each other."""
    declared = gate.find_entity(ctx, entity)
    field = declared.fields.get(by)
    if field is None or not (field.unique or by == "id"):
        raise Malformed("upsert.not-unique", f'"{by}" is no unique field of {entity}.')
    held = find_by(ctx, declared, by, [row.get(by) for row in rows])
    writes: list[Create | Change] = []
    for row in rows:
        record_id = held.get(_normal(ctx, declared, by, row.get(by)))
        writes.append(Change(id=record_id, values=row) if record_id else Create(values=row))
    return writes


def find_by(
    ctx: Context, entity: Entity, key: str, typed: Sequence[Any]
) -> dict[Any, str]:
    """Ids of visible records by the stored form of a field's value, asking once per 500 values."""
    wanted = list({n for each in typed if (n := _normal(ctx, entity, key, each)) is not None})
    origin = gate.source(ctx, entity.key)
    column = gate.column(ctx, origin, key, "match")
    found: dict[Any, str] = {}
    for start in range(0, len(wanted), 500):
        statement = (
            sa.select(column, origin.table.c.id)
            .where(column.in_(wanted[start : start + 500]), origin.predicate)
            .order_by(origin.table.c.id.desc())  # of several, the oldest is kept
        )
        found.update((row[0], row[1]) for row in ctx.connection.execute(statement))
    return found


def _normal(ctx: Context, entity: Entity, key: str, typed: Any) -> Any:
    behaviour = ctx.machine.behaviour(entity.key, key)
    try:
        value = behaviour.parse(typed, ctx.actor.reader)
    except ValueRefused:
        return None
    return None if value is None else behaviour.store(value)[0]
