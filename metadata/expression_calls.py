"""Do calls of functions fit: as many values as a function takes, of the right types, and names and
units that there are?
"""

from collections.abc import Mapping
from typing import Protocol

from metadata.catalog import Entity
from metadata.diagnostics import way_on
from metadata.functions import (
    ANY,
    EITHER,
    FUNCTIONS,
    LITERAL,
    OF_AMOUNTS,
    OF_RECORDS,
    PERIODS,
    TO_MANY,
    UNITS,
    WRITES,
    Function,
)
from metadata.many import find_many
from metadata.patterns import PatternRefused, read_pattern
from metadata.syntax import Call, Literal, Node, Path
from metadata.value_types import (
    CONDITION,
    CURRENCIES,
    NUMBERS,
    ORDERED,
    WRITTEN,
    answer_type,
    fits,
    value_of,
)


class Checker(Protocol):
    """What works out the types of all other nodes."""

    entities: Mapping[str, Entity]
    old: bool

    def fault(self, node: Node, code: str, message: str) -> str:
        """Note a problem; the type of what has one is anything."""

    def require(self, node: Node, found: str, wanted: str) -> None:
        """Note a problem when a part is not of the type that must stand there."""

    def type_of(self, node: Node, entity: Entity, outer: Entity | None = None) -> str:
        """The type of a node, noting what does not fit in it."""

    def alike(self, one: Node, left: str, other: Node, right: str, entity: Entity) -> None:
        """Note a problem where two values can never be equal."""

    def is_lost(self, noun: str, name: str, of: str) -> bool:
        """Whether something is not missed, because what is wrong with it was told elsewhere."""


def call_type(checker: Checker, node: Call, entity: Entity, outer: Entity | None) -> str:
    """The type that a call answers with."""
    function = FUNCTIONS.get(node.name)
    if function is None:
        message = f"There is no function {node.name}. {way_on(node.name, FUNCTIONS, 'functions')}"
        return checker.fault(node, "expression.unknown-function", message)
    if node.name in WRITES and not checker.old:
        message = f"The function {node.name} is known in rules only."
        return checker.fault(node, "expression.not-available", message)
    if node.name in PERIODS:
        message = f"{node.name}(n) stands after + or - of a date or moment only."
        return checker.fault(node, "expression.period", message)
    if is_over_many(node, entity, checker.entities, outer):
        return _to_many(checker, node, entity, outer)
    if not has_room(checker, node, function):
        return ANY
    if node.name in WRITES and node.arguments:
        return _changed(checker, node, entity, outer)
    found = [checker.type_of(argument, entity, outer) for argument in node.arguments]
    if function.answers == "second":
        _cases(checker, node, found)
    if node.name in EITHER:
        _like_each_other(checker, node, found)
    for at, (argument, each) in enumerate(zip(node.arguments, found, strict=True)):
        _argument(checker, node, argument, each, function.takes[min(at, len(function.takes) - 1)])
    if node.name in LITERAL:
        _constant(checker, node, node.arguments[LITERAL[node.name]])
    if node.name == "reports_to" and node.arguments[1] != Path(("me",)):
        checker.fault(node.arguments[1], "expression.argument", "reports_to(user, me) asks about whoever reads.")
    return answer_type(function.answers, found)


def is_over_many(
    node: Call, entity: Entity, entities: Mapping[str, Entity], outer: Entity | None = None
) -> bool:
    """Whether a call looks at related records, and not at values that it is given."""
    if node.name not in TO_MANY:
        return False
    if node.name not in EITHER:
        return True
    first = node.arguments[0] if node.arguments else None
    return isinstance(first, Path) and find_many(first.names, entity, entities, outer) is not None


def has_room(checker: Checker, node: Call, function: Function) -> bool:
    """Whether a call gives as many values as its function takes."""
    given, most = len(node.arguments), len(function.takes)
    if function.accepts(given):
        return True
    if function.more:
        wanted = f"at least {function.needs}"
    else:
        wanted = str(most) if function.needs == most else f"{function.needs} to {most}"
    checker.fault(node, "expression.arguments", f"{node.name} takes {wanted} values; here are {given}.")
    return False


def _cases(checker: Checker, node: Call, found: list[str]) -> None:
    """Conditions and values by turns, and perhaps a value for when no condition holds."""
    answer = answer_type("second", found)
    for at, (argument, each) in enumerate(zip(node.arguments, found, strict=True)):
        is_condition = at % 2 == 0 and at < len(found) - 1
        checker.require(argument, each, CONDITION if is_condition else answer)


def _like_each_other(checker: Checker, node: Call, found: list[str]) -> None:
    for argument, each in zip(node.arguments, found, strict=True):
        if each not in ORDERED | {ANY, "empty"}:
            message = f"{node.name} compares numbers, dates or moments, not a {each}."
            checker.fault(argument, "expression.not-ordered", message)
        elif not fits(each, found[0]):
            message = f"This is a {each}, beside a {found[0]}."
            checker.fault(argument, "expression.types-differ", message)


