"""Do expressions fit what they speak of? Every name is resolved and every type worked out.

The same check serves publishing, where all its findings are reported together, and
the API's `where`, which answers with the first.
"""

from collections.abc import Callable, Mapping

from metadata import declarations
from metadata.catalog import Entity
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
    children,
)
from metadata.value_types import (
    CONDITION,
    NUMBERS,
    ORDERED,
    WRITTEN,
    answer_type,
    end_type,
    fits,
    literal_type,
    misread,
    never_chosen,
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
    is_lost: IsLost = lambda _noun, _name, _of: False,
) -> list[ExpressionProblem]:
    """Everything in an expression that does not fit.

    `expects` is the type that the whole must have. `old` allows what only a write knows.
    Names that are lost are not missed.
    """
    checker = _Checker(entities, old=old, is_lost=is_lost)
    found = checker.type_of(expression.root, entities[entity])
    if expects and not checker.problems:
        checker.require(expression.root, found, expects)
    return checker.problems


class _Checker:
    def __init__(self, entities: Mapping[str, Entity], *, old: bool, is_lost: IsLost) -> None:
        self._entities = entities
        self._old = old
        self._is_lost = is_lost
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
                return self._call(node, entity, outer)
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
        if first == "me" and "user" in self._entities:
            return self._follow(node, self._entities["user"], rest)
        if first == "old" and rest:
            if not self._old:
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
            entity = self._entities[relation.to[0]]
        return ANY

    def _unknown(self, node: Path, entity: Entity, name: str) -> str:
        if any(self._is_lost(noun, name, entity.key) for noun in ("field", "relation")):
            return ANY
        known = [*entity.fields, *entity.relations, *(STATES if entity.pipelines else ())]
        message = f"unknown field '{name}' of {entity.key}. {way_on(name, known, 'fields')}"
        return self.fault(node, "expression.unknown-field", message)

    def _number(self, node: Node, entity: Entity, outer: Entity | None) -> str:
        found = self.type_of(node, entity, outer)
        if found in NUMBERS | {ANY, "empty"}:
            return found
        message = f"This is a {found}; only numbers can be reckoned with."
        return self.fault(node, "expression.not-a-number", message)

    def _arithmetic(self, node: Arithmetic, entity: Entity, outer: Entity | None) -> str:
        left = self._number(node.left, entity, outer)
        right = self._number(node.right, entity, outer)
        return "money" if "money" in {left, right} and node.operator in "+-*" else "number"

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
        self._alike(node.left, left, node.right, right, entity)

    def _within(self, node: Compare, left: str, entity: Entity, outer: Entity | None) -> None:
        if isinstance(node.right, Items):
            for item in node.right.items:
                self._alike(node.left, left, item, self.type_of(item, entity, outer), entity)
            return
        right = self.type_of(node.right, entity, outer)
        if right not in {"choices", "records", ANY}:
            message = f'"in" looks into a list or a field with several values, not a {right}.'
            self.fault(node.right, "expression.not-a-list", message)
        elif not fits(left, "record" if right == "records" else "choice"):
            message = f"A {left} is never among them."
            self.fault(node.left, "expression.types-differ", message)

    def _alike(self, one: Node, left: str, other: Node, right: str, entity: Entity) -> None:
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

    def _call(self, node: Call, entity: Entity, outer: Entity | None) -> str:
        function = FUNCTIONS.get(node.name)
        if node.name in LATER or (node.name in WRITES and not self._old):
            reason = "is known in rules only" if node.name in WRITES else "is not available yet"
            return self.fault(node, "expression.not-available", f"The function {node.name} {reason}.")
        if function is None:
            message = f"There is no function {node.name}. {way_on(node.name, FUNCTIONS, 'functions')}"
            return self.fault(node, "expression.unknown-function", message)
        given, most = len(node.arguments), len(function.takes)
        if not function.accepts(given):
            wanted = str(most) if function.needs == most else f"{function.needs} to {most}"
            message = f"{node.name} takes {wanted} values; here are {given}."
            return self.fault(node, "expression.arguments", message)
        if node.name in TO_MANY:
            return self._to_many(node, entity)
        if node.name in WRITES and node.arguments:
            return self._changed(node, entity, outer)
        found = [self.type_of(argument, entity, outer) for argument in node.arguments]
        if function.answers == "second":
            self._cases(node, found)
        for at, (argument, each) in enumerate(zip(node.arguments, found, strict=True)):
            self._argument(node, argument, each, function.takes[min(at, most - 1)])
        return answer_type(function.answers, found)

    def _cases(self, node: Call, found: list[str]) -> None:
        """Conditions and values by turns, and perhaps a value for when no condition holds."""
        for at, (argument, each) in enumerate(zip(node.arguments, found, strict=True)):
            is_condition = at % 2 == 0 and at < len(found) - 1
            self.require(argument, each, CONDITION if is_condition else found[1])

    def _argument(self, node: Call, argument: Node, found: str, wanted: str) -> None:
        kinds = wanted.split("|")
        if found == "records" and found not in kinds and node.name != "is_empty":
            message = f"{argument} leads to many records; {node.name} takes a single value."
            self.fault(argument, "expression.to-many-value", message)
        elif not any(fits(found, kind) for kind in kinds):
            message = f"{node.name} takes a {' or '.join(kinds)}, not a {found}."
            self.fault(argument, "expression.argument-type", message)

    def _changed(self, node: Call, entity: Entity, outer: Entity | None) -> str:
        name, *wanted = node.arguments
        key = name.value if isinstance(name, Literal) else None
        field = entity.fields.get(str(key))
        if field is None:
            if not self._is_lost("field", str(key), entity.key):
                hint = way_on(str(key), entity.fields, "fields")
                message = f"{node.name} takes the name of a field in quotes. {hint}"
                self.fault(name, "expression.unknown-field", message)
            return CONDITION
        for each in wanted:
            kind = declarations.declared(field.type).value
            self._alike(Path((field.key,)), kind, each, self.type_of(each, entity, outer), entity)
        return CONDITION

    def _to_many(self, node: Call, entity: Entity) -> str:
        first, *conditions = node.arguments
        names = first.names if isinstance(first, Path) else ("",)
        relation = entity.relations.get(".".join(names))
        if relation is None or not relation.many:
            if self._is_lost("relation", names[0], entity.key):
                return ANY
            known = [key for key, each in entity.relations.items() if each.many]
            message = f"{node.name} looks at a relation to many records."
            hint = way_on(".".join(names), known, "relations")
            return self.fault(first, "expression.not-to-many", f"{message} {hint}")
        for condition in conditions if relation.to else ():
            self._condition(condition, self._entities[relation.to[0]], entity)
        return FUNCTIONS[node.name].answers
