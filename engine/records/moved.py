"""What to tell a caller whose record has moved on since they read it."""

from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import Moved
from engine.records.writes import Pending
from metadata.catalog import Entity


def moved(ctx: Context, entity: Entity, pending: Pending) -> Moved:
    """A refusal that sets each value the caller sent beside the one the record has now."""
    before = pending.before or {}
    differences: dict[str, Any] = {}
    for key, typed in pending.named.items():
        if key in before and gate.is_readable(ctx, entity, key):
            value = before[key]
            behaviour = ctx.machine.behaviour(entity.key, key)
            current = None if value is None else behaviour.dump(value)
            differences[key] = {"yours": typed, "current": current}
    return Moved(
        "record.moved",
        f"This {entity.label.lower()} was changed since you read it.",
        facts={"version": before.get("version"), "differences": differences},
    )
