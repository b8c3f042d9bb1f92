"""Records as JSON: what a record dumps to is worked out once per entity and set of names."""

from collections.abc import Callable
from typing import Any

from engine.fields import Reference
from engine.machine import Machine
from engine.records.record import Record

Dump = Callable[[Any], Any]


def dump_record(machine: Machine, record: Record) -> dict[str, Any]:
    """A record as `api.md` shows it, related records in place of the relations expanded."""
    names = tuple(record.values)
    key = ("dumpers", record.entity, names)
    dumpers = machine.cache.get(key)
    if dumpers is None:
        dumpers = machine.cache[key] = [(n, _dumper(machine, record.entity, n)) for n in names]
    values = record.values
    dumped = {
        name: None if (value := values[name]) is None else dump(value) for name, dump in dumpers
    }
    if record.updating:
        dumped["updating"] = list(record.updating)
    for name, related in record.expanded.items():
        for path in [path for path in dumped if path.startswith(f"{name}.")]:
            del dumped[path]
        if isinstance(related, list):
            dumped[name] = [dump_record(machine, each) for each in related]
        else:
            dumped[name] = None if related is None else dump_record(machine, related)
    return dumped


def dump_reference(reference: Reference) -> dict[str, Any]:
    """A linked record as its id and title, without its entity."""
    return {"id": reference.id, "title": reference.title}


def _dumper(machine: Machine, entity: str, path: str) -> Dump:
    """How the value at a path is dumped, by the field the path ends at."""
    declared = machine.catalog.entities[entity]
    head, _, rest = path.partition(".")
    if rest:
        return _dumper(machine, declared.relations[head].to[0], rest)
    if head in declared.fields:
        return machine.behaviour(entity, head).dump
    return _dump_listed


def _dump_listed(references: list[Reference]) -> list[dict[str, Any]]:
    """Records that an inverse leads to, which no field of this entity holds."""
    return [dump_reference(each) for each in references]
