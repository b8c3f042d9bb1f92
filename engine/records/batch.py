"""The one way to write records: a batch goes through every check, then to the tables at once.

A single save is a batch of one, so that a form, the API and an import of ten
thousand rows obey the same rules in the same order: payload, access, defaults, rules,
links, uniqueness, and only then SQL.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Denied, NotFound
from engine.ids import new_id
from engine.records import defaults, rules, stages
from engine.records.links import check_references, linked
from engine.records.moved import moved
from engine.records.payloads import named_values, read_id, read_payload
from engine.records.saving import save
from engine.records.unique import check_unique
from engine.records.writes import Change, Create, Outcome, Pending
from metadata.catalog import Entity


def write_batch(
    ctx: Context, entity: Entity, writes: Sequence[Create | Change], *, atomic: bool
) -> list[Outcome]:
    """Create and change records. Atomic: the first fault found keeps all of them from being written."""
    _require_verbs(ctx, entity, writes)
    batch = [_pending(ctx, at, write) for at, write in enumerate(writes)]
    _load_before(ctx, entity, batch, writes)
    for pending, write in zip(batch, writes, strict=True):
        if pending.refusal is None:
            _prepare(ctx, entity, pending, write)
    check_references(ctx, entity, batch)
    check_unique(ctx, entity, batch)
    good = [pending for pending in batch if pending.is_good]
    if good and (not atomic or len(good) == len(batch)):
        save(ctx, entity, good, atomic=atomic)
    return [pending.outcome() for pending in batch]


def _require_verbs(
    ctx: Context, entity: Entity, writes: Sequence[Create | Change]
) -> None:
    if entity.mirrors and not ctx.actor.is_system:
        raise Denied(
            "access.mirrored",
            f"{entity.plural} follow the metadata and are changed there.",
        )
    if any(isinstance(write, Create) for write in writes):
        gate.require(ctx, entity.key, "create")
    if any(isinstance(write, Change) for write in writes):
        gate.require(ctx, entity.key, "update")


def _pending(ctx: Context, at: int, write: Create | Change) -> Pending:
    named = named_values(write.values)
    pending = Pending(at=at, id=write.id or new_id(), named=named, values={})
    if isinstance(write, Create):
        read_id(pending, write.id)
    return pending


def _load_before(
    ctx: Context, entity: Entity, batch: list[Pending], writes: Sequence[Create | Change]
) -> None:
    """Read what is to be changed, as it is now, refusing what the actor may not see or change."""
    changing = [p for p, write in zip(batch, writes, strict=True) if isinstance(write, Change)]
    if not changing:
        return
    found = load_stored(ctx, entity, [pending.id for pending in changing], "update")
    for pending in changing:
        if pending.id not in found:
            pending.refusal = NotFound("record.not-found", "There is no such record.")
            continue
        before, may_change = found[pending.id]
        if not may_change:
            message = f"You may not change this {entity.label.lower()}."
            pending.refusal = Denied("access.record", message)
        pending.before = before
        pending.values = dict(before)


def load_stored(
    ctx: Context, entity: Entity, ids: Sequence[str], action: str, *, trash: bool = False
) -> dict[str, tuple[dict[str, Any], bool]]:
    """Whole records that the actor may read, each with whether the action is open to the actor.

    The values serve rules and the change log; they are not for showing.
    """
    origin = gate.source(ctx, entity.key, trash=trash)
    system = ctx.as_system()
    columns: list[sa.ColumnElement[Any]] = []
    spans: list[tuple[str, Any, int, int]] = []
    for key in entity.fields:
        stored = gate.columns(system, origin, key, "write")
        load = ctx.machine.behaviour(entity.key, key).load
        if stored:
            spans.append((key, load, len(columns), len(columns) + len(stored)))
            columns += stored
    allowed = gate.predicate(ctx, entity, origin.table, action)
    found: dict[str, tuple[dict[str, Any], bool]] = {}
    for start in range(0, len(ids), 500):
        statement = (
            sa.select(*columns, sa.case((allowed, sa.true()), else_=sa.false()).label("allowed"))
            .where(origin.table.c.id.in_(ids[start : start + 500]), origin.predicate)
            .with_for_update(of=origin.table)
        )
        for row in ctx.connection.execute(statement):
            values = {
                key: None if row[at] is None else load(*row[at:end])
                for key, load, at, end in spans
            }
            found[values["id"]] = (values, bool(row[-1]))
    return found


def _prepare(ctx: Context, entity: Entity, pending: Pending, write: Create | Change) -> None:
    if isinstance(write, Change) and pending.before is not None:
        version = pending.before["version"]
        if write.version is not None and write.version != version:
            pending.refusal = moved(ctx, entity, pending)
            return
    read_payload(ctx, entity, pending)
    if pending.links and not pending.is_new:
        for key in pending.links:
            relation = entity.fields[key].relation
            if relation is not None:
                pending.links_before[key] = linked(ctx, relation, [pending.id])[pending.id]
    if pending.is_new:
        defaults.fill(ctx, entity, pending)
    defaults.require_filled(entity, pending)
    stages.check_move(ctx, entity, pending)
    if pending.is_good:
        rules.check_rules(ctx, entity, pending)
    _note_old(ctx, entity, pending)


def _note_old(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Remember the old value of each field that is really to change."""
    if pending.before is None:
        return
    for key, value in pending.values.items():
        if not entity.fields[key].system and pending.before.get(key) != value:
            pending.old[key] = pending.before.get(key)
    for key, ends in pending.links.items():
        if set(ends) != set(pending.links_before.get(key, ())):
            pending.old[key] = pending.links_before.get(key, [])
