"""What an expression comes to for values that somebody gives, while it is still being written.

It is read, typed and limited by our own check, and only then given to simpleeval, which goes over it by
the way of Python's tree and not of ours. It knows the values that it is given, and no database.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from simpleeval import SimpleEval

from engine.expressions.closure import ORDERS, are_equal, is_ordered, join, negative
from engine.expressions.facts import Facts
from engine.expressions.functions import FUNCTIONS, shifted
from metadata.askable import NEEDING_ROWS
from metadata.catalog import Entity
from metadata.expression_calls import is_over_many
from metadata.expression_types import check_expression, type_of
from metadata.expressions import parse_expression
from metadata.functions import PERIODS
from metadata.syntax import Call, Expression, ExpressionProblem, ExpressionRefused, walk

Entities = Mapping[str, Entity]
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip
_ORDERS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


@dataclass(frozen=True, slots=True)
class Preview:
    """What came of an expression, of which type it is, and what is wrong with it."""

    value: Any
    type: str
    problems: tuple[ExpressionProblem, ...] = ()


def preview(
    source: str, entity: str, entities: Entities, values: Mapping[str, Any], facts: Facts
) -> Preview:
    """Work out an expression over operands by their names; what has no value is empty."""
    try:
        expression = parse_expression(source)
    except ExpressionRefused as refusal:
        return Preview(None, "", tuple(refusal.problems))
    problems = check_expression(expression, entity, entities) or list(_unknown(expression, entities[entity], entities))
    if problems:
        return Preview(None, "", tuple(problems))
    value = Evaluator(expression.source, values, facts).answer()
    return Preview(value, type_of(expression.root, entities[entity], entities))


def _unknown(expression: Expression, entity: Entity, entities: Entities) -> Iterator[ExpressionProblem]:
    """What values that are given don't tell."""
    for node in walk(expression.root):
        if isinstance(node, Call) and (node.name in NEEDING_ROWS or is_over_many(node, entity, entities)):
            message = f"A preview knows the values that it is given, and no other records, which {node.name} needs."
            yield ExpressionProblem("expression.not-available", message, node.column, node.length)


@dataclass(frozen=True, slots=True)
class _Period:
    unit: str
    count: Any


class Evaluator(SimpleEval):  # type: ignore[misc]  # it comes without types
    """simpleeval, with the values and the operators of the language. Only for what passed our check."""

    def __init__(self, source: str, values: Mapping[str, Any], facts: Facts) -> None:
        functions = {name: partial(function, facts) for name, function in FUNCTIONS.items()}
        functions |= {unit: partial(_Period, unit) for unit in PERIODS}
        super().__init__(operators=_operators(facts), functions=functions, names=dict(values))
        self._source, self._facts = source, facts
        self.nodes |= {ast.Attribute: self._eval_path, ast.Tuple: self._eval_items, ast.List: self._eval_items}

    def answer(self) -> Any:
        """What the expression comes to."""
        return self.eval(self._source, ast.parse(self._source, mode="eval").body)

    def _eval_constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return Decimal(ast.get_source_segment(self._source, node) or "")
        return None if node.value == "" else node.value

    def _eval_name(self, node: ast.Name) -> Any:
        return self._facts.user_id if node.id == "me" else self.names.get(node.id)

    def _eval_path(self, node: ast.Attribute) -> Any:
        path = ast.unparse(node)
        return sorted(self._facts.teams) if path == "me.teams" else self.names.get(path)

    def _eval_items(self, node: ast.Tuple | ast.List) -> tuple[Any, ...]:
        return tuple(map(self._eval, node.elts))

    def _eval_boolop(self, node: ast.BoolOp) -> bool:
        holds = (self._eval(each) is True for each in node.values)
        return all(holds) if isinstance(node.op, ast.And) else any(holds)

    def _eval_ifexp(self, node: ast.IfExp) -> Any:
        return self._eval(node.body if self._eval(node.test) is True else node.orelse)


def _operators(facts: Facts) -> dict[type, Callable[..., Any]]:
    def joining(sign: str) -> Callable[[Any, Any], Any]:
        def joined(left: Any, right: Any) -> Any:
            if isinstance(right, _Period):
                return shifted(facts, left, right.unit, right.count, sign)
            return join(sign, left, right)

        return joined

    def within(value: Any, several: Any) -> bool:
        if isinstance(several, tuple):
            return any(are_equal(value, each, facts) for each in several)
        return isinstance(several, list) and value in several

    operators: dict[type, Callable[..., Any]] = {kind: joining(sign) for kind, sign in _SIGNS.items()}
    operators |= {
        kind: lambda a, b, order=ORDERS[sign]: is_ordered(order, a, b, facts) for kind, sign in _ORDERS.items()
    }
    return operators | {
        ast.Eq: lambda a, b: are_equal(a, b, facts),
        ast.NotEq: lambda a, b: not are_equal(a, b, facts),
        ast.In: within,
        ast.NotIn: lambda a, b: not within(a, b),
        ast.Not: lambda value: value is not True,
        ast.USub: negative,
        ast.UAdd: lambda value: value,
    }
