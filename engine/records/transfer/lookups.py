"""Which records names mean: by id, else by the fields that their entity is matched by.

The first field of `match` that fits decides, a value as it is written before one in another
case, and the oldest record of several.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.fields import Reference
from engine.records.transfer.names import Name
from engine.records.upserts import find_ids, normal_value
from metadata.catalog import Entity


@dataclass(frozen=True, slots=True)
class Held:
    """A record that goes by a name, and whether others do too."""

    reference: Reference
    is_one_of_several: bool = False


def find_named(ctx: Context, to: Sequence[str], names: Sequence[Name]) -> dict[Any, Held]:
    """The visible records of some entities that go by names, by the names' keys."""
    found: dict[Any, Held] = {}
    for entity in to:
        target = gate.find_entity(ctx, entity)
        left = [n for n in names if n.key not in found and n.entity in ("", entity)]
        ids = find_ids(ctx, target, "id", {name.id for name in left if name.id})
        found |= {name.key: Held(Reference(entity, name.id)) for name in left if name.id in ids}
        for key in target.match:
            left = [name for name in left if name.key not in found and name.title]
            if left and gate.is_readable(ctx, target, key):
                found |= _find_by(ctx, target, key, left)
    return found


def _find_by(ctx: Context, target: Entity, key: str, names: list[Name]) -> dict[Any, Held]:
    stored = {name.key: normal_value(ctx, target, key, name.title) for name in names}
    exact = {value for value in stored.values() if value is not None}
    held = find_ids(ctx, target, key, exact)
    rest = {value.lower() for value in exact if value not in held and isinstance(value, str)}
    held_alike = find_ids(ctx, target, key, rest, any_case=True) if rest else {}
    found: dict[Any, Held] = {}
    for name, value in stored.items():
        ids = held.get(value) or held_alike.get(value.lower() if isinstance(value, str) else None)
        if ids and value is not None:
            found[name] = Held(Reference(target.key, ids[0]), len(ids) > 1)
    return found
