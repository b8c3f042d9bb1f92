"""The parts of a filter as inputs: which fields and operators each offers, and what it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.context import Context
from engine.fields import Reference
from engine.records.titles import load_titles
from metadata.filters.parts import COUNTED, LISTED, PLAIN, Group, Many, Part, Piece, Row, Span
from metadata.filters.putting import why_not
from metadata.syntax import Literal, Node
from metadata.value_types import NUMBERS, WRITTEN
from metadata.ways import Way
from ui_builder.rendering.filters.fields import Fields
from ui_builder.rendering.filters.offers import (
    CALENDAR,
    JOINS,
    PERIODS,
    Pairs,
    choices_of,
)
from ui_builder.rendering.filters.reading import TOP
from ui_builder.rendering.filters.values import typed_of
from ui_builder.rendering.forms import Input

DEEPEST = 3  # groups within groups that may be added; deeper ones are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPart:
    """A row, a stretch of time, a relation, a group or a piece of text, at its place.

    `kind` is condition, group or piece; `shape` says which input holds the value.
    """

    place: str
    kind: str
    name: str  # what screen readers call its inputs after
    path: str = ""
    field: Input | None = None  # what chooses the path
    operators: Pairs = ()
    operator: str = ""
    shape: str = ""
    value: Input | None = None
    number: str = ""
    units: Pairs = ()
    unit: str = ""
    from_now: str = ""  # yes or no: how a stretch of time is counted
    text: str = ""
    why: str = ""
    group: "DrawnGroup | None" = None


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """A group at its place."""

    place: str
    join: str
    joins: Pairs
    parts: tuple[DrawnPart, ...]
    can_nest: bool


def draw_group(
    ctx: Context, fields: Fields, entity: str, group: Group, place: str = TOP, depth: int = 0
) -> DrawnGroup:
    """A group with all that is in it."""
    drawer = _Drawer(ctx, fields)
    parts = tuple(
        drawer.part(part, f"{place}.{at}", entity, depth) for at, part in enumerate(group.parts)
    )
    return DrawnGroup(place, group.join, JOINS, parts, depth < DEEPEST)


class _Drawer:
    def __init__(self, ctx: Context, fields: Fields) -> None:
        self._ctx, self._fields = ctx, fields

    def part(self, part: Part, place: str, entity: str, depth: int) -> DrawnPart:
        name = name_of(place)
        match part:
            case Group():
                inner = draw_group(self._ctx, self._fields, entity, part, place, depth + 1)
                return DrawnPart(place=place, kind="group", name=name, group=inner)
            case Piece(source=source):
                return DrawnPart(
                    place=place, kind="piece", name=name, text=source, why=why_not(source)
                )
            case _:
                return self._condition(part, place, entity, depth, name)

    def _condition(
        self, part: Row | Span | Many, place: str, entity: str, depth: int, name: str
    ) -> DrawnPart:
        way = self._fields.way(entity, part.path)
        shape, number, unit = _shape(part, way), "", ""
        units: Pairs = ()
        value: Input | None = None
        inner: DrawnGroup | None = None
        if isinstance(part, Span):
            number = "" if part.number is None else str(part.number)
            units, unit = (CALENDAR if part.number is None else PERIODS), part.unit
        elif isinstance(part, Many) and way is not None:
            number = typed_of(self._ctx, way, part.number) if part.number else ""
            there = way.to[0] if way.to else entity
            inner = draw_group(self._ctx, self._fields, there, part.inside, f"{place}.0", depth + 1)
        elif isinstance(part, Row) and way is not None and shape:
            value = self._input(place, name, way, part, shape)
        return DrawnPart(
            place=place,
            kind="condition",
            name=name,
            path=part.path,
            field=self._field(place, name, entity, way),
            operators=self._fields.operators(way, part.operator) if way else (),
            operator=part.operator,
            shape=shape,
            value=value,
            number=number,
            units=units,
            unit=unit,
            from_now=("yes" if part.from_now else "no") if isinstance(part, Span) else "",
            group=inner,
        )

    def _field(self, place: str, name: str, entity: str, way: Way | None) -> Input:
        return Input(
            id=f"{place.replace('.', '-')}-path",
            name=f"{place}:path",
            type="link",
            label=f"{name}: field",
            source=f"{self._fields.source}/{entity}",
            chosen=((way.path, way.label),) if way else (),
            settings={},
        )

    def _input(self, place: str, name: str, way: Way, row: Row, shape: str) -> Input:
        typed = [typed_of(self._ctx, way, node) for node in row.values]
        several = shape in {"checks", "records"}
        joined = ", ".join(typed) if row.operator in LISTED else (typed[0] if typed else "")
        return Input(
            id=f"{place.replace('.', '-')}-value",
            name=f"{place}:value",
            type=way.field.type if way.field else "text",
            label=f"{name}: value",
            value=typed if several else joined,
            choices=choices_of(way, typed),
            source=f"/options/{','.join(way.to)}" if way.to else "",
            chosen=self._chosen(way, row.values) if shape in {"record", "records"} else (),
            settings={},
        )

    def _chosen(self, way: Way, values: Sequence[Node]) -> Pairs:
        """The records that are named, by the value that a form sends and the title that people read."""
        ids = [str(node.value) for node in values if isinstance(node, Literal)]
        titles = load_titles(self._ctx, [Reference(to, each) for each in ids for to in way.to])
        return tuple(
            (each, next((t for to in way.to if (t := titles.get(Reference(to, each)))), "Not open to you"))
            for each in ids
        )


def name_of(place: str) -> str:
    """What a part is called after its place, counted from one."""
    numbers = (str(int(step) + 1) for step in place.removeprefix(f"{TOP}.").split("."))
    return f"Condition {'.'.join(numbers)}"


def _shape(part: Row | Span | Many, way: Way | None) -> str:
    """The input that holds what a part is compared with."""
    if isinstance(part, Span):
        return "calendar" if part.number is None else "stretch"
    if isinstance(part, Many):
        return "count" if part.operator in COUNTED else ""
    if way is None or part.operator in PLAIN or not part.operator:
        return ""
    several = part.operator in LISTED
    if way.kind == "record":
        return "records" if several else "record"
    if choices_of(way):
        return "checks" if several else "select"
    if way.kind in WRITTEN:
        return "moment" if way.kind == "datetime" else "day"
    return "number" if way.kind in NUMBERS and not several and way.kind != "duration" else "text"