def _argument(checker: Checker, node: Call, argument: Node, found: str, wanted: str) -> None:
    kinds = wanted.split("|")
    if found == "records" and found not in kinds and node.name != "is_empty":
        message = f"{argument} leads to many records; {node.name} takes a single value."
        checker.fault(argument, "expression.to-many-value", message)
    elif found in {"choices", "json"} and node.name in {"concat", "coalesce", "case"}:
        checker.fault(argument, "expression.argument-type", f"{node.name} takes single values, not a list.")
    elif wanted == "number" and found in NUMBERS and (found != "money" or node.name in OF_AMOUNTS):
        return
    elif wanted == "number" and found == "money":
        message = f"{node.name} takes a number, not an amount of money."
        checker.fault(argument, "expression.argument-type", message)
    elif FUNCTIONS[node.name].plugged and {found, wanted} == WRITTEN:
        checker.fault(argument, "expression.argument-type", f"{node.name} takes a {wanted}, not a {found}.")
    elif not any(fits(found, kind) for kind in kinds):
        message = f"{node.name} takes a {' or '.join(kinds)}, not a {found}."
        checker.fault(argument, "expression.argument-type", message)


def _constant(checker: Checker, node: Call, argument: Node) -> None:
    """A unit, a pattern or a currency is written out, so that it can be looked at beforehand."""
    value = argument.value if isinstance(argument, Literal) else None
    if not isinstance(value, str):
        message = f"Write this out in quotes: {node.name} must know it beforehand."
        checker.fault(argument, "expression.not-constant", message)
    elif node.name in {"start_of", "end_of"} and value not in UNITS:
        message = f"There is no unit '{value}'. {way_on(value, UNITS, 'units')}"
        checker.fault(argument, "expression.unknown-unit", message)
    elif node.name == "in_currency" and not CURRENCIES.fullmatch(value):
        message = f"'{value}' is no currency's code, such as 'EUR'."
        checker.fault(argument, "expression.unknown-currency", message)
    elif node.name == "matches":
        try:
            read_pattern(value)
        except PatternRefused as refused:
            checker.fault(argument, "expression.pattern", str(refused))


def _changed(checker: Checker, node: Call, entity: Entity, outer: Entity | None) -> str:
    name, *wanted = node.arguments
    key = name.value if isinstance(name, Literal) else None
    field = entity.fields.get(str(key))
    if field is None:
        if not checker.is_lost("field", str(key), entity.key):
            hint = way_on(str(key), entity.fields, "fields")
            message = f"{node.name} takes the name of a field in quotes. {hint}"
            checker.fault(name, "expression.unknown-field", message)
        return CONDITION
    for each in wanted:
        found = checker.type_of(each, entity, outer)
        checker.alike(Path((field.key,)), value_of(field), each, found, entity)
    return CONDITION


def _to_many(checker: Checker, node: Call, entity: Entity, outer: Entity | None) -> str:
    function = FUNCTIONS[node.name]
    if len(node.arguments) > 2 or not has_room(checker, node, function):
        if len(node.arguments) > 2:
            message = f"{node.name} takes a relation and a condition; here are {len(node.arguments)} values."
            checker.fault(node, "expression.arguments", message)
        return ANY
    first, *conditions = node.arguments
    names = first.names if isinstance(first, Path) else ("",)
    many = find_many(names, entity, checker.entities, outer)
    if many is None:
        return _not_many(checker, node, first, names, entity)
    if not many.relation.to:
        return ANY  # a link that leads nowhere was told of where it stands
    far = checker.entities[many.relation.to[0]]
    if len(many.relation.to) > 1:
        message = f"'{many.relation.key}' leads to records of several kinds."
        return checker.fault(first, "expression.not-to-many", message)
    near = checker.entities[many.relation.entity]
    for condition in conditions:
        checker.require(condition, checker.type_of(condition, far, near), CONDITION)
    if node.name in OF_RECORDS:
        if many.behind:
            message = f"{node.name} looks at records: leave out '.{'.'.join(many.behind)}'."
            return checker.fault(first, "expression.not-to-many", message)
        return function.answers
    return _value_type(checker, node, first, many.behind, far)


def _value_type(checker: Checker, node: Call, first: Node, behind: tuple[str, ...], far: Entity) -> str:
    """What a function makes of a value of each related record."""
    if not behind:
        message = f"{node.name} needs a value of each record: write {first}.name, for example."
        return checker.fault(first, "expression.no-value", message)
    found = checker.type_of(Path(behind, column=first.column, length=first.length), far)
    if found in {"records", "choices", "json"}:
        return checker.fault(first, "expression.to-many-value", f"{node.name} takes a single value of each record.")
    if node.name in {"sum", "avg"} and found not in NUMBERS | {ANY}:
        return checker.fault(first, "expression.not-a-number", f"{node.name} adds up numbers, not a {found}.")
    if node.name in EITHER and found not in ORDERED | {ANY}:
        message = f"{node.name} compares numbers, dates or moments, not a {found}."
        return checker.fault(first, "expression.not-ordered", message)
    return "choices" if node.name == "list" else found


def _not_many(checker: Checker, node: Call, first: Node, names: tuple[str, ...], entity: Entity) -> str:
    if checker.is_lost("relation", names[0], entity.key) or checker.is_lost("field", names[0], entity.key):
        return ANY
    known = [key for key, each in entity.relations.items() if each.many]
    message = f"{node.name} looks at a relation to many records."
    hint = way_on(".".join(names), known, "relations")
    return checker.fault(first, "expression.not-to-many", f"{message} {hint}")
