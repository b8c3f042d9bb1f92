"""What a list is sorted by: names and paths, made into the keys of a total order.

A title sorts as the field it is made of, a linked record by its title, a stage by its place
on the road, text by how it begins, without regard to case; the id comes last, so that no two
records tie.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Source
from engine.access.known import KnownEntities
from engine.context import Context
from engine.errors import Malformed
from engine.expressions import terms
from engine.expressions.facts import facts_of
from engine.expressions.sql import compile_value
from engine.records.filters import RowScope, check_names, malformed
from engine.records.former import speaker_of
from engine.records.paging import SortKey
from engine.records.selection import require_known
from metadata.catalog import Entity, Field
from metadata.syntax import ExpressionRefused

USUAL = ("-created_at",)
FILLED_IN_TRASH = frozenset(("trashed_at",))
MOST_KEYS = 5


def sort_keys(
    ctx: Context, origin: Source, sort: Sequence[str], *, trash: bool = False
) -> list[SortKey]:
    """The keys of an order. Malformed for what can't sort, Denied for what is closed."""
    if len(sort) > MOST_KEYS:
        raise Malformed("sort.too-many", f"Records are sorted by {MOST_KEYS} names at most.")
    scope = RowScope(ctx, origin, facts_of(ctx))
    filled = FILLED_IN_TRASH if trash else frozenset[str]()
    named = [speaker_of(ctx).path(origin.entity.key, name) for name in sort or USUAL]
    keys = [_key(scope, name, filled) for name in named]
    return [*keys, SortKey(origin.table.c.id, keys[-1].descending, nullable=False)]


def _key(scope: RowScope, name: str, filled: frozenset[str]) -> SortKey:
    path = name.removeprefix("-")
    names = tuple(path.split("."))
    require_known(scope.ctx, scope.entity, names[0])
    if path == "title":
        names = (_title_field(scope),)
    entity, field, rest = _end(scope.ctx, scope.entity, names)
    if field is not None and not rest:
        names += _further(scope.ctx, field, path)
    try:
        check_names(scope.ctx, scope.entity, names, "sort")
        far, joins, last = _walk(scope, names)
        term = compile_value(last, far)
    except ExpressionRefused as refusal:
        raise malformed(refusal, "sort") from refusal
    required = field is not None and field.system and (field.required or field.key in filled)
    nullable = bool(joins) or not required
    return SortKey(_order(entity, term), name.startswith("-"), nullable, joins)


def _walk(
    scope: RowScope, names: tuple[str, ...]
) -> tuple[RowScope, tuple[tuple[sa.FromClause, sa.ColumnElement[bool]], ...], tuple[str, ...]]:
    """Where a path leads over links, what to join on the way, and what is left of the path.

    A join lets the database begin with the records that others are sorted by.
    """
    joins: list[tuple[sa.FromClause, sa.ColumnElement[bool]]] = []
    while len(names) > 1 and names[0] in scope.entity.relations:
        far = gate.source(scope.ctx, scope.entity.relations[names[0]].to[0])
        here = gate.column(scope.ctx, scope.origin, names[0], "sort")
        joins.append((far.table, sa.and_(far.table.c.id == here, far.predicate)))
        scope, names = RowScope(scope.ctx, far, scope.facts), names[1:]
    return scope, tuple(joins), names


def _title_field(scope: RowScope) -> str:
    """What a title is made of, which there is an index for, if that sorts."""
    made_of = scope.entity.title
    kinds = scope.ctx.machine.behaviours
    return made_of if made_of and kinds[scope.entity.key, made_of].sortable else "title"


def _end(
    ctx: Context, entity: Entity, names: Sequence[str]
) -> tuple[Entity, Field | None, tuple[str, ...]]:
    """The entity and field that a path ends at, and what of the field's value it goes on to."""
    known = KnownEntities(ctx, "sort")
    for at, name in enumerate(names):
        relation = known[entity.key].relations.get(name)
        if relation is None or at == len(names) - 1 or relation.many or len(relation.to) != 1:
            if relation is not None and relation.many:
                raise _unsortable(".".join(names))
            return entity, known[entity.key].fields.get(name), tuple(names[at + 1 :])
        entity = ctx.machine.catalog.entities[relation.to[0]]
    return entity, None, ()


def _further(ctx: Context, field: Field, path: str) -> tuple[str, ...]:
    """What a path to a whole value goes on to: a linked record sorts by what it is called."""
    if not ctx.machine.behaviour(field.entity, field.key).sortable:
        raise _unsortable(path)
    if field.relation is None:
        return ()
    if len(field.relation.to) != 1:
        raise _unsortable(path)
    return ("title",)


def _order(entity: Entity, term: terms.Term) -> sa.ColumnElement[Any]:
    if term.kind == "stage":
        stages = [key for pipeline in entity.pipelines.values() for key in pipeline.stages]
        places = {key: at for at, key in enumerate(dict.fromkeys(stages))}
        return sa.case(places, value=term.column) if places else term.column
    return terms.sort_text(term.column) if term.kind == "text" else term.column


def _unsortable(path: str) -> Malformed:
    return Malformed("sort.unsortable", f'Records can\'t be sorted by "{path}".')
