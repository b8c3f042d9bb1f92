"""The trash: records go there with what belongs to them, and come back with it.

`trashed_with` names the record whose going took another along, so that restoring it
brings back just those. What links to a record in the trash keeps its link until the
record is destroyed.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import gate
from engine.context import Context
from engine.errors import Conflict, Denied, NotFound
from engine.formulas.touching import moved_about
from engine.formulas.turns import take_turn
from engine.formulas.upkeep import refresh
from engine.records.batch import load_stored
from engine.records.belonging import Going, gather, going_along
from engine.records.changes import Change, log_changes
from engine.records.moved import moved
from engine.records.portions import portions
from engine.records.writes import Pending, Trash
from metadata.catalog import Entity


def trash(ctx: Context, entity: Entity, writes: Sequence[Trash]) -> None:
    """Put records in the trash. Each becomes the root of what it takes along."""
    require_deletable(ctx, entity)
    take_turns(ctx, entity)
    found = load_stored(ctx, entity, [write.id for write in writes], "delete")
    for write in writes:
        values = require_found(found, write.id, entity)
        require_version(ctx, entity, values, write.version)
        put_away(ctx, gather(ctx, entity, [write.id]), root=write.id)


def restore(ctx: Context, entity: Entity, record_id: str) -> None:
    """Take a record out of the trash, with what went with it."""
    require_deletable(ctx, entity)
    take_turns(ctx, entity)
    found = load_stored(ctx, entity, [record_id], "delete", trash=True)
    require_found(found, record_id, entity)
    require_root(ctx, entity, record_id)
    try:
        with ctx.connection.begin_nested():
            kinds = {kind.key: _bring_back(ctx, kind, record_id) for kind in going_along(ctx, entity)}
            refresh(ctx, [moved_about(key, ids) for key, ids in kinds.items() if ids])
    except IntegrityError as objection:
        raise Conflict(
            "trash.values-taken",
            "It can't come back: another record has taken one of its unique values since.",
        ) from objection


def take_turns(ctx: Context, entity: Entity) -> None:
    """Wait until records may go and come, and all that goes along with them."""
    for kind in going_along(ctx, entity):
        take_turn(ctx, kind.key)


def put_away(ctx: Context, going: Going, *, root: str) -> None:
    """Mark records as being in the trash because of one of them."""
    gone = {"trashed_at": ctx.now(), "trashed_by": ctx.actor.id, "trashed_with": root}
    for key, ids in going.items():
        table = ctx.machine.tables.of(key)
        for some in portions(ids):
            statement = sa.update(table).where(table.c.id.in_(some))
            ctx.connection.execute(statement.values(**gone, version=table.c.version + 1))
        entity = ctx.machine.catalog.entities[key]
        log_changes(ctx, entity, [Change(each, "trashed", {}) for each in ids])
    refresh(ctx, [moved_about(key, ids) for key, ids in going.items()])


def taken_with(ctx: Context, entity: Entity, root: str) -> list[str]:
    """The records of an entity that went to the trash because of another, or are it."""
    table = ctx.machine.tables.of(entity.key)
    statement = sa.select(table.c.id).where(table.c.trashed_with == root).order_by(table.c.id)
    return list(ctx.connection.execute(statement).scalars())


def require_deletable(ctx: Context, entity: Entity) -> None:
    """Refuse whoever may delete no record of the entity."""
    gate.require(ctx, entity.key, "delete")
    if entity.mirrors and not ctx.actor.is_system:
        raise Denied("access.mirrored", f"{entity.plural} follow the metadata.")


def require_found(
    found: dict[str, tuple[dict[str, Any], bool]], record_id: str, entity: Entity
) -> dict[str, Any]:
    """A record's stored values. NotFound where it can't be seen, Denied where it may not be deleted."""
    if record_id not in found:
        raise NotFound("record.not-found", f"There is no such {entity.label.lower()}.")
    values, allowed = found[record_id]
    if not allowed:
        raise Denied("access.record", f"You may not delete this {entity.label.lower()}.")
    return values


def require_version(
    ctx: Context, entity: Entity, values: dict[str, Any], version: int | None
) -> None:
    """Refuse when the record has another version than the caller knows."""
    if version is not None and version != values["version"]:
        raise moved(ctx, entity, Pending(0, values["id"], {}, dict(values), before=values))


def require_root(ctx: Context, entity: Entity, record_id: str) -> None:
    """Refuse what concerns a record in the trash without the one that took it along."""
    if record_id not in taken_with(ctx, entity, record_id):
        raise Conflict(
            "trash.went-along",
            f"This {entity.label.lower()} went to the trash with another record. Restore that one.",
        )


def _bring_back(ctx: Context, entity: Entity, root: str) -> list[str]:
    ids = taken_with(ctx, entity, root)
    if not ids:
        return ids
    table = ctx.machine.tables.of(entity.key)
    nothing = {"trashed_at": None, "trashed_by": None, "trashed_with": None}
    statement = sa.update(table).where(table.c.trashed_with == root)
    ctx.connection.execute(statement.values(**nothing, version=table.c.version + 1))
    log_changes(ctx, entity, [Change(each, "restored", {}) for each in ids])
    return ids
