"""What to tell a caller whose record has moved on since they read it."""

from typing import Any

from engine.context import Context
from engine.errors import Moved, ValueRefused
from engine.records.dumping import dump_record
from engine.records.queries import find_record
from engine.records.writes import Pending
from metadata.catalog import Entity


def moved(ctx: Context, entity: Entity, pending: Pending) -> Moved:
    """A refusal with the record as it is now, and each value the caller sent that differs from it."""
    before = pending.before or {}
    trashed = before.get("trashed_at") is not None
    record = find_record(ctx, entity.key, pending.id, trash=trashed)
    current = dump_record(ctx.machine, record)
    differences = {
        key: {"yours": typed, "current": current[key]}
        for key, typed in pending.named.items()
        if key in current and not _same(ctx, entity, key, typed, record.values[key])
    }
    return Moved(
        "record.moved",
        f"This {entity.label.lower()} was changed since you read it.",
        facts={"version": record.version, "current": current, "differences": differences},
    )


def _same(ctx: Context, entity: Entity, key: str, typed: Any, value: Any) -> bool:
    try:
        read: Any = ctx.machine.behaviour(entity.key, key).parse(typed, ctx.actor.reader)
    except ValueRefused:
        return False
    return bool(read == value)
