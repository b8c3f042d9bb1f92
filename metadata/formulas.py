"""How formulas are kept: stored as long as nothing but records decides their value, and worked out
when they are read where it depends on the time, on who reads, or on the reader's calendar.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from metadata.catalog import Entity, Field
from metadata.conversions import CONVERSION, expressions_of, reads_of_formula
from metadata.expression_types import type_of
from metadata.functions import OF_CALENDAR, OF_READER, OF_TIME
from metadata.reads import Place, places, reads_of
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    ExpressionProblem,
    Items,
    Literal,
    Node,
    Path,
    children,
)
from metadata.value_types import WRITTEN, value_of

Entities = Mapping[str, Entity]
Name = tuple[str, str]  # of an entity and its field


def settle_modes(entities: Entities) -> dict[str, Entity]:
    """The entities, each formula with the mode that fits it."""
    wandering = _wandering(entities)
    return {key: _settled(entity, wandering) for key, entity in entities.items()}


def _wandering(entities: Entities) -> set[Name]:
    """The formulas that can't be stored, or are not to be."""
    formulas = dict(formulas_of(entities))
    reads = {name: _uses(field, entities, freezing=False) for name, field in formulas.items()}
    found = {
        name
        for name, field in formulas.items()
        if field.mode == "read" or any(True for _ in unfixed(field, entities))
    }
    while more := {name for name, used in reads.items() if name not in found and used & found}:
        found |= more
    return found


def _settled(entity: Entity, wandering: set[Name]) -> Entity:
    if not any((entity.key, key) in wandering for key in entity.fields):
        return entity
    fields = {
        key: replace(field, mode="read") if (entity.key, key) in wandering else field
        for key, field in entity.fields.items()
    }
    return replace(entity, fields=MappingProxyType(fields))


def formulas_of(entities: Entities) -> Iterator[tuple[Name, Field]]:
    """Every computed field, by entity and key."""
    for entity in entities.values():
        for field in entity.declared:
            if field.formula is not None:
                yield (entity.key, field.key), field


def _uses(field: Field, entities: Entities, *, freezing: bool = True) -> set[Name]:
    """The fields that a formula looks at."""
    return {(read.entity, read.key) for read in reads_of_formula(field, entities, freezing=freezing)}


def circle_of(field: Field, entities: Entities) -> tuple[Name, ...]:
    """The formulas by which a formula depends on itself, from it and back to it; none if it doesn't."""
    start = (field.entity, field.key)
    came_from: dict[Name, Name] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        at = entities[name[0]].fields.get(name[1])
        for used in sorted(_uses(at, entities)) if at is not None and at.formula is not None else ():
            if used == start:
                circle = [start, name]
                while circle[-1] != start:
                    circle.append(came_from[circle[-1]])
                return tuple(reversed(circle)) if name != start else (start, start)
            if used not in came_from:
                came_from[used] = name
                waiting.append(used)
    return ()


def unfixed(field: Field, entities: Entities) -> Iterator[ExpressionProblem]:
    """What in a formula depends on when, by whom, or where in the world it is read."""
    if field.formula is None:
        return
    whole = 1, len(field.formula.source)
    for expression, within in expressions_of(field, entities, freezing=False):
        for node, place in places(expression, within.entity.key, entities, within):
            reason = _reason(node, place, entities)
            if reason:
                where = (node.column, node.length) if expression is field.formula else whole
                yield ExpressionProblem("formula.not-storable", reason, *where)
    day = field.settings.get("rates_on")
    for expression, within in expressions_of(field, entities, freezing=False):
        if expression is day and type_of(day.root, within.entity, entities) == "datetime":
            message = "The rates are those of a moment, and its day depends on where the reader is."
            yield ExpressionProblem("formula.not-storable", message, *whole)
    kinds = {value_of(field), type_of(field.formula.root, entities[field.entity], entities)}
    if kinds == set(WRITTEN):
        message = "Which day a moment falls on depends on where the reader is."
        yield ExpressionProblem("formula.not-storable", message, *whole)


def never_told(field: Field, entities: Entities) -> Iterator[ExpressionProblem]:
    """Why no write tells that the condition holds which freezes a formula: it changes by itself."""
    condition = field.settings["freeze_when"]
    for node, place in places(condition, field.entity, entities):
        reason = _reason(node, place, entities)
        if reason:
            yield ExpressionProblem("formula.not-storable", reason, node.column, node.length)
    for read in reads_of(condition, field.entity, entities):
        if entities[read.entity].fields[read.key].mode == "read":
            message = f'"{read.key}" is worked out when it is read, so no write tells that it has changed.'
            yield ExpressionProblem("formula.not-storable", message, 1, len(condition.source))


def _reason(node: Node, place: Place, entities: Entities) -> str:
    def kind(part: Node) -> str:
        return type_of(part, place.entity, entities, place.outer.entity if place.outer else None)

    match node:
        case Path(names=("me", *_)) if "me" not in place.entity.fields:
            return '"me" is another person for each reader.'
        case Call(name=name) if name in OF_TIME:
            return f"{name}() changes with time."
        case Call(name=name) if name in OF_READER:
            return f"{name} depends on who reads."
        case Call(name=name, arguments=(_, _)) if name == CONVERSION:
            return "Exchange rates change with time."
        case Call(name=name, arguments=(_, _, day)) if name == CONVERSION:
            return "Which day a moment falls on depends on where the reader is." if kind(day) == "datetime" else ""
        case Call(name=name, arguments=given) if name in OF_CALENDAR:
            is_moment = any(kind(each) == "datetime" for each in given)
            return f"{name} of a moment depends on the reader's time zone." if is_moment else ""
        case Arithmetic(left=left, right=Call(name="hours")) if kind(left) == "date":
            return "When a day begins depends on the reader's time zone."
        case Compare(left=left, right=Items(items=items)):
            return _beside(map(kind, (left, *items)), (left, *items))
        case Compare() | Conditional() | Call(name="coalesce" | "case" | "min" | "max"):
            return _beside(map(kind, children(node)), children(node) if isinstance(node, Compare) else ())
        case _:
            return ""


def _beside(kinds: Iterable[str], compared: Sequence[Node]) -> str:
    """Why values mean another thing elsewhere: days, or texts that name no zone, beside moments."""
    found = set(kinds)
    is_written = any(isinstance(each, Literal) and isinstance(each.value, str) for each in compared)
    if "datetime" in found and ("date" in found or is_written):
        return "When a day begins depends on the reader's time zone."
    return ""
