"""Expressions as Python closures: made once, called for every record that is written.

A closure takes a record's values as operands, its old values, and the facts. It
never raises: what can't be reckoned is the empty value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from engine.expressions.facts import Facts, same_kind
from engine.expressions.functions import FUNCTIONS, LARGEST
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
        case Logic(operator=operator, operands=operands):
            parts = [_compile(operand) for operand in operands]
            if operator == "and":
                return lambda given: all(part(given) is True for part in parts)
            return lambda given: any(part(given) is True for part in parts)
        case Not(operand=operand):
            inner = _compile(operand)
            return lambda given: inner(given) is not True
        case Negative(operand=operand):
            inner = _compile(operand)
            return lambda given: _negative(inner(given))
        case Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, _compile(left), _compile(right))
        case Compare(operator=operator, left=left, right=right):
            return _compare(operator, left, right)
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


_REMAINDERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: (a / b).to_integral_value(rounding="ROUND_FLOOR"),
    "%": lambda a, b: a - b * (a / b).to_integral_value(rounding="ROUND_FLOOR"),
}


def _arithmetic(operator: str, left: Closure, right: Closure) -> Closure:
    reckon = _REMAINDERS[operator]

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


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _compare(operator: str, left: Node, right: Node) -> Closure:
    one = _compile(left)
    if operator in {"in", "not in"}:
        wanted = operator == "in"
        if isinstance(right, Items):
            return _among(one, [_compile(item) for item in right.items], wanted=wanted)
        other = _compile(right)
        return lambda given: (one(given) in (other(given) or ())) is wanted
    other = _compile(right)
    if operator in {"==", "!="}:
        wanted = operator == "=="

        def equal(given: Given) -> bool:
            a, b = one(given), other(given)
            if type(a) is not type(b):
                a, b = same_kind(a, b, given.facts)
            return (a == b and type(a) is type(b)) is wanted

        return equal
    order = _ORDERS[operator]

    def ordered(given: Given) -> bool:
        a, b = one(given), other(given)
        if type(a) is not type(b):
            a, b = same_kind(a, b, given.facts)
            if type(a) is not type(b):
                return False
        return a is not None and order(a, b)

    return ordered


def _among(one: Closure, items: list[Closure], *, wanted: bool) -> Closure:
    def among(given: Given) -> bool:
        value = one(given)
        for item in items:
            a, b = value, item(given)
            if type(a) is not type(b):
                a, b = same_kind(a, b, given.facts)
            if a == b and type(a) is type(b):
                return wanted
        return not wanted

    return among


def _call(node: Call) -> Closure:
    if node.name == "is_new":
        return lambda given: given.old is None
    if node.name in {"changed", "changed_to"}:
        return _changed(node)
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise _refused(node, f"The function {node.name} is not available here yet.")
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
        return now != before and (value is None or value(given) == now)

    return changed
