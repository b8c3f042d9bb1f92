"""Do expressions fit what they speak of? Every name is resolved and every type worked out.

The same check serves publishing, where all its findings are reported together, and
the API's `where`, which answers with the first.
"""

from collections.abc import Mapping
from typing import Protocol

from metadata import declarations
from metadata.diagnostics import way_on
from metadata.functions import ANY, FUNCTIONS, LATER, TO_MANY, WRITES
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Expression,
    ExpressionProblem,
    Items,
    Literal,
    Logic,
    Negative,
    Node,
    Not,
    Path,
)

CONDITION = "boolean"
MOST_STEPS = 5
ORDERED = frozenset(("number", "money", "date", "datetime", "duration"))
NUMBERS = frozenset(("number", "money", "duration"))
ALIKE = [
    frozenset(("number", "money")),
    frozenset(("text", "choice", "stage", "pipeline")),
    frozenset(("date", "datetime")),
]
STATES = frozenset(("is_open", "is_won", "is_lost"))


class FieldLike(Protocol):
    """What is asked of a field."""

    type: str
    settings: Mapping[str, object]


class RelationLike(Protocol):
    """What is asked of a relation."""

    to: tuple[str, ...]
    many: bool


class EntityLike(Protocol):
    """What is asked of an entity."""

    key: str
    fields: Mapping[str, FieldLike]
    relations: Mapping[str, RelationLike]
    pipelines: Mapping[str, object]


def check_expression(
    expression: Expression,
    entity: str,
    entities: Mapping[str, EntityLike],
    *,
    expects: str = "",
    old: bool = False,
) -> list[ExpressionProblem]:
    """Everything in an expression that does not fit. `old` allows what only a write knows."""
    checker = _Checker(entities, old=old)
    found = checker.type_of(expression.root, entities[entity])
    if expects and not checker.problems and not _fits(found, expects):
        message = f"This is a {found}, where a condition must stand."
        checker.fault(expression.root, "expression.not-a-condition", message)
    return checker.problems


