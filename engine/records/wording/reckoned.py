"""Values that are reckoned, in words: "amount × probability ÷ 100", "the sum of amount of deals"."""

from collections.abc import Mapping, Sequence

from engine.records.wording.constants import Constants
from engine.records.wording.phrases import IN_TIME, OF_VALUES, joined, lowered
from metadata.catalog import Entity
from metadata.filters.parts import COMPARED
from metadata.functions import TO_MANY
from metadata.many import find_many
from metadata.printing import print_expression
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Items,
    Logic,
    Negative,
    Node,
    Not,
    Path,
)
from metadata.value_types import WRITTEN
from metadata.ways import Way, find_way

SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷", "//": "÷ (whole)", "%": "modulo"}
KEYS = {sign: key for key, sign in COMPARED.items()}
CALLS: Mapping[str, str] = {
    "today": "today",
    "now": "now",
    "is_empty": "{} is empty",
    "contains": "{} contains {}",
    "starts_with": "{} starts with {}",
    "ends_with": "{} ends with {}",
    "days_ago": "{} days ago",
    "days_from_now": "{} days from now",
    "days_between": "the days from {} to {}",
    "length": "the length of {}",
    "round": "{} rounded",
    "floor": "{} rounded down",
    "ceil": "{} rounded up",
    "abs": "{} without its sign",
    "min": "the smallest of {}",
    "max": "the largest of {}",
    "concat": "{} in one text",
    "lower": "{} in small letters",
    "upper": "{} in capitals",
    "trim": "{} without spaces around it",
    "in_currency": "{} in {}",
    "add_business_days": "{} plus {} business days",
    "business_days_between": "the business days from {} to {}",
    "start_of": "the start of {1} in {0}",
    "end_of": "the end of {1} in {0}",
    "left": "the first {1} letters of {0}",
    "right": "the last {1} letters of {0}",
    "coalesce": "the first of {} that is not empty",
    **{unit: f"{{}} {unit}" for unit in ("days", "hours", "weeks", "months")},
    **{part: f"the {part} of {{}}" for part in ("year", "month", "day", "weekday", "currency")},
}
OF_MANY: Mapping[str, str] = {
    "count": "the number of {}",
    "any": "there are {}",
    "all": "for all {}",
    "sum": "the sum of {}",
    "avg": "the average of {}",
    "min": "the smallest of {}",
    "max": "the largest of {}",
    "first": "the first of {}",
    "last": "the last of {}",
    "list": "all of {}",
}


class Reckoned:
    """The words of values over the names of entities."""

    def __init__(self, entities: Mapping[str, Entity], constants: Constants) -> None:
        self._entities, self._constants = entities, constants

    def word(self, node: Node, entity: str, outer: str = "") -> str:
        """A value, or a condition that is no row of a filter."""
        match node:
            case Path():
                return self._path(node.names, entity, outer)
            case Arithmetic(operator=sign, left=left, right=right):
                sides = (self._side(each, node, entity, outer) for each in (left, right))
                return f" {SIGNS[sign]} ".join(sides)
            case Negative(operand=Path() | Call() as operand):
                return f"−{self.word(operand, entity, outer)}"
            case Not(operand=operand):
                return f"not so that {self.word(operand, entity, outer)}"
            case Logic(operator=operator, operands=operands):
                return joined([self.word(each, entity, outer) for each in operands], operator)
            case Compare():
                return self._compare(node, entity, outer)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                said = [self.word(each, entity, outer) for each in (then, condition, otherwise)]
                return "{} if {}, else {}".format(*said)
            case Items(items=items):
                return joined([self.word(each, entity, outer) for each in items], "or")
            case Call():
                return self._call(node, entity, outer)
            case _:
                return self._constants.word(node)

    def _side(self, node: Node, around: Arithmetic, entity: str, outer: str) -> str:
        """One side of a reckoning; in brackets where it would be read otherwise without."""
        said = self.word(node, entity, outer)
        if not isinstance(node, Arithmetic | Conditional):
            return said
        x = Path(("x",))
        left, right = (node, x) if node is around.left else (x, node)
        printed = print_expression(Arithmetic(around.operator, left, right))
        return f"({said})" if f"({print_expression(node)})" in printed else said

    def _path(self, names: Sequence[str], entity: str, outer: str) -> str:
        if names[0] == "me":
            return "me" if len(names) == 1 else f"my {self._path(names[1:], 'user', '')}"
        if names[0] == "parent" and outer:
            return f"the {self._entities[outer].label.lower()}’s {self._path(names[1:], outer, '')}"
        if names[0] == "old" and len(names) > 1:
            return f"{self._path(names[1:], entity, outer)} before"
        way = find_way(self._entities, entity, names)
        if way and way.is_part and way.kind == "boolean" and len(names) == 1:
            return f"it {lowered(way.label)}"
        return lowered(way.label) if way else ".".join(names)

    def _compare(self, node: Compare, entity: str, outer: str) -> str:
        way = find_way(self._entities, entity, node.left.names) if isinstance(node.left, Path) else None
        phrases = {**OF_VALUES, **(IN_TIME if way and way.kind in WRITTEN else {})}
        key = {"in": "in", "not in": "not_in"}.get(node.operator) or KEYS[node.operator]
        left, right = self.word(node.left, entity, outer), self._compared(node.right, way, entity, outer)
        return f"{left} {phrases[key]} {right}"

    def _compared(self, node: Node, way: Way | None, entity: str, outer: str) -> str:
        if isinstance(node, Items):
            return joined([self._compared(each, way, entity, outer) for each in node.items], "or")
        known = not isinstance(node, Path | Call | Arithmetic | Conditional | Compare | Logic | Not)
        return self._constants.word(node, way) if known else self.word(node, entity, outer)

    def _call(self, node: Call, entity: str, outer: str) -> str:
        first = node.arguments[0] if node.arguments else None
        at = self._entities[entity]
        many = find_many(first.names, at, self._entities) if isinstance(first, Path) else None
        if node.name in TO_MANY and many is not None and many.relation.to:
            far = many.relation.to[0]
            label = lowered(many.relation.label)
            value = f"{self._path(many.behind, far, entity)} of {label}" if many.behind else label
            said = OF_MANY[node.name].format(value)
            inside = [self.word(each, far, entity) for each in node.arguments[1:]]
            if inside and inside[0].startswith("it is ") and isinstance(node.arguments[1], Path):
                return f"{said} that are {inside[0].removeprefix('it is ')}"
            return f"{said} where {inside[0]}" if inside else said
        given = [self.word(each, entity, outer) for each in node.arguments]
        known = CALLS.get(node.name)
        if known is None:
            return f"{node.name.replace('_', ' ')} of {joined(given, 'and')}" if given else node.name
        places = known.count("{")
        return known.format(*(given if places == len(given) else [joined(given, "and")] * places))
