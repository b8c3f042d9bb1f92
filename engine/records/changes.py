"""The change log: every write leaves an entry, in the same transaction, that nothing rewrites.

An entry keeps the old values of the fields it changed; a creation keeps none, since
the record itself has them. History reads the entries backwards from what is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.context import Context
from engine.storage.system import pulse_change
from metadata.catalog import Entity


@dataclass(frozen=True, slots=True)
class Change:
    """What the log is to remember of one record. `old` maps field keys to old values."""

    id: str
    operation: str  # created, updated, trashed, restored, destroyed
    old: Mapping[str, Any]


def log_changes(ctx: Context, entity: Entity, changes: Iterable[Change]) -> None:
    """Append entries in the order given."""
    at, cause = ctx.now(), dict(ctx.cause.as_json())
    rows = [
        {
            "at": at,
            "entity": entity.identity,
            "record_id": change.id,
            "operation": change.operation,
            "actor_id": ctx.actor.id,
            "token_id": ctx.actor.token_id,
            "request_id": ctx.request_id,
            "changeset": ctx.changeset,
            "cause": cause,
            "old": _by_identity(ctx, entity, change.old),
        }
        for change in changes
    ]
    if rows:
        ctx.connection.execute(sa.insert(pulse_change), rows)


def _by_identity(ctx: Context, entity: Entity, old: Mapping[str, Any]) -> dict[str, Any]:
    """Old values as JSON, under the names that survive a rename; none of a field not audited."""
    logged = {}
    for key, value in old.items():
        field = entity.fields[key]
        if not field.audit:
            continue
        behaviour = ctx.machine.behaviour(entity.key, key)
        logged[field.identity] = None if value is None else behaviour.dump(value)
    return logged
