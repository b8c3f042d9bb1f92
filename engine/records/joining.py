"""Where a path leads over links to one record: what to join on the way, and what its end sorts by."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.known import KnownEntities
from engine.context import Context
from engine.expressions.dialects import sort_number, sort_text
from engine.expressions.terms import Term
from engine.records.filters import RowScope
from engine.storage.types import LooseNumber
from metadata.catalog import Entity, Field

Joins = tuple[tuple[sa.FromClause, sa.ColumnElement[bool]], ...]


def walk(scope: RowScope, names: tuple[str, ...], purpose: str) -> tuple[RowScope, Joins, tuple[str, ...]]:
    """Where a path leads over links, what to join on the way, and what is left of the path.

    A join lets the database begin with the records that others are sorted by.
    """
    joins: list[tuple[sa.FromClause, sa.ColumnElement[bool]]] = []
    while len(names) > 1 and names[0] in scope.entity.relations:
        far = gate.source(scope.ctx, scope.entity.relations[names[0]].to[0])
        here = gate.column(scope.ctx, scope.origin, names[0], purpose)
        joins.append((far.table, sa.and_(far.table.c.id == here, far.predicate)))
        scope, names = RowScope(scope.ctx, far, scope.facts), names[1:]
    return scope, tuple(joins), names


def end_of(
    ctx: Context, entity: Entity, names: Sequence[str], purpose: str
) -> tuple[Entity, Field | None, tuple[str, ...]]:
    """The entity and field that a path ends at, and what of the field's value it goes on to."""
    known = KnownEntities(ctx, purpose)
    for at, name in enumerate(names):
        relation = known[entity.key].relations.get(name)
        if relation is None or at == len(names) - 1 or relation.many or len(relation.to) != 1:
            return entity, known[entity.key].fields.get(name), tuple(names[at + 1 :])
        entity = ctx.machine.catalog.entities[relation.to[0]]
    return entity, None, ()


def order_of(entity: Entity, term: Term) -> sa.ColumnElement[Any]:
    """What a value at the end of a path sorts by: a stage by its place on the road, text without regard
    to case.
    """
    if term.kind == "stage":
        stages = [key for pipeline in entity.pipelines.values() for key in pipeline.stages]
        places = {key: at for at, key in enumerate(dict.fromkeys(stages))}
        return sa.case(places, value=term.column) if places else term.column
    if isinstance(term.column.type, LooseNumber):
        return sort_number(term.column)
    return sort_text(term.column) if term.kind == "text" else term.column
