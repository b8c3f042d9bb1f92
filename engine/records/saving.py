"""Checked writes reach the tables: rows, links, the change log, and a last look at access."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import gate
from engine.context import Context
from engine.errors import Conflict, Denied
from engine.records.changes import Change, log_changes
from engine.records.links import write_links
from engine.records.numbers import next_numbers
from engine.records.unique import check_unique
from engine.records.writes import Pending
from metadata.catalog import Entity

TAKEN = "Another record took one of these values at the same moment."


def save(ctx: Context, entity: Entity, batch: list[Pending], *, atomic: bool) -> None:
    """Write a batch that passed its checks.

    When the database still objects (somebody else took a unique value meanwhile), an atomic
    batch is refused whole; otherwise each record is tried by itself.
    """
    try:
        with ctx.connection.begin_nested():
            _write(ctx, entity, batch)
    except IntegrityError as objection:
        if atomic or len(batch) == 1:
            _refuse_taken(ctx, entity, batch, objection)
        else:
            for pending in batch:
                save(ctx, entity, [pending], atomic=False)


def _refuse_taken(
    ctx: Context, entity: Entity, batch: list[Pending], objection: IntegrityError
) -> None:
    check_unique(ctx, entity, batch)
    if all(pending.is_good for pending in batch):
        new = {pending.id for pending in batch if pending.is_new}
        if not new:
            raise objection
        for pending in batch:
            pending.refusal = Conflict("record.exists", "There is a record with this id already.")


def _write(ctx: Context, entity: Entity, batch: list[Pending]) -> None:
    new = [pending for pending in batch if pending.is_new]
    changed = [pending for pending in batch if pending.old]
    _insert(ctx, entity, new)
    _update(ctx, entity, changed)
    write_links(ctx, entity, batch)
    log_changes(ctx, entity, [Change(p.id, "created", {}) for p in new])
    log_changes(ctx, entity, [Change(p.id, "updated", p.old) for p in changed])
    _look_again(ctx, entity, [pending.id for pending in [*new, *changed]])


def _insert(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    if not batch:
        return
    next_numbers(ctx, entity, batch)
    now, actor = ctx.now(), ctx.actor.id
    rows = []
    for pending in batch:
        row = _stored(ctx, entity, pending, [field.key for field in entity.declared])
        row |= {
            "id": pending.id,
            "title": title_of(ctx, entity, pending.values),
            "created_at": now,
            "created_by": actor,
            "updated_at": now,
            "updated_by": actor,
            "version": 1,
        }
        rows.append(row)
    ctx.connection.execute(sa.insert(ctx.machine.tables.of(entity.key)), rows)


def _update(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    """One statement for all records that change the same fields."""
    table = ctx.machine.tables.of(entity.key)
    groups: dict[tuple[str, ...], list[Pending]] = defaultdict(list)
    for pending in batch:
        groups[tuple(sorted(pending.old))].append(pending)
    now = ctx.now()
    for keys, members in groups.items():
        rows = [
            _stored(ctx, entity, pending, keys)
            | {
                "the_id": pending.id,
                "title": title_of(ctx, entity, pending.values),
                "updated_at": now,
                "updated_by": ctx.actor.id,
            }
            for pending in members
        ]
        names = [name for name in rows[0] if name != "the_id"]
        statement = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("the_id"))
            .values({name: sa.bindparam(f"new_{name}") for name in names})
            .values(version=table.c.version + 1)
        )
        parameters = [
            {"the_id" if name == "the_id" else f"new_{name}": value for name, value in row.items()}
            for row in rows
        ]
        ctx.connection.execute(statement, parameters)


def _stored(
    ctx: Context, entity: Entity, pending: Pending, keys: Sequence[str]
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key in keys:
        columns = ctx.machine.tables.columns(entity.key, key)
        if not columns:
            continue
        value = pending.values.get(key)
        if value is None:
            row.update((column.name, None) for column in columns)
        else:
            stored = ctx.machine.behaviour(entity.key, key).store(value)
            row.update((c.name, part) for c, part in zip(columns, stored, strict=True))
    return row


def title_of(ctx: Context, entity: Entity, values: dict[str, Any]) -> str | None:
    """What a record with these values is called."""
    value = values.get(entity.title) if entity.title else None
    return None if value is None else ctx.machine.behaviour(entity.key, entity.title).show(value)


def _look_again(ctx: Context, entity: Entity, ids: Sequence[str]) -> None:
    """Refuse a write that takes a record out of its author's own sight."""
    if not ids or gate.rights(ctx, entity.key).read == "all":
        return
    origin = gate.source(ctx, entity.key)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        seen = sa.select(sa.func.count()).where(origin.table.c.id.in_(some), origin.predicate)
        if ctx.connection.execute(seen).scalar_one() < len(some):
            raise Denied(
                "access.out-of-sight",
                f"After this, the {entity.label.lower()} would no longer be open to you.",
            )
