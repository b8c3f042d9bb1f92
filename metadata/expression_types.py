"""Do expressions fit what they speak of? Every name is resolved and every type worked out.

The same check serves publishing, where all its findings are reported together, and
the API's `where`, which answers with the first.
"""

from collections.abc import Callable, Mapping

from metadata import declarations
from metadata.catalog import Entity
from metadata.diagnostics import way_on
from metadata.expression_calls import call_type
from metadata.functions import ANY, PERIODS
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
    children,
)
from metadata.value_types import (
    CONDITION,
    NUMBERS,
    ORDERED,
    RECKONED,
    TEXTUAL,
    WRITTEN,
    end_type,
    fits,
    literal_type,
    misread,
    never_chosen,
    reckoned_type,
)

MOST_STEPS = 5
STATES = frozenset(("is_open", "is_won", "is_lost"))
IsLost = Callable[[str, str, str], bool]


def check_expression(
    expression: Expression,
    entity: str,
    entities: Mapping[str, Entity],
    *,
    expects: str = "",
    old: bool = False,
    outer: str = "",
    is_lost: IsLost = lambda _noun, _name, _of: False,
) -> list[ExpressionProblem]:
    """Everything in an expression that does not fit.

    `expects` is the type that the whole must have. `old` allows what only a write knows. `outer` is
    the entity that `parent` speaks of.
    Names that are lost are not missed.
    """
    checker = _Checker(entities, old=old, is_lost=is_lost)
    found = checker.type_of(expression.root, entities[entity], entities[outer] if outer else None)
    if expects and not checker.problems:
        checker.require(expression.root, found, expects)
    return checker.problems


def type_of(
    node: Node, entity: Entity, entities: Mapping[str, Entity], outer: Entity | None = None
) -> str:
    """The type of a part of an expression, as it stands for a record of an entity."""
    return _Checker(entities, old=True, is_lost=lambda *_: True).type_of(node, entity, outer)


