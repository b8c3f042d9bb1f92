"""The trash: records go there with what belongs to them, and come back with it.

`trashed_with` names the record whose going took another along, so that restoring it
brings back just those. What links to a record in the trash keeps its link until the
record is destroyed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import gate
from engine.access.gate import Source
from engine.context import Context
from engine.errors import Conflict, Denied, NotFound
from engine.records.batch import load_stored
from engine.records.changes import Change, log_changes
from engine.records.moved import moved
from engine.records.writes import Pending, Trash
from metadata.catalog import Entity, Relation

MOST_AT_ONCE = 500


def trash(ctx: Context, entity: Entity, writes: Sequence[Trash]) -> None:
    """Put records in the trash. Each becomes the root of what it takes along."""
    gate.require(ctx, entity.key, "delete")
    if entity.mirrors and not ctx.actor.is_system:
        raise Denied("access.mirrored", f"{entity.plural} follow the metadata.")
    found = load_stored(ctx, entity, [write.id for write in writes], "delete")
    for write in writes:
        values, allowed = _require_found(found, write.id)
        if not allowed:
            raise Denied("access.record", f"You may not delete this {entity.label.lower()}.")
        if write.version is not None and write.version != values["version"]:
            raise moved(ctx, entity, Pending(0, write.id, {}, dict(values), before=values))
        _take_along(ctx, entity, [write.id], root=write.id)


def restore(ctx: Context, entity: Entity, record_id: str) -> None:
    """Take a record out of the trash, with what went with it."""
    gate.require(ctx, entity.key, "delete")
    found = load_stored(ctx, entity, [record_id], "delete", trash=True)
    _, allowed = _require_found(found, record_id)
    if not allowed:
        raise Denied("access.record", f"You may not restore this {entity.label.lower()}.")
    _require_root(ctx, entity, record_id)
    try:
        with ctx.connection.begin_nested():
            for kind in _kinds_taken_along(ctx, entity, set()):
                _bring_back(ctx, kind, record_id)
    except IntegrityError as objection:
        raise Conflict(
            "trash.values-taken",
            "It can't come back: another record has taken one of its unique values since.",
        ) from objection


def _require_root(ctx: Context, entity: Entity, record_id: str) -> None:
    """Refuse to bring a record back without the one that took it along."""
    table = ctx.machine.tables.of(entity.key)
    statement = sa.select(table.c.trashed_with).where(table.c.id == record_id)
    if ctx.connection.execute(statement).scalar() != record_id:
        raise Conflict(
            "trash.went-along",
            f"This {entity.label.lower()} went to the trash with another record. Restore that one.",
        )


def destroy(ctx: Context, entity: Entity, record_id: str) -> None:
    """Remove a record for good, wherever it is, and empty the links to it."""
    gate.require_capability(ctx, "purge")
    gate.require(ctx, entity.key, "delete")
    found = load_stored(ctx, entity, [record_id], "delete") or load_stored(
        ctx, entity, [record_id], "delete", trash=True
    )
    values, allowed = _require_found(found, record_id)
    if not allowed:
        raise Denied("access.record", f"You may not delete this {entity.label.lower()}.")
    if values["trashed_at"] is None:
        _take_along(ctx, entity, [record_id], root=record_id)
    for kind in _kinds_taken_along(ctx, entity, set()):
        _destroy_taken(ctx, kind, record_id)


def _require_found(
    found: dict[str, tuple[dict[str, Any], bool]], record_id: str
) -> tuple[dict[str, Any], bool]:
    if record_id not in found:
        raise NotFound("record.not-found", "There is no such record.")
    return found[record_id]


def _take_along(ctx: Context, entity: Entity, ids: Sequence[str], *, root: str) -> None:
    for relation in _held_by_others(ctx, entity):
        holder = ctx.machine.catalog.entities[relation.holder]
        for start in range(0, len(ids), MOST_AT_ONCE):
            dependants = _dependants(ctx, entity, relation, ids[start : start + MOST_AT_ONCE])
            if dependants and relation.on_delete == "restrict":
                raise _restricted(entity, holder, len(dependants))
            if dependants and relation.on_delete == "cascade":
                _take_along(ctx, holder, dependants, root=root)
    table = ctx.machine.tables.of(entity.key)
    for start in range(0, len(ids), MOST_AT_ONCE):
        statement = (
            sa.update(table)
            .where(table.c.id.in_(ids[start : start + MOST_AT_ONCE]))
            .values(
                trashed_at=ctx.now(),
                trashed_by=ctx.actor.id,
                trashed_with=root,
                version=table.c.version + 1,
            )
        )
        ctx.connection.execute(statement)
    log_changes(ctx, entity, [Change(each, "trashed", {}) for each in ids])


def _held_by_others(ctx: Context, entity: Entity) -> Iterator[Relation]:
    """The links that point at records of this entity and say what its going means to them."""
    for holder in ctx.machine.catalog.entities.values():
        for field in holder.declared:
            relation = field.relation
            if relation is not None and relation.kind != "many" and entity.key in relation.to:
                yield relation


def _pointing(ctx: Context, entity: Entity, relation: Relation, rows: Source) -> list[Any]:
    """The columns of a link: the id, and what must hold for it to be of this entity."""
    stored = gate.columns(ctx.as_system(), rows, relation.field, "trash")
    return [stored[0], stored[1] == entity.identity if len(stored) > 1 else sa.true()]


def _dependants(
    ctx: Context, entity: Entity, relation: Relation, ids: Sequence[str]
) -> list[str]:
    rows = gate.every_row(ctx, relation.holder)
    link, same = _pointing(ctx, entity, relation, rows)
    statement = sa.select(rows.table.c.id).where(
        link.in_(ids), same, rows.table.c.trashed_at.is_(None), rows.table.c.id.not_in(ids)
    )
    return [row[0] for row in ctx.connection.execute(statement)]


def _restricted(entity: Entity, holder: Entity, count: int) -> Conflict:
    words = f"1 {holder.label.lower()} still belongs" if count == 1 else (
        f"{count} {holder.plural.lower()} still belong"
    )
    return Conflict(
        "trash.restricted",
        f"{words} to this {entity.label.lower()}. Move or delete them first.",
        facts={"holder": holder.key, "dependants": count},
    )


def _kinds_taken_along(ctx: Context, entity: Entity, seen: set[str]) -> list[Entity]:
    """The entity, and each whose records it may take along."""
    seen.add(entity.key)
    kinds = [entity]
    for relation in _held_by_others(ctx, entity):
        if relation.on_delete == "cascade" and relation.holder not in seen:
            holder = ctx.machine.catalog.entities[relation.holder]
            kinds += _kinds_taken_along(ctx, holder, seen)
    return kinds


def _taken_with(ctx: Context, entity: Entity, root: str) -> list[str]:
    table = ctx.machine.tables.of(entity.key)
    statement = sa.select(table.c.id).where(table.c.trashed_with == root)
    return [row[0] for row in ctx.connection.execute(statement)]


def _bring_back(ctx: Context, entity: Entity, root: str) -> None:
    ids = _taken_with(ctx, entity, root)
    if not ids:
        return
    table = ctx.machine.tables.of(entity.key)
    nothing = {"trashed_at": None, "trashed_by": None, "trashed_with": None}
    statement = sa.update(table).where(table.c.trashed_with == root)
    ctx.connection.execute(statement.values(**nothing, version=table.c.version + 1))
    log_changes(ctx, entity, [Change(each, "restored", {}) for each in ids])


def _destroy_taken(ctx: Context, entity: Entity, root: str) -> None:
    ids = _taken_with(ctx, entity, root)
    if not ids:
        return
    for relation in _held_by_others(ctx, entity):
        _empty_link(ctx, entity, relation, ids)
    for holder in ctx.machine.catalog.entities.values():
        for field in holder.declared:
            if field.relation is not None and field.relation.kind == "many":
                _unlink(ctx, entity, field.relation, ids)
    log_changes(ctx, entity, [Change(each, "destroyed", {}) for each in ids])
    table = ctx.machine.tables.of(entity.key)
    ctx.connection.execute(sa.delete(table).where(table.c.trashed_with == root))


def _empty_link(ctx: Context, entity: Entity, relation: Relation, ids: Sequence[str]) -> None:
    table = ctx.machine.tables.of(relation.holder)
    stored = ctx.machine.tables.columns(relation.holder, relation.field)
    same = stored[1] == entity.identity if len(stored) > 1 else sa.true()
    empty = dict.fromkeys((column.name for column in stored), None)
    ctx.connection.execute(sa.update(table).where(stored[0].in_(ids), same).values(empty))


def _unlink(ctx: Context, entity: Entity, relation: Relation, ids: Sequence[str]) -> None:
    link = ctx.machine.tables.link(relation.holder, relation.field)
    if relation.holder == entity.key:
        ctx.connection.execute(sa.delete(link).where(link.c.source_id.in_(ids)))
    if entity.key in relation.to:
        ctx.connection.execute(sa.delete(link).where(link.c.target_id.in_(ids)))
