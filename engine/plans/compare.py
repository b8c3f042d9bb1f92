"""Comparing two catalogs by identity: what is new, gone, renamed, or asked differently."""

import operator
from collections.abc import Iterator

import orjson

from engine.machine import Machine
from engine.plans.demands import Blocker
from engine.plans.operations import (
    AddField,
    ChangeDocument,
    ChangeIndexes,
    CreateEntity,
    Narrow,
    Operation,
    Rename,
    RetireEntity,
    RetireField,
    Retitle,
    Tighten,
    indexes_of,
)
from engine.plans.recomputing import Recompute, remake, to_recompute
from engine.records.unique import constraints
from metadata.catalog import Effective, Entity, Field
from metadata.syntax import Expression
from metadata.value_types import known_values


def compare(before: Machine | None, after: Machine) -> Iterator[Operation | Blocker]:
    """The steps from one machine to another, in the order they are to be taken."""
    old = {e.identity: e for e in before.catalog.entities.values()} if before else {}
    new = {e.identity: e for e in after.catalog.entities.values()}
    for identity, entity in new.items():
        if identity not in old:
            yield CreateEntity(entity)
        elif before is not None:
            if entity is not old[identity]:
                yield from _compare_entity(before, old[identity], after, entity)
            yield from _compare_indexes(before, old[identity], after, entity)
    yield from (RetireEntity(entity) for identity, entity in old.items() if identity not in new)
    yield from (Recompute(formula) for formula in to_recompute(before, after) if before)
    yield from _compare_documents(before, after)


def demands_of(entity: Entity) -> Iterator[Tighten]:
    """All that an entity asks of its records, for one that comes back to those it had."""
    for field in entity.declared:
        if field.required:
            yield Tighten(entity, (field.key,), "required")
    yield from _newly_unique(None, entity)


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
            if field.required and (field.default is None or isinstance(field.default, Expression)):
                yield Tighten(new, (field.key,), "required")
        else:
            yield from _compare_field(before, had[identity], after, field, new)
            if _has_columns(after, field) and not _has_columns(before, had[identity]):
                yield AddField(new, field)
    for identity, field in had.items():
        if identity not in has:
            yield RetireField(old, field, loses_data=field.formula is None)
    if _title_identity(old) != _title_identity(new):
        yield Retitle(new)
    yield from _newly_unique(old, new)


def _compare_indexes(
    before: Machine, old: Entity, after: Machine, new: Entity
) -> Iterator[ChangeIndexes]:
    """Views ask for indexes too, so that an entity which stays as it is may get others."""
    there, wanted = indexes_of(before, old), indexes_of(after, new)
    if there != wanted:
        yield ChangeIndexes(new, tuple(sorted(wanted - there)), tuple(sorted(there - wanted)))


def _newly_unique(old: Entity | None, new: Entity) -> Iterator[Tighten]:
    known = constraints(old) if old else []
    identities = {tuple(old.fields[key].identity for key in keys) for keys in known if old}
    for keys in constraints(new):
        if tuple(new.fields[key].identity for key in keys) not in identities:
            yield Tighten(new, keys, "unique")


def _title_identity(entity: Entity) -> str:
    return entity.fields[entity.title].identity if entity.title else ""


def _compare_field(
    before: Machine, old: Field, after: Machine, new: Field, entity: Entity
) -> Iterator[Operation | Blocker]:
    if old.key != new.key:
        yield Rename("field", f"{entity.key}.{old.key}", f"{entity.key}.{new.key}")
    name = f"{entity.key}.{new.key}"
    if old.type != new.type:
        yield Blocker(
            "plan.type-change",
            f"{name} changes from {old.type} to {new.type}; changing types is not available yet. "
            "Add a field of the new type beside it.",
        )
    elif new.formula is not None and _columns(before, old) != _columns(after, new):
        yield remake(before, old, entity, new)
    elif _columns(before, old) != _columns(after, new):
        yield Blocker(
            "plan.type-change",
            f"{name} would be stored in another way, which needs its values converted; that is not "
            "available yet. Add a field with the new settings beside it.",
        )
    elif _is_narrower(old, new):
        yield Narrow(entity, new)
    if new.required and not old.required:
        yield Tighten(entity, (new.key,), "required")
    if new.formula is None and _targets(before, old) - _targets(after, new):
        yield Blocker("plan.link-target", f"{name} can't be pointed elsewhere. Add a field beside it.")


def _columns(machine: Machine, field: Field) -> list[tuple[str, str]]:
    """How a field is stored: the suffix and type of each of its columns."""
    columns = machine.behaviour(field.entity, field.key).columns()
    return [(suffix, repr(kind)) for suffix, kind in columns.items()]


def _has_columns(machine: Machine, field: Field) -> bool:
    """Whether a field has columns for its values."""
    return machine.behaviour(field.entity, field.key).has_columns


def _targets(machine: Machine, field: Field) -> set[str]:
    """The identities of what a field links to; one that may link to anything loses nothing."""
    if field.relation is None or field.relation.kind == "any":
        return set()
    return {machine.catalog.entities[key].identity for key in field.relation.to}


def _is_narrower(old: Field, new: Field) -> bool:
    """Whether a field may refuse values that it took before."""
    if set(known_values(old)) - set(known_values(new)) and known_values(new):
        return True
    return any(
        sooner(new.settings[limit], old.settings.get(limit, new.settings[limit]))
        or old.settings.get(limit) is None
        for limit, sooner in (("max", operator.lt), ("min", operator.gt))
        if new.settings.get(limit) is not None
    )


def _compare_documents(before: Machine | None, after: Machine) -> Iterator[ChangeDocument]:
    """Documents that say something else now. Entities' fields have their own operations."""
    old = before.catalog.documents if before else {}
    for name, document in after.catalog.documents.items():
        if name not in old:
            if name[0] != "entity":
                yield ChangeDocument(*name, "add", "+")
        elif _says(old[name]) != _says(document):
            yield ChangeDocument(*name, "change", "~")
    for name in old:
        if name not in after.catalog.documents and name[0] != "entity":
            yield ChangeDocument(*name, "remove", "-")


def _says(document: Effective) -> bytes:
    """What a document says, in what order, and by whose word."""
    return orjson.dumps([document.data, dict(document.layers), document.layer])
