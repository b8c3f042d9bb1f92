"""Updating what is there and creating what is not, by a unique field."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Invalid, Malformed, Problem, ValueRefused
from engine.expressions.dialects import lower_text
from engine.records.writes import Change, Create
from metadata.catalog import Entity


def upsert_writes(
    ctx: Context, entity: str, by: str, rows: Sequence[Mapping[str, Any]]
) -> list[Create | Change]:
    """A change for each row whose value of a field some record has, a creation for each other."""
    declared = gate.find_entity(ctx, entity)
    field = declared.fields.get(by)
    if field is not None:
        gate.require_readable(ctx, declared, by, "match")
    if field is None or not (field.unique or by == "id"):
        raise Malformed("upsert.not-unique", f'"{by}" is no unique field of {entity}.')
    _require_values(by, rows)
    held = find_by(ctx, declared, by, [row.get(by) for row in rows])
    writes: list[Create | Change] = []
    for row in rows:
        record_id = held.get(normal_value(ctx, declared, by, row.get(by)))
        values = {key: value for key, value in row.items() if key != "id"}
        if record_id:
            writes.append(Change(id=record_id, values=values))
        else:
            writes.append(Create(values=values, id=row.get("id")))
    return writes


def _require_values(by: str, rows: Sequence[Mapping[str, Any]]) -> None:
    lacking = [at for at, row in enumerate(rows) if row.get(by) in (None, "")]
    if lacking:
        message = f"Each row names what it is found by: {by}."
        problems = [Problem(f"/{at}/{by}", "upsert.no-value", message) for at in lacking]
        raise Invalid("upsert.no-value", message, problems=problems)


def find_by(
    ctx: Context, entity: Entity, key: str, typed: Sequence[Any]
) -> dict[Any, str]:
    """Ids of visible records by the stored form of a field's value; of several, the oldest."""
    wanted = {n for each in typed if (n := normal_value(ctx, entity, key, each)) is not None}
    return {value: ids[0] for value, ids in find_ids(ctx, entity, key, wanted).items()}


def find_ids(
    ctx: Context, entity: Entity, key: str, stored: Collection[Any], *, any_case: bool = False
) -> dict[Any, list[str]]:
    """Ids of visible records by stored values, oldest first, asking once per 500 values.

    `any_case` takes and finds text in lower case.
    """
    wanted = list(stored)
    origin = gate.source(ctx, entity.key)
    column = gate.column(ctx, origin, key, "match")
    if any_case:
        column = lower_text(column)
    found: dict[Any, list[str]] = defaultdict(list)
    for start in range(0, len(wanted), 500):
        statement = (
            sa.select(column, origin.table.c.id)
            .where(column.in_(wanted[start : start + 500]), origin.predicate)
            .order_by(origin.table.c.id)
        )
        for value, record_id in ctx.execute(statement):
            found[value].append(record_id)
    return found


def normal_value(ctx: Context, entity: Entity, key: str, typed: Any) -> Any:
    """The stored form of a typed value that compares; None for what is empty or none of the type."""
    behaviour = ctx.machine.behaviour(entity.key, key)
    try:
        value = behaviour.parse(typed, ctx.actor.reader)
    except ValueRefused:
        return None
    return None if value is None else behaviour.store(value)[0]
