"""Destroying: a record goes for good, with what belongs to it, and every link to it is emptied.

Whoever held such a link is changed by it, so that gets a new version and an entry in its
history like any other change.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.fields import Reference
from engine.formulas.freezing import forget_records
from engine.formulas.touching import emptied
from engine.formulas.upkeep import refresh
from engine.records.batch import load_stored
from engine.records.belonging import Going, gather, going_along, pointers, pointing_at
from engine.records.changes import Change, log_changes
from engine.records.links import linked
from engine.records.portions import portions
from engine.records.trash import (
    put_away,
    require_deletable,
    require_found,
    require_root,
    require_version,
    take_turns,
    taken_with,
)
from metadata.catalog import Entity, Relation


def destroy(ctx: Context, entity: Entity, record_id: str, *, version: int | None = None) -> Going:
    """Remove a record for good, wherever it is. Answers with all that went, by entity."""
    gate.require_capability(ctx, "purge")
    require_deletable(ctx, entity)
    take_turns(ctx, entity)
    found = load_stored(ctx, entity, [record_id], "delete") or load_stored(
        ctx, entity, [record_id], "delete", trash=True
    )
    values = require_found(found, record_id, entity)
    require_version(ctx, entity, values, version)
    if values["trashed_at"] is None:
        put_away(ctx, gather(ctx, entity, [record_id]), root=record_id)
    require_root(ctx, entity, record_id)
    going = {
        kind.key: ids
        for kind in going_along(ctx, entity)
        if (ids := taken_with(ctx, kind, record_id))
    }
    for key, ids in going.items():
        _remove(ctx, ctx.machine.catalog.entities[key], ids, root=record_id)
    for key, ids in going.items():
        gone = ctx.machine.catalog.entities[key]
        for relation in pointing_at(ctx, gone):
            _empty_link(ctx, gone, relation, ids)
        for relation in _to_many_at(ctx, gone):
            _unlink(ctx, relation, ids)
    return going


def _remove(ctx: Context, entity: Entity, ids: Sequence[str], *, root: str) -> None:
    table = ctx.machine.tables.of(entity.key)
    ctx.connection.execute(sa.delete(table).where(table.c.trashed_with == root))
    own = (f.key for f in entity.declared if f.relation is not None and f.relation.kind == "many")
    for link in [ctx.machine.tables.link(entity.key, key) for key in own]:
        for some in portions(ids):
            ctx.connection.execute(sa.delete(link).where(link.c.source_id.in_(some)))
    for some in portions(ids):
        forget_records(ctx.connection, some)
    log_changes(ctx, entity, [Change(each, "destroyed", {}) for each in ids])


def _empty_link(ctx: Context, entity: Entity, relation: Relation, ids: Sequence[str]) -> None:
    rows = gate.every_row(ctx, relation.holder)
    link = gate.column(ctx.as_system(), rows, relation.field, "belonging")
    for some in portions(ids):
        points = pointers(ctx, entity, relation, rows, some)
        held = ctx.connection.execute(sa.select(rows.table.c.id, link).where(points)).all()
        old = {holder: {relation.field: Reference(entity.key, target)} for holder, target in held}
        columns = ctx.machine.tables.columns(relation.holder, relation.field)
        _touch(ctx, relation.holder, old, {column.name: None for column in columns})


def _to_many_at(ctx: Context, entity: Entity) -> list[Relation]:
    """The to-many links of any entity that may point at records of this one."""
    return [
        field.relation
        for holder in ctx.machine.catalog.entities.values()
        for field in holder.declared
        if field.relation and field.relation.kind == "many" and entity.key in field.relation.to
    ]


def _unlink(ctx: Context, relation: Relation, ids: Sequence[str]) -> None:
    link = ctx.machine.tables.link(relation.holder, relation.field)
    for some in portions(ids):
        held = sa.select(link.c.source_id).where(link.c.target_id.in_(some)).distinct()
        holders = sorted(ctx.connection.execute(held).scalars())
        ends = linked(ctx, relation, holders)
        ctx.connection.execute(sa.delete(link).where(link.c.target_id.in_(some)))
        _touch(ctx, relation.holder, {each: {relation.field: ends[each]} for each in holders}, {})


def _touch(
    ctx: Context, holder: str, old: dict[str, dict[str, Any]], values: dict[str, None]
) -> None:
    """Note that records were changed by what they pointed to."""
    table = ctx.machine.tables.of(holder)
    now = {"updated_at": ctx.now(), "updated_by": ctx.actor.id, "version": table.c.version + 1}
    for some in portions(sorted(old)):
        ctx.connection.execute(sa.update(table).where(table.c.id.in_(some)).values(**values, **now))
    entity = ctx.machine.catalog.entities[holder]
    log_changes(ctx, entity, [Change(each, "updated", old[each]) for each in sorted(old)])
    if old:
        refresh(ctx, [emptied(holder, old)], with_own=True)