class _Checker:
    def __init__(self, entities: Mapping[str, Entity], *, old: bool, is_lost: IsLost) -> None:
        self.entities = entities
        self.old = old
        self.is_lost = is_lost
        self.problems: list[ExpressionProblem] = []

    def fault(self, node: Node, code: str, message: str) -> str:
        """Note a problem; the type of what has one is anything, so that it is told once."""
        self.problems.append(ExpressionProblem(code, message, node.column, node.length))
        return ANY

    def require(self, node: Node, found: str, wanted: str) -> None:
        """Note a problem when a part is not of the type that must stand there."""
        if fits(found, wanted):
            return
        if wanted == CONDITION:
            message = f"This is a {found}, where a condition must stand."
            self.fault(node, "expression.not-a-condition", message)
        else:
            message = f"This is a {found}, where a {wanted} must stand."
            self.fault(node, "expression.types-differ", message)

    def type_of(self, node: Node, entity: Entity, outer: Entity | None = None) -> str:
        """The type of a node, noting what does not fit in it."""
        match node:
            case Literal(value=value):
                return literal_type(value)
            case Path():
                return self._path(node, entity, outer)
            case Logic() | Not():
                for operand in children(node):
                    self._condition(operand, entity, outer)
                return CONDITION
            case Negative(operand=operand):
                return self._number(operand, entity, outer)
            case Arithmetic():
                return self._arithmetic(node, entity, outer)
            case Compare():
                self._compare(node, entity, outer)
                return CONDITION
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                self._condition(condition, entity, outer)
                return self._either(then, otherwise, entity, outer)
            case Call():
                return call_type(self, node, entity, outer)
            case _:
                return self.fault(node, "expression.list", 'A list may stand only after "in".')

    def _condition(self, node: Node, entity: Entity, outer: Entity | None) -> None:
        self.require(node, self.type_of(node, entity, outer), CONDITION)

    def _either(self, one: Node, other: Node, entity: Entity, outer: Entity | None) -> str:
        first, second = self.type_of(one, entity, outer), self.type_of(other, entity, outer)
        if not fits(first, second):
            message = f"This is a {second}, where a {first} would stand otherwise."
            return self.fault(other, "expression.types-differ", message)
        return second if first in {ANY, "empty"} else first

    def _path(self, node: Path, entity: Entity, outer: Entity | None) -> str:
        first, *rest = node.names
        if first in entity.fields or first in entity.relations:
            return self._follow(node, entity, [first, *rest])
        if first == "me" and rest in ([], ["teams"]):
            return "records" if rest else "record"
        if first == "me" and "user" in self.entities:
            return self._follow(node, self.entities["user"], rest)
        if first == "old" and rest:
            if not self.old:
                return self.fault(node, "expression.no-old", '"old" is known in rules only.')
            return self._follow(node, entity, rest)
        if first == "parent" and outer is not None and rest:
            return self._follow(node, outer, rest)
        return self._follow(node, entity, [first, *rest])

    def _follow(self, node: Path, entity: Entity, names: list[str]) -> str:
        if len(names) > MOST_STEPS + 1:
            message = f"A path takes {MOST_STEPS} steps at most."
            return self.fault(node, "expression.path-too-long", message)
        for at, name in enumerate(names):
            last = at == len(names) - 1
            if last and name in STATES and entity.pipelines:
                return CONDITION
            field, relation = entity.fields.get(name), entity.relations.get(name)
            if field is None and relation is None:
                return self._unknown(node, entity, name)
            if last:
                return end_type(field, relation)
            facts = declarations.declared(field.type).facts if field is not None else {}
            if at == len(names) - 2 and names[-1] in facts:
                return facts[names[-1]]
            if relation is None or relation.many or len(relation.to) != 1:
                if relation is not None and not relation.to:
                    return ANY  # a link that leads nowhere was told of where it stands
                message = f"'{name}' of {entity.key} links to no single record, so nothing follows it."
                return self.fault(node, "expression.not-a-link", message)
            entity = self.entities[relation.to[0]]
        return ANY

    def _unknown(self, node: Path, entity: Entity, name: str) -> str:
        if any(self.is_lost(noun, name, entity.key) for noun in ("field", "relation")):
            return ANY
        known = [*entity.fields, *entity.relations, *(STATES if entity.pipelines else ())]
        message = f"unknown field '{name}' of {entity.key}. {way_on(name, known, 'fields')}"
        return self.fault(node, "expression.unknown-field", message)

    def _number(self, node: Node, entity: Entity, outer: Entity | None) -> str:
        return self._operand(node, NUMBERS, entity, outer)

    def _operand(self, node: Node, kinds: frozenset[str], entity: Entity, outer: Entity | None) -> str:
        found = self.type_of(node, entity, outer)
        if found in kinds | {ANY, "empty"}:
            return found
        if found in WRITTEN:
            message = f"This is a {found}; days_between tells how far dates lie apart, days(n) moves one."
        else:
            message = f"This is a {found}; only numbers can be reckoned with."
        return self.fault(node, "expression.not-a-number", message)

    def _arithmetic(self, node: Arithmetic, entity: Entity, outer: Entity | None) -> str:
        if isinstance(node.right, Call) and node.right.name in PERIODS:
            return self._shift(node, node.right, entity, outer)
        kinds = RECKONED if node.operator == "+" else NUMBERS
        left, right = (self._operand(each, kinds, entity, outer) for each in (node.left, node.right))
        if {left, right} & TEXTUAL:
            if not fits(left, right):
                message = f"A {left} and a {right} can't be joined; use concat."
                return self.fault(node, "expression.types-differ", message)
            return "text"
        return reckoned_type(node.operator, left, right)

    def _shift(self, node: Arithmetic, period: Call, entity: Entity, outer: Entity | None) -> str:
        """A date or moment, some days or months on or back."""
        left = self.type_of(node.left, entity, outer)
        if node.operator not in "+-" or left not in WRITTEN | {ANY, "empty"}:
            message = f"{period.name}(n) is added to a date or moment, or taken from one, not a {left}."
            return self.fault(node.right, "expression.period", message)
        for argument in period.arguments:
            self._operand(argument, NUMBERS - {"money"}, entity, outer)
        if len(period.arguments) != 1:
            return self.fault(period, "expression.arguments", f"{period.name} takes 1 value.")
        return "datetime" if period.name == "hours" else left

    def _compare(self, node: Compare, entity: Entity, outer: Entity | None) -> None:
        left = self.type_of(node.left, entity, outer)
        if node.operator in {"in", "not in"}:
            self._within(node, left, entity, outer)
            return
        right = self.type_of(node.right, entity, outer)
        for side, found in ((node.left, left), (node.right, right)):
            if found in {"records", "json"}:
                message = f"{side} has no single value to compare. Ask is_empty, or use a function."
                self.fault(side, "expression.to-many-value", message)
                return
        if node.operator not in {"==", "!="}:
            for side, found in ((node.left, left), (node.right, right)):
                written = isinstance(side, Literal) and {left, right} & WRITTEN
                if found not in ORDERED | {ANY, "empty"} and not written:
                    message = f'A {found} can\'t be compared with "{node.operator}".'
                    self.fault(side, "expression.not-ordered", message)
                    return
        self.alike(node.left, left, node.right, right, entity)

    def _within(self, node: Compare, left: str, entity: Entity, outer: Entity | None) -> None:
        if isinstance(node.right, Items):
            for item in node.right.items:
                self.alike(node.left, left, item, self.type_of(item, entity, outer), entity)
            return
        right = self.type_of(node.right, entity, outer)
        if right not in {"choices", "records", ANY}:
            message = f'"in" looks into a list or a field with several values, not a {right}.'
            self.fault(node.right, "expression.not-a-list", message)
        elif not fits(left, "record" if right == "records" else "choice"):
            message = f"A {left} is never among them."
            self.fault(node.left, "expression.types-differ", message)

    def alike(self, one: Node, left: str, other: Node, right: str, entity: Entity) -> None:
        """Note a problem where two values can never be equal."""
        for side, kind in ((other, left), (one, right)):
            if isinstance(side, Literal) and isinstance(side.value, str) and kind in WRITTEN:
                if message := misread(side.value, kind):
                    self.fault(side, "expression.not-a-date", message)
                return
        if not fits(left, right):
            message = f"A {left} is compared with a {right}, which can never be equal."
            self.fault(other, "expression.types-differ", message)
        for path, literal in ((one, other), (other, one)):
            if isinstance(path, Path) and isinstance(literal, Literal) and len(path.names) == 1:
                field = entity.fields.get(path.names[0])
                if field and (message := never_chosen(field, literal.value)):
                    self.fault(literal, "expression.unknown-value", message)
