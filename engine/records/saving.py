"""Checked writes reach the tables: rows, links, the change log, and a last look at access."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import gate
from engine.context import Context
from engine.errors import Conflict, Denied
from engine.formulas.touching import touched_by
from engine.formulas.upkeep import refresh
from engine.records.changes import Change, log_changes
from engine.records.links import write_links
from engine.records.numbers import next_numbers
from engine.records.rules import check_far_rules, looks_far
from engine.records.unique import check_ids, check_unique, constraints
from engine.records.writes import Pending
from metadata.catalog import Entity

TAKEN = "Another record took one of these values at the same moment. Try again."


class _Undone(Exception):  # noqa: N818 - it undoes a savepoint, and tells nobody
    """What was written is not to be kept: because of the records with these ids that would be out of
    sight, or of the faults that were noted.
    """

    def __init__(self, ids: set[str]) -> None:
        super().__init__()
        self.ids = ids


def save(ctx: Context, entity: Entity, batch: list[Pending], *, atomic: bool) -> None:
    """Write a batch that passed its checks.

    When the database still objects (somebody else took a unique value meanwhile), or a record
    would go out of its author's sight, an atomic batch is refused whole; otherwise each record
    is tried by itself.
    """
    try:
        with _savepoint(ctx, entity, batch):
            _write(ctx, entity, batch)
            check_far_rules(ctx, entity, batch)
            if not all(pending.is_good for pending in batch):
                raise _Undone(set())
            _look_again(ctx, entity, [p.id for p in batch if p.is_new or p.old])
    except IntegrityError:
        if atomic or len(batch) == 1:
            _refuse_taken(ctx, entity, batch)
        else:
            for pending in batch:
                save(ctx, entity, [pending], atomic=False)
    except _Undone as undone:
        for pending in batch:
            if pending.id in undone.ids:
                pending.refusal = _out_of_sight(entity)
        good = [pending for pending in batch if pending.is_good]
        if good and not atomic:
            save(ctx, entity, good, atomic=False)


def _savepoint(
    ctx: Context, entity: Entity, batch: list[Pending]
) -> AbstractContextManager[object]:
    """Where to go back to when a write is undone; nothing where nothing can object."""
    if (
        constraints(entity)
        or gate.rights(ctx, entity.key).read != "all"
        or any(pending.own_id for pending in batch)
        or looks_far(ctx, entity)
    ):
        return ctx.connection.begin_nested()
    return nullcontext()


def _refuse_taken(ctx: Context, entity: Entity, batch: list[Pending]) -> None:
    check_ids(ctx, entity, batch)
    check_unique(ctx, entity, batch)
    if all(pending.is_good for pending in batch):  # whoever had it has let it go again
        for pending in batch:
            pending.refusal = Conflict("unique.taken", TAKEN)


def _write(ctx: Context, entity: Entity, batch: list[Pending]) -> None:
    new = [pending for pending in batch if pending.is_new]
    changed = [pending for pending in batch if pending.old]
    _insert(ctx, entity, new)
    _update(ctx, entity, changed)
    write_links(ctx, entity, batch)
    log_changes(ctx, entity, [Change(p.id, "created", {}) for p in new])
    log_changes(ctx, entity, [Change(p.id, "updated", p.old) for p in changed])
    refresh(ctx, [touched_by(entity, batch)])


def _insert(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    if not batch:
        return
    next_numbers(ctx, entity, batch)
    now, actor = ctx.now(), ctx.actor.id
    rows = []
    keys = tuple(field.key for field in entity.declared)
    for pending in batch:
        row = _stored(ctx, entity, pending, keys)
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
    ctx: Context, entity: Entity, pending: Pending, keys: tuple[str, ...]
) -> dict[str, Any]:
    ways, empty = _ways_to_store(ctx, entity, keys)
    row = dict(empty)
    values = pending.values
    for key, names, store in ways:
        value = values.get(key)
        if value is not None:
            row.update(zip(names, store(value), strict=True))
    return row


Way = tuple[str, list[str], Callable[[Any], tuple[Any, ...]]]
Ways = tuple[list[Way], dict[str, Any]]


def _ways_to_store(ctx: Context, entity: Entity, keys: tuple[str, ...]) -> Ways:
    """The columns of fields with what fills them, and a row in which all are empty."""
    key = ("ways to store", entity.key, keys)
    ways: Ways | None = ctx.machine.cache.get(key)
    if ways is None:
        columns = {each: ctx.machine.tables.columns(entity.key, each) for each in keys}
        filled: list[Way] = [
            (each, [c.name for c in own], ctx.machine.behaviour(entity.key, each).store)
            for each, own in columns.items()
            if own
        ]
        empty: dict[str, Any] = {name: None for _, names, _ in filled for name in names}
        ways = filled, empty
        ctx.machine.cache[key] = ways
    return ways


def title_of(ctx: Context, entity: Entity, values: dict[str, Any]) -> str | None:
    """What a record with these values is called."""
    value = values.get(entity.title) if entity.title else None
    return None if value is None else ctx.machine.behaviour(entity.key, entity.title).show(value)


def _look_again(ctx: Context, entity: Entity, ids: Sequence[str]) -> None:
    """Undo a write that takes a record out of its author's own sight."""
    if not ids or gate.rights(ctx, entity.key).read == "all":
        return
    origin = gate.source(ctx, entity.key)
    hidden = set(ids)
    for start in range(0, len(ids), 500):
        seen = sa.select(origin.table.c.id).where(
            origin.table.c.id.in_(ids[start : start + 500]), origin.predicate
        )
        hidden -= set(ctx.execute(seen).scalars())
    if hidden:
        raise _Undone(hidden)


def _out_of_sight(entity: Entity) -> Denied:
    return Denied(
        "access.out-of-sight",
        f"After this, the {entity.label.lower()} would no longer be open to you.",
    )
