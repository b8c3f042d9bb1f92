"""Conditions in plain words, as somebody would say them who has never seen an expression."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from engine.access.known import KnownEntities
from engine.context import Context
from engine.fields import Reference, field_types
from engine.records.phrases import (
    IN_TIME,
    OF_MANY,
    OF_SPANS,
    OF_VALUES,
    joined,
    lowered,
    quoted,
)
from engine.records.titles import load_titles
from metadata.catalog import Entity
from metadata.filters.parts import Group, Many, Part, Piece, Row, Span
from metadata.filters.taking import take_apart
from metadata.printing import print_expression
from metadata.syntax import Literal, Negative, Node
from metadata.value_types import WRITTEN, read_moment
from metadata.ways import Way, find_way

UNKNOWN = "something that is not open to you"


def word_parts(ctx: Context, entity: Entity, parts: Sequence[Part]) -> list[str]:
    """Each part of a filter in words, such as "Owner is me"."""
    wording = _Wording(ctx, entity, parts)
    return [wording.part(part, entity.key) for part in parts]


def word_filter(ctx: Context, entity: Entity, root: Node) -> str:
    """A whole filter as a sentence about the records that it leaves."""
    group = take_apart(root)
    said = _Wording(ctx, entity, group.parts).group(group, entity.key)
    return f"{entity.plural} where {lowered(said)}"


class _Wording:
    """The words of one filter; what linked records are called is asked for once."""

    def __init__(self, ctx: Context, entity: Entity, parts: Sequence[Part]) -> None:
        self._ctx = ctx
        self._entities = KnownEntities(ctx, "filter")
        references = set(self._references(parts, entity.key))
        self._titles = load_titles(ctx, references) if references else {}

    def part(self, part: Part, entity: str) -> str:
        match part:
            case Group():
                return self.group(part, entity)
            case Row():
                return self._row(part, entity)
            case Span():
                return self._span(part, entity)
            case Many():
                return self._many(part, entity)
            case Piece(source=source):
                return f"“{source}”"

    def group(self, group: Group, entity: str) -> str:
        said = [self.part(each, entity) for each in group.parts]
        said = [said[0], *map(lowered, said[1:])] if said else ["anything"]
        words = joined(said, "and" if group.join == "and" else "or")
        if group.join == "nor":
            return f"Not so that {lowered(words)}"
        return f"Either {lowered(words)}" if group.join == "or" and len(said) > 1 else words

    def _way(self, path: str, entity: str) -> Way | None:
        return find_way(self._entities, entity, path.split("."))

    def _row(self, row: Row, entity: str) -> str:
        way = self._way(row.path, entity)
        label, kind = (way.label, way.kind) if way else (row.path, "")
        if way and way.is_part and kind == "boolean":
            return label if row.operator == "yes" else label.replace("Is ", "Is not ")
        phrases = {**OF_VALUES, **(IN_TIME if kind in WRITTEN else {})}
        values = [self._value(each, way) for each in row.values]
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
        number = self._value(many.number, None) if many.number else ""
        said = OF_MANY[many.operator].format(label=label, number=number)
        if not many.inside.parts:
            return said
        there = way.to[0] if way and way.to else entity
        inside = lowered(self.group(many.inside, there))
        return f"{said}: {inside}" if many.operator == "all" else f"{said} where {inside}"

    def _value(self, node: Node, way: Way | None) -> str:
        if isinstance(node, Negative):
            return f"-{self._value(node.operand, way)}"
        value = node.value if isinstance(node, Literal) else None
        if isinstance(value, Decimal):
            return f"{value.normalize():,f}"
        if not isinstance(value, str):
            return print_expression(node)
        if way and way.kind == "record":
            found = (self._titles.get(Reference(each, value)) for each in way.to)
            return next(filter(None, found), UNKNOWN)
        if way and way.kind in WRITTEN:
            return self._moment(value)
        return _choice_words(way, value) or quoted(value)

    def _moment(self, text: str) -> str:
        moment = read_moment(text)
        kind = "date" if len(text) <= len("2026-01-31") else "datetime"
        reader = self._ctx.actor.reader
        behaviour = field_types[kind]({})
        return behaviour.show(behaviour.parse(text, reader), reader) if moment else text

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


def _choice_words(way: Way | None, value: str) -> str:
    """What a choice or a stage is called."""
    settings = way.field.settings if way and way.field and not way.is_part else {}
    roads = settings.get("pipelines") or ()
    stages = [stage for road in roads for stage in road.stages.values()]
    return next((e.label for e in (*(settings.get("choices") or ()), *roads, *stages) if e.key == value), "")

