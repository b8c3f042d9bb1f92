"""What the panel sends: rows and groups by their places, read back into the parts of a filter.

A part's place is its path of numbers from the top, `p.1.0`; its inputs are called after it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.context import Context
from metadata.filters.parts import (
    COUNTED,
    JOINS,
    LISTED,
    PLAIN,
    SPANS,
    UNITS,
    Group,
    Many,
    Part,
    Piece,
    Row,
    Span,
)
from metadata.filters.putting import why_not
from metadata.ways import Way
from ui_builder.rendering.filters.fields import Fields
from ui_builder.rendering.filters.offers import CALENDAR, choices_of
from ui_builder.rendering.filters.values import node_of, number_node, split_words

TOP = "p"
MOST_PARTS = 50  # of one group
DEEPEST = 6
LONGEST_STRETCH = 10_000
KINDS = {"money": "amount", "duration": "length of time", "datetime": "moment"}
BLANK = Group("and", (Row(),))  # a row to begin with
Asked = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Read:
    """The filter that the panel shows, and why some of what was typed is no part of it, by place."""

    group: Group
    faults: Mapping[str, str]


def read_parts(ctx: Context, fields: Fields, entity: str, asked: Asked) -> Read:
    """What the panel shows, with what its buttons were asked to do done to it."""
    reader = _Reader(ctx, fields, asked)
    group = reader.group(TOP, entity, 0)
    verb, _, place = "".join(asked.get("do", ())).partition(":")
    steps = [int(step) for step in place.split(".")[1:] if step.isascii() and step.isdigit()]
    faults = {} if verb else reader.faults
    return Read(_done(group, verb, steps), faults)


class _Reader:
    def __init__(self, ctx: Context, fields: Fields, asked: Asked) -> None:
        self._ctx, self._fields, self._asked = ctx, fields, asked
        self.faults: dict[str, str] = {}

    def _one(self, place: str, name: str) -> str:
        given = self._asked.get(f"{place}:{name}") or [""]
        return given[-1]

    def group(self, place: str, entity: str, depth: int) -> Group:
        join = self._one(place, "join")
        inner = (f"{place}.{number}" for number in range(MOST_PARTS) if depth < DEEPEST)
        parts = tuple(self._part(each, entity, depth + 1) for each in inner if self._one(each, "is"))
        return Group(join if join in JOINS else "and", parts)

    def _part(self, place: str, entity: str, depth: int) -> Part:
        kind = self._one(place, "is")
        if kind == "piece":
            piece = Piece(self._one(place, "text"))
            if why := why_not(piece.source):
                self.faults[place] = why
            return piece
        if kind == "group":
            return self.group(place, entity, depth)
        way = self._fields.way(entity, self._one(place, "path"))
        return self._condition(place, way, depth) if way else Row()

    def _condition(self, place: str, way: Way, depth: int) -> Part:
        asked = self._one(place, "op")
        keys = [key for key, _ in self._fields.operators(way, asked if self._is_same(place) else "")]
        operator = asked if asked in keys else next(iter(keys), "")
        if way.kind == "records" and operator not in PLAIN:
            return self._many(place, way, operator, depth)
        if operator in SPANS:
            return self._span(place, way, operator)
        return self._row(place, way, operator)

    def _is_same(self, place: str) -> bool:
        """Whether the field is the one that operator and values were chosen for."""
        return self._one(place, "path") == self._one(place, "was")

    def _many(self, place: str, way: Way, operator: str, depth: int) -> Many:
        is_known = self._is_same(place) and way.to
        inside = self.group(f"{place}.0", way.to[0], depth + 1) if is_known else BLANK
        number = number_node(self._one(place, "number") or "1") if operator in COUNTED else None
        return Many(way.path, operator, number, inside)

    def _span(self, place: str, way: Way, operator: str) -> Span:
        whole = operator == "this"
        units = [unit for unit, _ in CALENDAR] if whole else list(UNITS)
        unit = self._one(place, "unit")
        typed = self._one(place, "number")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 30
        usual = "month" if whole else "days"
        return Span(
            way.path,
            operator,
            None if whole else min(number, LONGEST_STRETCH),
            unit if unit in units else usual,
            from_now=self._counts_from_now(place, way),
        )

    def _counts_from_now(self, place: str, way: Way) -> bool:
        """Whether a stretch is counted from this moment, as moments are, or as it was written."""
        written = self._one(place, "now") if self._is_same(place) else ""
        return written == "yes" if written else way.kind == "datetime"

    def _row(self, place: str, way: Way, operator: str) -> Row:
        typed = [each for each in self._asked.get(f"{place}:value", ()) if each.strip()]
        if way.kind == "record" and not self._is_same(place):
            typed = []  # the records of another entity
        known = dict(choices_of(way, typed))
        if operator in LISTED and not known and way.kind != "record":
            typed = split_words(typed)
        if known:
            typed = [each for each in typed if each in known]
        nodes = [node for each in typed if (node := node_of(self._ctx, way, each)) is not None]
        if typed and len(nodes) < len(typed) and operator not in PLAIN:
            self.faults[place] = f"“{typed[-1]}” is no {KINDS.get(way.kind, way.kind)}."
        several = nodes if operator in LISTED else nodes[-1:]
        return Row(way.path, operator, () if operator in PLAIN else tuple(several))


def _done(group: Group, verb: str, steps: list[int]) -> Group:
    match verb:
        case "add":
            return _at(group, steps, lambda it: replace(it, parts=(*it.parts, Row())))
        case "group":
            inner = Group("or", (Row(), Row()))
            return _at(group, steps, lambda it: replace(it, parts=(*it.parts, inner)))
        case "remove" if steps:
            *above, last = steps
            return _at(group, above, lambda it: replace(it, parts=(*it.parts[:last], *it.parts[last + 1 :])))
        case _:
            return group


def _at(group: Group, steps: Sequence[int], change: Callable[[Group], Group]) -> Group:
    """A group with the one that stands at a place in it changed."""
    if not steps:
        return change(group)
    first, *rest = steps
    if first >= len(group.parts):
        return group
    part = group.parts[first]
    if isinstance(part, Group):
        part = _at(part, rest, change)
    elif isinstance(part, Many) and rest and rest[0] == 0:
        part = replace(part, inside=_at(part.inside, rest[1:], change))
    return replace(group, parts=(*group.parts[:first], part, *group.parts[first + 1 :]))
