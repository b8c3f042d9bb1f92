"""What belongs to a record: who points at it, and what goes with it when it goes.

A link says what the going of its target means to the record that holds it: nothing, that
it goes along, or that the target may not go.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Source
from engine.context import Context
from engine.errors import Conflict
from engine.records.portions import portions
from metadata.catalog import Entity, Relation

Going = dict[str, list[str]]  # ids by entity


def gather(ctx: Context, entity: Entity, ids: Sequence[str]) -> Going:
    """Records that are to go, and all that go along. Conflict when something holds one of them."""
    going: dict[str, dict[str, None]] = {entity.key: dict.fromkeys(ids)}
    holding: list[tuple[Entity, Relation, list[str]]] = []
    waiting = deque([(entity, list(ids))])
    while waiting:
        target, some = waiting.popleft()
        for relation in pointing_at(ctx, target):
            if relation.on_delete == "clear":
                continue
            dependants = _dependants(ctx, target, relation, some)
            if relation.on_delete == "restrict":
                holding.append((target, relation, dependants))
                continue
            known = going.setdefault(relation.holder, {})
            new = [each for each in dependants if each not in known]
            known.update(dict.fromkeys(new))
            if new:
                waiting.append((ctx.machine.catalog.entities[relation.holder], new))
    for target, relation, dependants in holding:
        left = [each for each in dependants if each not in going.get(relation.holder, ())]
        if left:
            raise _held(ctx, target, relation.holder, left)
    return {key: sorted(known) for key, known in going.items() if known}


def pointing_at(ctx: Context, entity: Entity) -> tuple[Relation, ...]:
    """The to-one links of any entity that may point at records of this one."""
    key = ("pointing at", entity.key)
    found: tuple[Relation, ...] | None = ctx.machine.cache.get(key)
    if found is None:
        found = tuple(
            field.relation
            for holder in ctx.machine.catalog.entities.values()
            for field in holder.declared
            if field.relation and field.relation.kind != "many" and entity.key in field.relation.to
            if field.formula is None  # what follows from links is looked after by what keeps it
        )
        ctx.machine.cache[key] = found
    return found


def going_along(ctx: Context, entity: Entity) -> list[Entity]:
    """The entity, and each whose records may go along with its own."""
    kinds = {entity.key: entity}
    waiting = deque([entity])
    while waiting:
        for relation in pointing_at(ctx, waiting.popleft()):
            if relation.on_delete == "cascade" and relation.holder not in kinds:
                kinds[relation.holder] = ctx.machine.catalog.entities[relation.holder]
                waiting.append(kinds[relation.holder])
    return list(kinds.values())


def pointers(
    ctx: Context, entity: Entity, relation: Relation, rows: Source, ids: Iterable[str]
) -> sa.ColumnElement[bool]:
    """Whether a row's link points at one of these records."""
    stored = gate.columns(ctx.as_system(), rows, relation.field, "belonging")
    same = stored[1] == entity.identity if len(stored) > 1 else sa.true()
    return sa.and_(stored[0].in_(ids), same)


def _dependants(ctx: Context, entity: Entity, relation: Relation, ids: Sequence[str]) -> list[str]:
    rows = gate.every_row(ctx, relation.holder)
    found: list[str] = []
    for some in portions(ids):
        points = pointers(ctx, entity, relation, rows, some)
        statement = sa.select(rows.table.c.id).where(points, rows.table.c.trashed_at.is_(None))
        found += ctx.connection.execute(statement).scalars()
    return found


def _held(ctx: Context, entity: Entity, holder: str, ids: Sequence[str]) -> Conflict:
    """Why a record may not go. It counts only what the asker may see of what holds it."""
    count = _count_visible(ctx, holder, ids)
    declared = ctx.machine.catalog.entities[holder]
    words = {0: "Something that is not open to you still belongs", 1: f"1 {declared.label.lower()} still belongs"}
    facts: dict[str, Any] = {"holder": holder, "dependants": count} if count else {}
    return Conflict(
        "trash.restricted",
        f"{words.get(count) or f'{count} {declared.plural.lower()} still belong'} "
        f"to this {entity.label.lower()}. Move or delete {'them' if count > 1 else 'it'} first.",
        facts=facts,
    )


def _count_visible(ctx: Context, entity: str, ids: Sequence[str]) -> int:
    origin = gate.source(ctx, entity)
    count = 0
    for some in portions(ids):
        seen = sa.select(sa.func.count()).where(origin.table.c.id.in_(some), origin.predicate)
        count += ctx.execute(seen).scalar_one()
    return count
