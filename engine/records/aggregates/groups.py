"""What records are grouped by: a path, or an expression such as `start_of(close_date, 'month')`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.access.known import KnownEntities
from engine.context import Context
from engine.expressions.sql import compile_term, compile_value
from engine.expressions.terms import Term
from engine.expressions.values import NUMBERS, loosened
from engine.records.filters import RowScope, read_expression
from engine.records.joining import Joins, end_of, walk
from metadata.catalog import Entity
from metadata.expression_types import type_of
from metadata.syntax import Expression, ExpressionProblem, ExpressionRefused, Path
from metadata.syntax import walk as nodes
from metadata.value_types import ORDERED, TEXTUAL

KINDS = (ORDERED - {"money"}) | TEXTUAL | {"record", "boolean"}


@dataclass(frozen=True, slots=True)
class Group:
    """One of the things that records are grouped by: a value of each record, and how it is answered.

    `entity` is where the value stands. `load` makes a value of what the column holds, `dump` makes
    of it what JSON carries.
    """

    name: str
    term: Term
    joins: Joins
    entity: Entity
    load: Callable[[Any], Any]
    dump: Callable[[Any], Any]


def read_group(ctx: Context, scope: RowScope, source: str) -> Group:
    """What records are grouped by. ExpressionRefused says what is wrong with it, and where."""
    expression = read_expression(ctx, scope.entity, source, "group")
    known, root = KnownEntities(ctx, "group"), expression.root
    kind = type_of(root, known[scope.entity.key], known)
    if kind not in KINDS:
        way = "Group by currency(…) of it." if kind == "money" else "Group by a field that has one value."
        raise _refused(expression, "group.type", f"Records can't be grouped by a {kind}. {way}")
    if not any(isinstance(each, Path) and each.names[0] != "me" for each in nodes(root)):
        raise _refused(expression, "group.constant", "This is the same for every record.")
    if isinstance(root, Path) and root.names[0] in {*scope.entity.fields, *scope.entity.relations}:
        return _at_path(ctx, scope, source, root.names)
    term = compile_term(expression, scope)
    column = loosened(term) if term.kind in NUMBERS else term.column
    return Group(source, Term(column, term.kind), (), scope.entity, _itself, shown)


def _refused(expression: Expression, code: str, message: str) -> ExpressionRefused:
    root = expression.root
    return ExpressionRefused([ExpressionProblem(code, message, root.column, root.length)])


def _at_path(ctx: Context, scope: RowScope, source: str, names: tuple[str, ...]) -> Group:
    entity, field, rest = end_of(ctx, scope.entity, names, "group")
    far, joins, last = walk(scope, names, "group")
    term = compile_value(last, far)
    if field is None or rest:
        return Group(source, term, joins, entity, _itself, shown)
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    return Group(source, term, joins, entity, behaviour.load, behaviour.dump)


def _itself(value: Any) -> Any:
    return value


def shown(value: Any) -> Any:
    """A value that was worked out, as JSON carries it."""
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value.normalize():f}" if value else "0"
        case _:
            return value
