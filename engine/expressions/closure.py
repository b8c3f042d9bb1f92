"""Expressions as Python closures: made once, called for every record that is written.

A closure takes a record's values as operands, its old values, and the facts. It
never raises: what can't be reckoned is the empty value.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from engine.expressions.facts import Facts, same_kind
from engine.expressions.functions import FUNCTIONS, LARGEST
from metadata.functions import FUNCTIONS as SIGNATURES
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Expression,
    ExpressionProblem,
    ExpressionRefused,
    Items,
    Literal,
    Logic,
    Negative,
    Node,
    Not,
    Path,
)


@dataclass(frozen=True, slots=True)
class Given:
    """What one evaluation works with. `old` is empty for a record that is new."""

    values: Mapping[str, Any]
    facts: Facts
    old: Mapping[str, Any] | None = None


Closure = Callable[[Given], Any]


def compile_closure(expression: Expression) -> Closure:
    """A closure for an expression over one record. ExpressionRefused for what needs other records."""
    return _compile(expression.root)


def compile_condition(expression: Expression) -> Callable[[Given], bool]:
    """A closure that answers True or False: the empty value is False."""
    closure = _compile(expression.root)
    return lambda given: closure(given) is True


def _compile(node: Node) -> Closure:
    match node:
        case Literal(value=value):
            return lambda _given: value
        case Path():
            return _path(node)
        case Logic(operator=word, operands=operands):
            parts = [_compile(operand) for operand in operands]
            if word == "and":
                return lambda given: all(part(given) is True for part in parts)
            return lambda given: any(part(given) is True for part in parts)
        case Not(operand=operand):
            inner = _compile(operand)
            return lambda given: inner(given) is not True
        case Negative(operand=operand):
            inner = _compile(operand)
            return lambda given: _negative(inner(given))
        case Arithmetic(operator=sign, left=left, right=right):
            return _arithmetic(sign, _compile(left), _compile(right))
        case Compare(operator=sign, left=left, right=right):
            return _compare(sign, left, right)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            test, first, second = _compile(condition), _compile(then), _compile(otherwise)
            return lambda given: first(given) if test(given) is True else second(given)
        case Call():
            return _call(node)
        case _:
            raise _refused(node, "This can't stand here.")


def _path(node: Path) -> Closure:
    names = node.names
    if names == ("me",):
        return lambda given: given.facts.user_id
    if names == ("me", "teams"):
        return lambda given: sorted(given.facts.teams)
    key = ".".join(names[1:] if names[0] == "old" else names)
    if names[0] == "old":
        return lambda given: given.old.get(key) if given.old is not None else None
    if names[0] == "me" or len(names) > 2:
        raise _refused(node, f'"{node}" needs another record, which is not available here yet.')
    return lambda given: given.values.get(key)


def _refused(node: Node, message: str) -> ExpressionRefused:
    problem = ExpressionProblem("expression.not-available", message, node.column)
    return ExpressionRefused([problem])


def _negative(value: Any) -> Any:
    return -value if isinstance(value, Decimal) else None


_RECKONING: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: (a / b).to_integral_value(rounding="ROUND_FLOOR"),
    "%": lambda a, b: a - b * (a / b).to_integral_value(rounding="ROUND_FLOOR"),
}


def _arithmetic(sign: str, left: Closure, right: Closure) -> Closure:
    reckon = _RECKONING[sign]

    def evaluate(given: Given) -> Decimal | None:
        a, b = left(given), right(given)
        if not isinstance(a, Decimal) or not isinstance(b, Decimal):
            return None
        try:
            result = reckon(a, b)
        except (DivisionByZero, InvalidOperation, Overflow):
            return None
        return result if abs(result) <= LARGEST else None

    return evaluate


ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def are_equal(one: Any, other: Any, facts: Facts) -> bool:
    """Whether two values are the same; two empty ones are."""
    if type(one) is not type(other):
        one, other = same_kind(one, other, facts)
    return type(one) is type(other) and one == other


def is_ordered(order: Callable[[Any, Any], bool], one: Any, other: Any, facts: Facts) -> bool:
    """Whether one value comes before or after another; never when one is empty."""
    if type(one) is not type(other):
        one, other = same_kind(one, other, facts)
    return one is not None and type(one) is type(other) and order(one, other)


def _compare(sign: str, left: Node, right: Node) -> Closure:
    one = _compile(left)
    if sign in {"in", "not in"}:
        within = _within(one, right)
        return within if sign == "in" else lambda given: not within(given)
    other = _compile(right)
    if sign == "==":
        return lambda given: are_equal(one(given), other(given), given.facts)
    if sign == "!=":
        return lambda given: not are_equal(one(given), other(given), given.facts)
    order = ORDERS[sign]
    return lambda given: is_ordered(order, one(given), other(given), given.facts)


def _within(one: Closure, right: Node) -> Callable[[Given], bool]:
    if not isinstance(right, Items):
        many = _compile(right)
        return lambda given: isinstance(values := many(given), list) and one(given) in values
    items = [_compile(item) for item in right.items]

    def among(given: Given) -> bool:
        value = one(given)
        return any(are_equal(value, item(given), given.facts) for item in items)

    return among


def _call(node: Call) -> Closure:
    signature = SIGNATURES.get(node.name)
    if signature is None or not signature.accepts(len(node.arguments)):
        raise _refused(node, f"The function {node.name} is not available here in this way.")
    if node.name == "is_new":
        return lambda given: given.old is None
    if node.name in {"changed", "changed_to"}:
        return _changed(node)
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise _refused(node, f"The function {node.name} needs other records, which is not available here.")
    arguments = [_compile(argument) for argument in node.arguments]
    return lambda given: function(given.facts, *(argument(given) for argument in arguments))


def _changed(node: Call) -> Closure:
    field = node.arguments[0]
    if not isinstance(field, Literal) or not isinstance(field.value, str):
        raise _refused(node, f"{node.name} takes the name of a field in quotes.")
    key = field.value
    value = _compile(node.arguments[1]) if len(node.arguments) > 1 else None

    def changed(given: Given) -> bool:
        now = given.values.get(key)
        before = given.old.get(key) if given.old is not None else None
        if now == before:
            return False
        return value is None or are_equal(value(given), now, given.facts)

    return changed