class _Checker:
    def __init__(self, entities: Mapping[str, EntityLike], *, old: bool) -> None:
        self._entities = entities
        self._old = old
        self.problems: list[ExpressionProblem] = []

    def fault(self, node: Node, code: str, message: str, length: int = 1) -> str:
        """Note a problem; the type of what has one is anything, so that it is told once."""
        self.problems.append(ExpressionProblem(code, message, node.column, length))
        return ANY

    def type_of(self, node: Node, entity: EntityLike, outer: EntityLike | None = None) -> str:
        match node:
            case Literal(value=value):
                return _literal_type(value)
            case Path():
                return self._path(node, entity, outer)
            case Logic(operands=operands):
                for operand in operands:
                    self.type_of(operand, entity, outer)
                return "boolean"
            case Not(operand=operand):
                self.type_of(operand, entity, outer)
                return "boolean"
            case Negative(operand=operand):
                return self._number(operand, entity, outer)
            case Arithmetic():
                return self._arithmetic(node, entity, outer)
            case Compare():
                return self._compare(node, entity, outer)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                self.type_of(condition, entity, outer)
                first = self.type_of(then, entity, outer)
                second = self.type_of(otherwise, entity, outer)
                return second if first in {ANY, "empty"} else first
            case Call():
                return self._call(node, entity, outer)
            case Items():
                return self.fault(node, "expression.list", 'A list may stand only after "in".')
            case _:
                return ANY

    def _path(self, node: Path, entity: EntityLike, outer: EntityLike | None) -> str:
        names = list(node.names)
        if names[0] == "me":
            if len(names) == 1:
                return "record"
            if names[1:] == ["teams"]:
                return "records"
            entity, names = self._entities["user"], names[1:]
        elif names[0] == "old" and "old" not in entity.fields:
            if not self._old:
                return self.fault(node, "expression.no-old", '"old" is known in rules only.', 3)
            names = names[1:]
        elif names[0] == "parent" and outer is not None:
            entity, names = outer, names[1:]
        if not names:
            return "record"
        if len(names) > MOST_STEPS + 1:
            message = f"A path takes {MOST_STEPS} steps at most."
            return self.fault(node, "expression.path-too-long", message, len(str(node)))
        return self._follow(node, entity, names)

    def _follow(self, node: Path, entity: EntityLike, names: list[str]) -> str:
        for at, name in enumerate(names):
            last = at == len(names) - 1
            if last and name in STATES and entity.pipelines:
                return "boolean"
            field, relation = entity.fields.get(name), entity.relations.get(name)
            if last and relation is not None and relation.many:
                return "records"
            if last and field is not None:
                return declarations.declared(field.type).value
            if field is not None and at == len(names) - 2:
                facts = declarations.declared(field.type).facts
                if names[-1] in facts:
                    return facts[names[-1]]
            if field is None and relation is None:
                known = [*entity.fields, *entity.relations, *(STATES if entity.pipelines else ())]
                hint = way_on(name, known, "fields")
                message = f"unknown field '{name}' of {entity.key}. {hint}"
                return self.fault(node, "expression.unknown-field", message, len(str(node)))
            if relation is None or relation.many or len(relation.to) != 1:
                message = f"'{name}' of {entity.key} links to no single record, so nothing follows it."
                return self.fault(node, "expression.not-a-link", message, len(str(node)))
            entity = self._entities[relation.to[0]]
        return ANY

    def _number(self, node: Node, entity: EntityLike, outer: EntityLike | None) -> str:
        found = self.type_of(node, entity, outer)
        if found not in NUMBERS | {ANY, "empty"}:
            message = f"This is a {found}; only numbers can be reckoned with."
            return self.fault(node, "expression.not-a-number", message)
        return found

    def _arithmetic(self, node: Arithmetic, entity: EntityLike, outer: EntityLike | None) -> str:
        left = self._number(node.left, entity, outer)
        right = self._number(node.right, entity, outer)
        return "money" if "money" in {left, right} and node.operator in "+-*" else "number"

    def _compare(self, node: Compare, entity: EntityLike, outer: EntityLike | None) -> str:
        left = self.type_of(node.left, entity, outer)
        if isinstance(node.right, Items):
            for item in node.right.items:
                self._alike(node, node.left, left, item, self.type_of(item, entity, outer), entity)
            return "boolean"
        right = self.type_of(node.right, entity, outer)
        if node.operator in {"in", "not in"}:
            if right not in {"choices", "records", ANY}:
                message = f'"in" looks into a list or a field with several values, not a {right}.'
                return self.fault(node.right, "expression.not-a-list", message)
            return "boolean"
        if node.operator in {"==", "!="}:
            self._alike(node, node.left, left, node.right, right, entity)
            return "boolean"
        written = {left, right} in ({"text", "date"}, {"text", "datetime"})  # '2026-01-31'
        for side, found in ((node.left, left), (node.right, right)):
            if found not in ORDERED | {ANY, "empty"} and not written:
                message = f'A {found} can\'t be compared with "{node.operator}".'
                return self.fault(side, "expression.not-ordered", message)
        self._alike(node, node.left, left, node.right, right, entity)
        return "boolean"

    def _alike(
        self, at: Node, one: Node, left: str, other: Node, right: str, entity: EntityLike
    ) -> None:
        if not _fits(left, right):
            message = f"A {left} is compared with a {right}, which can never be equal."
            self.fault(at, "expression.types-differ", message)
        for path, literal in ((one, other), (other, one)):
            if isinstance(path, Path) and isinstance(literal, Literal) and len(path.names) == 1:
                self._known_choice(path, literal, entity)

    def _known_choice(self, path: Path, literal: Literal, entity: EntityLike) -> None:
        field = entity.fields.get(path.names[0])
        if field is None or not isinstance(literal.value, str):
            return
        known = known_values(field)
        if known and literal.value not in known:
            message = f"'{path}' is never '{literal.value}'. {way_on(literal.value, known, 'values')}"
            self.fault(literal, "expression.unknown-value", message, len(literal.value) + 2)

    def _call(self, node: Call, entity: EntityLike, outer: EntityLike | None) -> str:
        if node.name in LATER or (node.name in WRITES and not self._old):
            reason = "is known in rules only" if node.name in WRITES else "is not available yet"
            message = f"The function {node.name} {reason}."
            return self.fault(node, "expression.not-available", message, len(node.name))
        function = FUNCTIONS.get(node.name)
        if function is None:
            hint = way_on(node.name, FUNCTIONS, "functions")
            message = f"There is no function {node.name}. {hint}"
            return self.fault(node, "expression.unknown-function", message, len(node.name))
        most = len(function.takes)
        if len(node.arguments) < function.needs or (
            len(node.arguments) > most and not function.more
        ):
            wanted = str(most) if function.needs == most else f"{function.needs} to {most}"
            message = f"{node.name} takes {wanted} values; here are {len(node.arguments)}."
            return self.fault(node, "expression.arguments", message, len(node.name))
        if node.name in TO_MANY:
            return self._to_many(node, entity)
        found = [self.type_of(argument, entity, outer) for argument in node.arguments]
        for at, (argument, each) in enumerate(zip(node.arguments, found, strict=True)):
            wanted = function.takes[min(at, most - 1)]
            if not any(_fits(each, one) for one in wanted.split("|")):
                message = f"{node.name} takes a {wanted.replace('|', ' or ')}, not a {each}."
                self.fault(argument, "expression.argument-type", message)
        if function.answers == "first":
            return found[0]
        return found[1] if function.answers == "second" else function.answers

    def _to_many(self, node: Call, entity: EntityLike) -> str:
        first = node.arguments[0]
        relation = entity.relations.get(first.names[0]) if isinstance(first, Path) else None
        if relation is None or not relation.many or len(first.names) != 1:  # type: ignore[attr-defined]
            message = f"{node.name} looks at a relation to many records."
            known = [key for key, each in entity.relations.items() if each.many]
            hint = way_on(str(first), known, "relations") if isinstance(first, Path) else ""
            return self.fault(first, "expression.not-to-many", f"{message} {hint}".strip())
        if len(node.arguments) > 1:
            self.type_of(node.arguments[1], self._entities[relation.to[0]], entity)
        return FUNCTIONS[node.name].answers


def known_values(field: FieldLike) -> list[str]:
    """The keys that a field with choices or stages can have; none when it may have any."""
    choices = field.settings.get("choices")
    if choices:
        return [choice.key for choice in choices]  # type: ignore[attr-defined]
    if declarations.declared(field.type).value == "stage":
        pipelines = field.settings.get("pipelines") or ()
        return [key for pipeline in pipelines for key in pipeline.stages]  # type: ignore[attr-defined]
    return []


def _literal_type(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def _fits(found: str, wanted: str) -> bool:
    if found == wanted or ANY in {found, wanted} or "empty" in {found, wanted}:
        return True
    if {found, wanted} <= {"record", "text"}:
        return True  # a record compares with its id
    if {found, wanted} in ({"text", "date"}, {"text", "datetime"}):
        return True  # a date is written as text: '2026-01-31'
    return any(found in group and wanted in group for group in ALIKE)
