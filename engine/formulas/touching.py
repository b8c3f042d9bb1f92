"""What commands touch, as upkeep wants to know it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from engine.fields import Reference
from engine.formulas.walking import Touched
from engine.records.writes import Pending
from metadata.catalog import Entity
from metadata.reads import PRESENCE

COUNTED = ("version", "updated_at", "updated_by")  # what every write changes


def touched_by(entity: Entity, batch: Sequence[Pending]) -> Touched:
    """What a batch of writes touches: new records by being there, others in the fields that changed."""
    fields: dict[str, set[str]] = defaultdict(set)
    moved: dict[str, dict[str, list[str]]] = defaultdict(dict)
    new: set[str] = set()
    for pending in batch:
        if pending.is_new:
            new.add(pending.id)
        for key, old in pending.old.items():
            fields[key].add(pending.id)
            if entity.fields[key].relation is not None:
                moved[key][pending.id] = _ends(old)
        if pending.old:
            for key in (*COUNTED, *(("title",) if entity.title in pending.old else ())):
                fields[key].add(pending.id)
    if new:
        fields[PRESENCE] |= new
    return Touched(entity.key, fields, moved, new, {pending.id: pending.values for pending in batch})


def moved_about(entity: str, ids: Collection[str]) -> Touched:
    """Records that went to the trash, or came back."""
    return Touched(entity, {PRESENCE: ids, "version": ids})


def emptied(holder: str, old: Mapping[str, Mapping[str, Any]]) -> Touched:
    """Records whose links were emptied, since what they led to is gone."""
    fields: dict[str, list[str]] = defaultdict(list)
    for record, values in old.items():
        for key in (*values, *COUNTED):
            fields[key].append(record)
    return Touched(holder, fields)


def _ends(value: Any) -> list[str]:
    """The ids that a link led to."""
    if isinstance(value, Reference):
        return [value.id]
    return [each.id for each in value or ()]
