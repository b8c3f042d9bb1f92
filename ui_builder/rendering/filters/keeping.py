"""What the panel can hold without a loss. Whatever its inputs would change stays a piece of text in its place."""

from dataclasses import replace
from datetime import date

from engine.context import Context
from engine.expressions.facts import facts_of, same_kind
from metadata.filters.parts import LISTED, PLAIN, Group, Many, Part, Piece, Row, Span
from metadata.filters.putting import put_together
from metadata.printing import print_expression
from metadata.syntax import Literal, Node
from metadata.value_types import WRITTEN, read_moment
from metadata.ways import Way
from ui_builder.rendering.filters.fields import Fields
from ui_builder.rendering.filters.reading import DEEPEST, LONGEST_STRETCH, MOST_PARTS
from ui_builder.rendering.filters.values import node_of, typed_of


def keep_whole(ctx: Context, fields: Fields, entity: str, group: Group) -> Group:
    """A filter as the panel shows it: it reads back to the same, whatever it says."""
    kept = _Keeper(ctx, fields).group(group, entity, 0)
    return kept if isinstance(kept, Group) else Group("and", (kept,))


class _Keeper:
    def __init__(self, ctx: Context, fields: Fields) -> None:
        self._ctx, self._fields = ctx, fields

    def group(self, group: Group, entity: str, depth: int) -> Group | Piece:
        if depth >= DEEPEST or len(group.parts) > MOST_PARTS:
            return _piece(group)
        return Group(group.join, tuple(self._part(each, entity, depth + 1) for each in group.parts))

    def _part(self, part: Part, entity: str, depth: int) -> Part:
        match part:
            case Piece():
                return part
            case Group():
                return self.group(part, entity, depth)
        way = self._fields.way(entity, part.path) if part.path else None
        if way is None or part.operator not in dict(self._fields.operators(way, part.operator)):
            return _piece(part) if part.path else part
        match part:
            case Many():
                inside = self.group(part.inside, way.to[0], depth + 1) if len(way.to) == 1 else None
                return replace(part, inside=inside) if isinstance(inside, Group) else _piece(part)
            case Span(number=number):
                fits = number is None or 0 <= number <= LONGEST_STRETCH
                return part if fits and way.kind in WRITTEN else _piece(part)
            case Row():
                return part if self._holds(part, way) else _piece(part)

    def _holds(self, row: Row, way: Way) -> bool:
        """Whether the inputs of a row say what its values do."""
        if row.operator in PLAIN:
            return True
        if way.kind == "records":
            return False
        if row.operator in LISTED and way.kind == "text" and any("," in str(_text(n)) for n in row.values):
            return False
        return all(self._is_same(node, way) for node in row.values)

    def _is_same(self, node: Node, way: Way) -> bool:
        again = node_of(self._ctx, way, typed_of(self._ctx, way, node))
        if way.kind == "date":
            return again == node and type(read_moment(_text(node))) is date
        if way.kind == "datetime" and again is not None:
            facts = facts_of(self._ctx)
            one, other = same_kind(facts.read(_text(again)), facts.read(_text(node)), facts)
            return bool(one == other)
        return again == node


def _text(node: Node) -> str:
    return str(node.value) if isinstance(node, Literal) else ""


def _piece(part: Part) -> Piece:
    root = put_together(part)
    return Piece("" if root is None else print_expression(root))
