"""Links between records: what a write points to must be there and be visible to who points."""

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.fields import Reference
from engine.records.writes import Pending
from metadata.catalog import Entity, Field, Relation


def check_references(ctx: Context, entity: Entity, batch: Iterable[Pending]) -> None:
    """Note a fault beside each field that points to what its author can't see.

    What nobody named came from a default, and has only to be there.
    """
    named: list[tuple[Pending, Field, Reference]] = []
    given: list[tuple[Pending, Field, Reference]] = []
    for pending in batch:
        if not pending.is_good:
            continue
        for key in pending.values.keys() | pending.links.keys():
            field = entity.fields[key]
            if field.relation is None or field.formula is not None or not _moved(pending, key):
                continue
            behaviour = ctx.machine.behaviour(entity.key, key)
            value = pending.links[key] if key in pending.links else pending.values[key]
            if value is not None:
                pointing = named if key in pending.named else given
                pointing += [(pending, field, ref) for ref in behaviour.references(value)]
    _require_visible(ctx, named)
    _require_visible(ctx.as_system(), given)


def _require_visible(ctx: Context, pointing: list[tuple[Pending, Field, Reference]]) -> None:
    visible = _visible(ctx, {reference for _, _, reference in pointing})
    for pending, field, reference in pointing:
        if reference not in visible:
            message = f"{field.label} points to a record that is not there, or not open to you."
            pending.find_fault(field.key, "link.not-found", message)


def _moved(pending: Pending, key: str) -> bool:
    if key in pending.links:
        return True
    return pending.before is None or pending.before.get(key) != pending.values.get(key)


def _visible(ctx: Context, references: set[Reference]) -> set[Reference]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for reference in references:
        if reference.entity in ctx.machine.catalog.entities:
            wanted[reference.entity].append(reference.id)
    found: set[Reference] = set()
    for entity, ids in wanted.items():
        origin = gate.source(ctx, entity)
        for start in range(0, len(ids), 500):
            statement = sa.select(origin.table.c.id).where(
                origin.table.c.id.in_(ids[start : start + 500]), origin.predicate
            )
            rows = ctx.execute(statement)
            found.update(Reference(entity, row[0]) for row in rows)
    return found


def load_links_before(ctx: Context, entity: Entity, batch: Iterable[Pending]) -> None:
    """Read the ends that to-many links have before they are changed, for the whole batch at once."""
    changing: dict[str, list[Pending]] = defaultdict(list)
    for pending in batch:
        for key in pending.links if not pending.is_new else ():
            changing[key].append(pending)
    for key, members in changing.items():
        relation = entity.fields[key].relation
        if relation is not None:
            ends = linked(ctx, relation, [pending.id for pending in members])
            for pending in members:
                pending.links_before[key] = ends[pending.id]


def linked(ctx: Context, relation: Relation, ids: list[str]) -> dict[str, list[Reference]]:
    """The ends of a to-many field for each of the records that hold it, in order of id."""
    table = ctx.machine.tables.link(relation.holder, relation.field)
    ends: dict[str, list[Reference]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        statement = (
            sa.select(table.c.source_id, table.c.target_id)
            .where(table.c.source_id.in_(ids[start : start + 500]))
            .order_by(table.c.source_id, table.c.target_id)
        )
        for near, far in ctx.connection.execute(statement):
            ends[near].append(Reference(relation.to[0], far))
    return ends


def write_links(ctx: Context, entity: Entity, batch: list[Pending]) -> None:
    """Make the link tables say what the batch says."""
    for key in sorted({key for pending in batch for key in pending.links}):
        table = ctx.machine.tables.link(entity.key, key)
        gone, come = [], []
        for pending in batch:
            if key not in pending.links:
                continue
            before, now = set(pending.links_before.get(key, ())), set(pending.links[key])
            gone += [{"near": pending.id, "far": ref.id} for ref in before - now]
            come += [{"source_id": pending.id, "target_id": ref.id} for ref in now - before]
        if gone:
            ends = (
                table.c.source_id == sa.bindparam("near"),
                table.c.target_id == sa.bindparam("far"),
            )
            ctx.connection.execute(sa.delete(table).where(*ends), gone)
        if come:
            ctx.connection.execute(sa.insert(table), come)
