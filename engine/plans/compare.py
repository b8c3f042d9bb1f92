"""Comparing two catalogs by identity: what is new, gone, renamed, or asked differently."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.machine import Machine
from engine.plans.operations import (
    AddField,
    ChangeDocument,
    ChangeIndexes,
    CreateEntity,
    Operation,
    Rename,
    RetireEntity,
    RetireField,
    Retitle,
    Tighten,
    indexes_of,
)
from engine.records.unique import constraints
from metadata.catalog import Entity, Field


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a plan can't be applied: what is asked for and can't be done yet."""

    code: str
    message: str


def compare(before: Machine | None, after: Machine) -> Iterator[Operation | Blocker]:
    """The steps from one machine to another, in the order they are to be taken."""
    old = {e.identity: e for e in before.catalog.entities.values()} if before else {}
    new = {e.identity: e for e in after.catalog.entities.values()}
    for identity, entity in new.items():
        if identity not in old:
            yield CreateEntity(entity)
        elif before is not None and entity is not old[identity]:
            yield from _compare_entity(before, old[identity], after, entity)
    yield from (RetireEntity(entity) for identity, entity in old.items() if identity not in new)
    yield from _compare_documents(before, after)


def _compare_entity(
    before: Machine, old: Entity, after: Machine, new: Entity
) -> Iterator[Operation | Blocker]:
    if old.key != new.key:
        yield Rename("entity", old.key, new.key)
    had = {field.identity: field for field in old.declared}
    has = {field.identity: field for field in new.declared}
    for identity, field in has.items():
        if identity not in had:
            yield AddField(new, field)
            if field.required and field.default is None:
                yield Tighten(new, (field.key,), "required")
        else:
            yield from _compare_field(before, had[identity], after, field, new)
    yield from (RetireField(old, field) for key, field in had.items() if key not in has)
    if _title_identity(old) != _title_identity(new):
        yield Retitle(new)
    known = {tuple(old.fields[k].identity for k in keys) for keys in constraints(old)}
    for keys in constraints(new):
        if tuple(new.fields[key].identity for key in keys) not in known:
            yield Tighten(new, keys, "unique")
    there, wanted = indexes_of(before, old), indexes_of(after, new)
    if there != wanted:
        yield ChangeIndexes(new, tuple(sorted(wanted - there)), tuple(sorted(there - wanted)))


def _title_identity(entity: Entity) -> str:
    return entity.fields[entity.title].identity if entity.title else ""


def _compare_field(
    before: Machine, old: Field, after: Machine, new: Field, entity: Entity
) -> Iterator[Operation | Blocker]:
    if old.key != new.key:
        yield Rename("field", f"{entity.key}.{old.key}", f"{entity.key}.{new.key}")
    name = f"{entity.key}.{new.key}"
    columns = [
        {suffix: repr(kind) for suffix, kind in machine.behaviour(f.entity, f.key).columns().items()}
        for machine, f in ((before, old), (after, new))
    ]
    if columns[0] != columns[1]:
        yield Blocker(
            "plan.type-change",
            f"{name} changes from {old.type} to {new.type} in a way that needs its values converted, "
            "which is not available yet. Add a field of the new type beside it.",
        )
    elif old.type != new.type:
        yield Blocker(
            "plan.type-change",
            f"{name} changes from {old.type} to {new.type}; changing types is not available yet.",
        )
    if new.required and not old.required:
        yield Tighten(entity, (new.key,), "required")
    if old.relation and new.relation and set(old.relation.to) - set(new.relation.to):
        if old.relation.kind != "any":
            yield Blocker(
                "plan.link-target",
                f"{name} linked to {', '.join(old.relation.to)} and can't be pointed elsewhere.",
            )


def _compare_documents(before: Machine | None, after: Machine) -> Iterator[ChangeDocument]:
    """Documents that say something else now. Entities' fields have their own operations."""
    old = before.catalog.documents if before else {}
    for name, document in after.catalog.documents.items():
        if name not in old:
            if name[0] != "entity":
                yield ChangeDocument(*name, "add", "+")
        elif old[name].data != document.data:
            yield ChangeDocument(*name, "change", "~")
    for name in old:
        if name not in after.catalog.documents and name[0] != "entity":
            yield ChangeDocument(*name, "remove", "-")
