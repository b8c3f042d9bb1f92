"""Values that no two records may share: one question for a whole batch, and the database behind it."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Conflict, Problem
from engine.records.writes import Pending
from metadata.catalog import Entity

Values = tuple[Any, ...]


def constraints(entity: Entity) -> list[tuple[str, ...]]:
    """The sets of fields whose values are unique together."""
    single = [(field.key,) for field in entity.declared if field.unique]
    return [*single, *entity.unique]


def check_unique(ctx: Context, entity: Entity, batch: Iterable[Pending]) -> None:
    """Refuse each write that would take values another record has, in the batch or the table."""
    writes = [pending for pending in batch if pending.is_good]
    for keys in constraints(entity):
        _check(ctx, entity, keys, writes)


def check_ids(ctx: Context, entity: Entity, batch: Iterable[Pending]) -> None:
    """Refuse each creation whose own id some record has, be it in the trash or out of sight."""
    new = {pending.id: pending for pending in batch if pending.is_new and pending.own_id}
    wanted = sorted(record_id for record_id, pending in new.items() if pending.is_good)
    rows = gate.every_row(ctx, entity.key)
    for start in range(0, len(wanted), 500):
        there = sa.select(rows.table.c.id).where(rows.table.c.id.in_(wanted[start : start + 500]))
        for record_id in ctx.connection.execute(there).scalars():
            new[record_id].refusal = Conflict(
                "record.exists", "There is a record with this id already."
            )


def taken(ctx: Context, entity: Entity, keys: tuple[str, ...]) -> Conflict:
    """The refusal for values that are taken. It neither says by which record, nor names a field
    that is closed to the asker.
    """
    open_keys = [key for key in keys if gate.is_readable(ctx, entity, key)]
    labels = " and ".join(entity.fields[key].label for key in open_keys) or "A value"
    together = "are together" if len(open_keys) > 1 else "is"
    message = f"{labels} {together} already taken by another {entity.label.lower()}."
    problems = [Problem(f"/{key}", "unique.taken", message) for key in open_keys]
    return Conflict("unique.taken", message, problems=problems)


def _check(ctx: Context, entity: Entity, keys: tuple[str, ...], writes: list[Pending]) -> None:
    claims: dict[Values, Pending] = {}
    for pending in writes:
        if not pending.is_new and not any(key in pending.named for key in keys):
            continue
        stored = _stored(ctx, entity, keys, pending)
        if stored is None:
            continue
        if stored in claims:
            pending.refusal = taken(ctx, entity, keys)
        else:
            claims[stored] = pending
    for stored, holder in _holders(ctx, entity, keys, list(claims)):
        if claims[stored].id != holder:
            claims[stored].refusal = taken(ctx, entity, keys)


def _stored(
    ctx: Context, entity: Entity, keys: tuple[str, ...], pending: Pending
) -> Values | None:
    values = [pending.values.get(key) for key in keys]
    if any(value is None for value in values):
        return None
    behaviours = [ctx.machine.behaviour(entity.key, key) for key in keys]
    return tuple(b.store(value)[0] for b, value in zip(behaviours, values, strict=True))


def _holders(
    ctx: Context, entity: Entity, keys: tuple[str, ...], wanted: list[Values]
) -> list[tuple[Values, str]]:
    rows = gate.every_row(ctx.as_system(), entity.key)
    columns = [gate.column(ctx.as_system(), rows, key, "unique") for key in keys]
    found: list[tuple[Values, str]] = []
    for start in range(0, len(wanted), 300):
        some = wanted[start : start + 300]
        held = (
            columns[0].in_([values[0] for values in some])
            if len(columns) == 1
            else sa.or_(*(sa.and_(*map(_equals, columns, values)) for values in some))
        )
        statement = sa.select(rows.table.c.id, *columns).where(
            held, rows.table.c.trashed_at.is_(None)
        )
        found += [(tuple(row[1:]), row[0]) for row in ctx.connection.execute(statement)]
    asked = set(wanted)
    return [(values, holder) for values, holder in found if values in asked]


def _equals(column: sa.ColumnElement[Any], value: Any) -> sa.ColumnElement[bool]:
    same: sa.ColumnElement[bool] = column == value
    return same
