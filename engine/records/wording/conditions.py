"""Conditions in plain words, as somebody would say them who has never seen an expression."""

from collections.abc import Iterator, Sequence

from engine.access.known import KnownEntities
from engine.context import Context
from engine.fields import Reference
from engine.records.wording.constants import Constants
from engine.records.wording.phrases import (
    IN_TIME,
    OF_MANY,
    OF_SPANS,
    OF_VALUES,
    joined,
    lowered,
    raised,
)
from engine.records.wording.reckoned import Reckoned
from metadata.catalog import Entity
from metadata.expressions import parse_expression
from metadata.filters.parts import Group, Many, Part, Piece, Row, Span
from metadata.filters.putting import why_not
from metadata.filters.taking import take_apart
from metadata.syntax import Literal, Node
from metadata.value_types import WRITTEN
from metadata.ways import Way, find_way


def word_parts(ctx: Context, entity: Entity, parts: Sequence[Part]) -> list[str]:
    """Each part of a filter in words, such as "Owner is me"."""
    wording = _Wording(ctx, entity, parts)
    return [wording.part(part, entity.key) for part in parts]


def word_filter(ctx: Context, entity: Entity, root: Node) -> str:
    """A whole filter as a sentence about the records that it leaves."""
    group = take_apart(root)
    said = _Wording(ctx, entity, group.parts).group(group, entity.key)
    return f"{entity.plural} where {said}"


class _Wording:
    """The words of one filter."""

    def __init__(self, ctx: Context, entity: Entity, parts: Sequence[Part]) -> None:
        self._entities = KnownEntities(ctx, "filter")
        self._constants = Constants(ctx, self._references(parts, entity.key))
        self._reckoned = Reckoned(self._entities, self._constants)

    def part(self, part: Part, entity: str, outer: str = "") -> str:
        """A part by itself; within a relation, `outer` is where it began."""
        match part:
            case Group():
                return raised(self.group(part, entity, outer))
            case Row():
                return self._row(part, entity)
            case Span():
                return self._span(part, entity)
            case Many():
                return self._many(part, entity)
            case Piece(source=source) if not source or why_not(source):
                return source
            case Piece(source=source):
                return raised(self._reckoned.word(parse_expression(source).root, entity, outer))

    def group(self, group: Group, entity: str, outer: str = "") -> str:
        """The parts of a group within a sentence."""
        said = [self._within(each, entity, outer) for each in group.parts] or ["anything is so"]
        words = joined(said, "and" if group.join == "and" else "or")
        if group.join == "nor":
            return f"it is not so that {words}"
        return f"either {words}" if group.join == "or" and len(said) > 1 else words

    def _within(self, part: Part, entity: str, outer: str) -> str:
        """A part within a sentence, of which the record is the subject."""
        words = lowered(self.part(part, entity, outer))
        is_many = isinstance(part, Many) and part.operator != "all"
        way = self._way(part.path, entity) if isinstance(part, Row) else None
        is_state = way is not None and way.is_part and way.kind == "boolean" and len(way.labels) == 1
        return f"it {words}" if is_many or is_state else words

    def _way(self, path: str, entity: str) -> Way | None:
        return find_way(self._entities, entity, path.split("."))

    def _row(self, row: Row, entity: str) -> str:
        way = self._way(row.path, entity)
        label, kind = (way.label, way.kind) if way else (row.path, "")
        if way and way.is_part and kind == "boolean":
            return label if row.operator == "yes" else label.replace("Is ", "Is not ")
        phrases = {**OF_VALUES, **(IN_TIME if kind in WRITTEN else {})}
        values = [self._constants.word(each, way) for each in row.values]
        return f"{label} {phrases.get(row.operator, row.operator)} {joined(values, 'or')}".strip()

    def _span(self, span: Span, entity: str) -> str:
        way = self._way(span.path, entity)
        stretch = span.unit if span.number is None else f"{span.number} {span.unit}"
        if span.number == 1:
            unit = span.unit.removesuffix("s")
            stretch = unit if span.operator in {"last", "next"} else f"1 {unit}"
        return f"{way.label if way else span.path} {OF_SPANS[span.operator].format(stretch)}"

    def _many(self, many: Many, entity: str) -> str:
        way = self._way(many.path, entity)
        label = lowered(way.label) if way else many.path
        number = self._constants.word(many.number) if many.number else ""
        if number == "1" and way and way.to:
            label = lowered(self._entities[way.to[0]].label)
        said = OF_MANY[many.operator].format(label=label, number=number)
        if not many.inside.parts:
            return said
        inside = self.group(many.inside, way.to[0] if way and way.to else entity, entity)
        return f"{said}: {inside}" if many.operator == "all" else f"{said} where {inside}"

    def _references(self, parts: Sequence[Part], entity: str) -> Iterator[Reference]:
        """The records that are named by their ids."""
        for part in parts:
            match part:
                case Group(parts=inner):
                    yield from self._references(inner, entity)
                case Many(path=path, inside=inside):
                    way = self._way(path, entity)
                    if way and way.to:
                        yield from self._references(inside.parts, way.to[0])
                case Row(path=path, values=values):
                    way = self._way(path, entity)
                    for to in way.to if way and way.kind == "record" else ():
                        ids = (v.value for v in values if isinstance(v, Literal))
                        yield from (Reference(to, str(each)) for each in ids)
