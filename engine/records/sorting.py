"""What a list is sorted by: names and paths, made into the keys of a total order.

A title sorts as the field it is made of, a linked record by its title, a stage by its place
on the road, text by how it begins, without regard to case; the id comes last, so that no two
records tie.
"""

from collections.abc import Sequence

from engine.access.gate import Source
from engine.context import Context
from engine.errors import Malformed
from engine.expressions.facts import facts_of
from engine.expressions.sql import compile_value
from engine.records.filters import RowScope, check_names, malformed
from engine.records.former import speaker_of
from engine.records.joining import end_of, order_of, walk
from engine.records.paging import SortKey
from engine.records.selection import require_known
from metadata.catalog import Field
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
    entity, field, rest = end_of(scope.ctx, scope.entity, names, "sort")
    relation = entity.relations.get(names[-1 - len(rest)])
    if relation is not None and relation.many:
        raise _unsortable(path)
    if field is not None and not rest:
        names += _further(scope.ctx, field, path)
    try:
        check_names(scope.ctx, scope.entity, names, "sort")
        far, joins, last = walk(scope, names, "sort")
        term = compile_value(last, far)
    except ExpressionRefused as refusal:
        raise malformed(refusal, "sort") from refusal
    required = field is not None and field.system and (field.required or field.key in filled)
    nullable = bool(joins) or not required
    return SortKey(order_of(entity, term), name.startswith("-"), nullable, joins)


def _title_field(scope: RowScope) -> str:
    """What a title is made of, which there is an index for, if that sorts."""
    made_of = scope.entity.title
    kinds = scope.ctx.machine.behaviours
    return made_of if made_of and kinds[scope.entity.key, made_of].sortable else "title"


def _further(ctx: Context, field: Field, path: str) -> tuple[str, ...]:
    """What a path to a whole value goes on to: a linked record sorts by what it is called."""
    if not ctx.machine.behaviour(field.entity, field.key).sortable:
        raise _unsortable(path)
    if field.relation is None:
        return ()
    if len(field.relation.to) != 1:
        raise _unsortable(path)
    return ("title",)


def _unsortable(path: str) -> Malformed:
    return Malformed("sort.unsortable", f'Records can\'t be sorted by "{path}".')
