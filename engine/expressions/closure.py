"""Expressions as Python closures: made once, called for every record that is written.

A closure takes a record's values as operands, its old values, the facts, and what was found
beforehand for the parts that need other records. It never raises: what can't be reckoned is the
empty value.
"""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.expressions.facts import Facts, same_kind
from engine.expressions.functions import FUNCTIONS, cut, shifted
from engine.expressions.numbers import RECKONING, Reckon, reckon
from engine.fields.money import Money
from metadata.functions import FUNCTIONS as SIGNATURES
from metadata.functions import PERIODS
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
    """What one evaluation works with. `old` is empty for a record that is new; `found` holds the
    values of the parts that need other records.
    """

    values: Mapping[str, Any]
    facts: Facts
    old: Mapping[str, Any] | None = None
    found: Mapping[Node, Any] = field(default_factory=dict)


Closure = Callable[[Given], Any]
Nodes = Collection[Node]


def compile_closure(expression: Expression, far: Nodes = ()) -> Closure:
    """A closure for an expression over one record, whose `far` parts are found beforehand.

    ExpressionRefused for other parts that need other records.
    """
    return _compile(expression.root, far)


def compile_condition(expression: Expression, far: Nodes = ()) -> Callable[[Given], bool]:
    """A closure that answers True or False: the empty value is False."""
    closure = _compile(expression.root, far)
    return lambda given: closure(given) is True


def _compile(node: Node, far: Nodes) -> Closure:
    if node in far:
        return lambda given: given.found.get(node)
    match node:
        case Literal(value=value):
            return lambda _given: value
        case Path():
            return _path(node)
        case Logic(operator=word, operands=operands):
            parts = [_compile(operand, far) for operand in operands]
            if word == "and":
                return lambda given: all(part(given) is True for part in parts)
            return lambda given: any(part(given) is True for part in parts)
        case Not(operand=operand):
            inner = _compile(operand, far)
            return lambda given: inner(given) is not True
        case Negative(operand=operand):
            inner = _compile(operand, far)
            return lambda given: negative(inner(given))
        case Arithmetic(operator=sign, left=left, right=right):
            if isinstance(right, Call) and right.name in PERIODS and len(right.arguments) == 1:
                return _shift(sign, _compile(left, far), right.name, _compile(right.arguments[0], far))
            return _arithmetic(sign, _compile(left, far), _compile(right, far))
        case Compare(operator=sign, left=left, right=right):
            return _compare(sign, left, right, far)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            test, first, second = (_compile(each, far) for each in (condition, then, otherwise))
            return lambda given: first(given) if test(given) is True else second(given)
        case Call():
            return _call(node, far)
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
    problem = ExpressionProblem("expression.not-available", message, node.column, node.length)
    return ExpressionRefused([problem])


def negative(value: Any) -> Any:
    """A number or amount with its sign turned."""
    if isinstance(value, Money):
        return Money(-value.amount, value.currency)
    return -value if isinstance(value, Decimal) else None


def _shift(sign: str, value: Closure, unit: str, count: Closure) -> Closure:
    return lambda given: shifted(given.facts, value(given), unit, count(given), sign)


def _arithmetic(sign: str, left: Closure, right: Closure) -> Closure:
    operation = RECKONING[sign]

    def evaluate(given: Given) -> Any:
        a, b = left(given), right(given)
        if type(a) is Decimal and type(b) is Decimal:
            return reckon(operation, a, b)
        return _join(sign, operation, a, b)

    return evaluate


def join(sign: str, a: Any, b: Any) -> Any:
    """Two values joined by a sign."""
    if type(a) is Decimal and type(b) is Decimal:
        return reckon(RECKONING[sign], a, b)
    return _join(sign, RECKONING[sign], a, b)


def _join(sign: str, operation: Reckon, a: Any, b: Any) -> Any:
    """Two texts, or amounts of money and numbers, joined."""
    if isinstance(a, str) and isinstance(b, str):
        return cut(a + b) if sign == "+" else None
    if isinstance(a, Money) and isinstance(b, Money):
        if a.currency != b.currency or sign == "*":
            return None
        return _money(reckon(operation, a.amount, b.amount), "" if sign in {"/", "//"} else a.currency)
    if isinstance(a, Money) and isinstance(b, Decimal):
        return _money(reckon(operation, a.amount, b), a.currency)
    if isinstance(a, Decimal) and isinstance(b, Money):
        currency = "" if sign in {"/", "//"} else b.currency
        return _money(reckon(operation, a, b.amount), currency)
    return None


def _money(amount: Decimal | None, currency: str) -> Any:
    return Money(amount, currency) if amount is not None and currency else amount


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
    if one is None or type(one) is not type(other):
        return False
    if isinstance(one, Money):
        return bool(one.currency == other.currency and order(one.amount, other.amount))
    return order(one, other)


def _compare(sign: str, left: Node, right: Node, far: Nodes) -> Closure:
    one = _compile(left, far)
    if sign in {"in", "not in"}:
        within = _within(one, right, far)
        return within if sign == "in" else lambda given: not within(given)
    other = _compile(right, far)
    if sign == "==":
        return lambda given: are_equal(one(given), other(given), given.facts)
    if sign == "!=":
        return lambda given: not are_equal(one(given), other(given), given.facts)
    order = ORDERS[sign]
    return lambda given: is_ordered(order, one(given), other(given), given.facts)


def _within(one: Closure, right: Node, far: Nodes) -> Callable[[Given], bool]:
    if not isinstance(right, Items):
        many = _compile(right, far)
        return lambda given: isinstance(values := many(given), list) and one(given) in values
    items = [_compile(item, far) for item in right.items]

    def among(given: Given) -> bool:
        value = one(given)
        return any(are_equal(value, item(given), given.facts) for item in items)

    return among


def _call(node: Call, far: Nodes) -> Closure:
    signature = SIGNATURES.get(node.name)
    if signature is None or not signature.accepts(len(node.arguments)):
        raise _refused(node, f"The function {node.name} is not available here in this way.")
    if node.name == "is_new":
        return lambda given: given.old is None
    if node.name in {"changed", "changed_to"}:
        return _changed(node, far)
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise _refused(node, f"The function {node.name} needs other records, which is not available here.")
    arguments = [_compile(argument, far) for argument in node.arguments]
    return lambda given: function(given.facts, *(argument(given) for argument in arguments))


def _changed(node: Call, far: Nodes) -> Closure:
    field = node.arguments[0]
    if not isinstance(field, Literal) or not isinstance(field.value, str):
        raise _refused(node, f"{node.name} takes the name of a field in quotes.")
    key = field.value
    value = _compile(node.arguments[1], far) if len(node.arguments) > 1 else None

    def changed(given: Given) -> bool:
        now = given.values.get(key)
        before = given.old.get(key) if given.old is not None else None
        if now == before:
            return False
        return value is None or are_equal(value(given), now, given.facts)

    return changed
