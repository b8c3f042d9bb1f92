"""Expressions as SQL conditions, alike on SQLite and PostgreSQL.

A condition made here is never NULL: what is empty is false, and its negation true, as
the language says. Every value is bound; a path over a link is a subquery through the
gate of the entity it leads to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa

from engine.expressions import terms
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import Facts, same_kind
from engine.expressions.terms import Constant, Term, Value
from metadata.functions import TO_MANY
from metadata.syntax import (
    Call,
    Compare,
    Expression,
    ExpressionProblem,
    ExpressionRefused,
    Items,
    Literal,
    Logic,
    Node,
    Not,
    Path,
    walk,
)

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Related:
    """The far side of a relation: its scope, and how its rows are found from the near row."""

    scope: "Scope"
    table: sa.FromClause
    condition: Condition


class Scope(Protocol):
    """Where names of an expression lead: an entity's row, through the gate."""

    facts: Facts

    def term(self, name: str, fact: str = "") -> Term:
        """A field's value in this row, or a named part of it. Denied when it may not be read."""

    def is_field(self, name: str, fact: str) -> bool:
        """Whether the second name is a part of the first one's value."""

    def state(self, name: str) -> Condition | None:
        """Whether the row is_open, is_won or is_lost; None when the name is none of these."""

    def follow(self, name: str) -> Related:
        """The records that a relation leads to from this row."""

    def user(self) -> Related:
        """The asker, as a row."""

    def holds(self, name: str, value: Any) -> Condition:
        """Whether a field with several values has this one among them."""


def compile_sql(expression: Expression, scope: Scope) -> Condition:
    """The condition of an expression over the rows of a scope."""
    return _condition(expression.root, scope)


def compile_value(path: tuple[str, ...], scope: Scope) -> Term:
    """The value at a path, for sorting and selecting."""
    value = _path(Path(path), scope)
    if isinstance(value, Constant):
        raise _refused(Path(path), "This is no field.")
    return value


def _condition(node: Node, scope: Scope) -> Condition:
    match node:
        case Logic(operator=operator, operands=operands):
            join = sa.and_ if operator == "and" else sa.or_
            return join(*(_condition(operand, scope) for operand in operands))
        case Not(operand=operand):
            return sa.not_(_condition(operand, scope))
        case Compare():
            return _compare(node, scope)
        case Call(name=name) if name in _CONDITIONS:
            return _CONDITIONS[name](node, scope)
        case _:
            value = _value(node, scope)
            if isinstance(value, Constant):
                return sa.true() if value.value is True else sa.false()
            if value.kind != "boolean":
                return sa.false()
            return sa.and_(value.column.is_not(None), value.column)


def _value(node: Node, scope: Scope) -> Value:
    """A term, or a constant when nothing in the node depends on the row."""
    if isinstance(node, Path) and node.names != ("me",):
        return _path(node, scope)
    fixed = all(not isinstance(each, Path) or each.names == ("me",) for each in walk(node))
    if fixed and not any(isinstance(each, Call) and each.name in TO_MANY for each in walk(node)):
        closure = compile_closure(Expression("", node))
        return Constant(closure(Given({}, scope.facts)))
    match node:
        case Call(name="count"):
            return _count(node, scope)
        case Call(name="lower" | "upper" as name, arguments=(inner,)):
            value = _value(inner, scope)
            if isinstance(value, Term):
                return Term(terms.change_case(value.column, name), "text")
    if isinstance(node, Compare | Logic | Not) or (
        isinstance(node, Call) and node.name in _CONDITIONS
    ):
        return Term(_condition(node, scope), "boolean")
    raise _refused(node, "Reckoning with fields in a filter is not available yet.")


def _path(node: Path, scope: Scope) -> Value:
    names = node.names
    if names == ("me", "teams"):
        return Constant(sorted(scope.facts.teams))
    if names[0] == "me":
        return _through(scope.user(), names[1:], node)
    if len(names) == 1:
        state = scope.state(names[0])
        return scope.term(names[0]) if state is None else Term(state, "boolean")
    if len(names) == 2 and scope.is_field(*names):
        return scope.term(*names)
    return _through(scope.follow(names[0]), names[1:], node)


def _through(related: Related, names: tuple[str, ...], node: Path) -> Value:
    inner = _path(Path(names, column=node.column), related.scope)
    if isinstance(inner, Constant):
        return inner
    chosen = sa.select(inner.column).select_from(related.table).where(related.condition)
    return Term(chosen.limit(1).scalar_subquery(), inner.kind, inner.scale, inner.currency)


def _compare(node: Compare, scope: Scope) -> Condition:
    if node.operator in {"in", "not in"}:
        found = _within(node, scope)
        return found if node.operator == "in" else sa.not_(found)
    left, right = _value(node.left, scope), _value(node.right, scope)
    if node.operator in {"==", "!="}:
        same = _equal(left, right, scope)
        return same if node.operator == "==" else sa.not_(same)
    return _ordered(node.operator, left, right, scope)


def _equal(left: Value, right: Value, scope: Scope) -> Condition:
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(left, Constant):
        a, b = same_kind(left.value, right.value, scope.facts)  # type: ignore[union-attr]
        return sa.true() if a == b and type(a) is type(b) else sa.false()
    if isinstance(right, Term):
        return left.column.is_not_distinct_from(right.column)
    value = _fit(right.value, left, scope.facts)
    if value is None:
        return left.column.is_(None) if right.value is None else sa.false()
    if left.scale is not None and not terms.is_exact(value, left.scale):
        return sa.false()
    return sa.and_(left.column == terms.bind(value, left), left.column.is_not(None))


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _ordered(operator: str, left: Value, right: Value, scope: Scope) -> Condition:
    if isinstance(left, Constant):
        left, right, operator = right, left, _MIRRORED[operator]
    if isinstance(left, Constant):
        order = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}[operator]
        a, b = same_kind(left.value, right.value, scope.facts)  # type: ignore[union-attr]
        fits = a is not None and b is not None and type(a) is type(b)
        return sa.true() if fits and getattr(a, order)(b) is True else sa.false()
    if isinstance(right, Term):
        compared = left.column.op(operator, is_comparison=True)(right.column)
        return sa.and_(compared, left.column.is_not(None), right.column.is_not(None))
    value = _fit(right.value, left, scope.facts)
    if value is None:
        return sa.false()
    bound = terms.bind(terms.round_for(operator, value, left.scale), left)
    return sa.and_(left.column.op(operator, is_comparison=True)(bound), left.column.is_not(None))


def _fit(value: Any, term: Term, facts: Facts) -> Any:
    """A constant as the column compares it; None when it can never be equal."""
    like = {"date": date(2000, 1, 1), "datetime": facts.now}.get(term.kind)
    if like is not None:
        if term.kind == "date" and isinstance(value, datetime):
            return value.astimezone(facts.zone).date()
        value, _ = same_kind(value, like, facts)
        fits = isinstance(value, datetime) if term.kind == "datetime" else type(value) is date
        if fits and term.kind == "datetime" and value.tzinfo is None:
            value = value.replace(tzinfo=facts.zone)
        return value if fits else None
    kinds: dict[str, type] = {"number": Decimal, "money": Decimal, "duration": Decimal, "boolean": bool}
    return value if isinstance(value, kinds.get(term.kind, str)) else None


def _within(node: Compare, scope: Scope) -> Condition:
    if isinstance(node.right, Items):
        left = _value(node.left, scope)
        options = [_value(item, scope) for item in node.right.items]
        return sa.or_(sa.false(), *(_equal(left, option, scope) for option in options))
    left = _value(node.left, scope)
    if isinstance(node.right, Path) and node.right.names != ("me", "teams"):
        if len(node.right.names) != 1 or isinstance(left, Term):
            raise _refused(node, '"in" a field takes a constant on its left.')
        return sa.false() if left.value is None else scope.holds(node.right.names[0], left.value)
    right = _value(node.right, scope)
    among = right.value if isinstance(right, Constant) else ()
    options = [Constant(each) for each in among or ()]
    return sa.or_(sa.false(), *(_equal(left, option, scope) for option in options))


def _search(node: Call, scope: Scope) -> Condition:
    first = node.arguments[0]
    part = _value(node.arguments[1], scope)
    if not isinstance(part, Constant):
        raise _refused(node, f"{node.name} takes a constant as its second value.")
    if not isinstance(part.value, str) or not part.value:
        return sa.false()
    value = _value(first, scope)
    if isinstance(value, Constant):
        found = compile_closure(Expression("", node))(Given({}, scope.facts))
        return sa.true() if found is True else sa.false()
    if value.kind in {"choices", "records"} and isinstance(first, Path):
        return scope.holds(first.names[0], part.value)
    return sa.and_(value.column.is_not(None), terms.search(value.column, node.name, part.value))


def _is_empty(node: Call, scope: Scope) -> Condition:
    value = _value(node.arguments[0], scope)
    if isinstance(value, Constant):
        return sa.true() if value.value in (None, "", []) else sa.false()
    return value.column.is_(None)


def _related(node: Call, scope: Scope) -> tuple[Related, Condition]:
    path = node.arguments[0]
    if not isinstance(path, Path) or len(path.names) != 1:
        raise _refused(node, f"{node.name} looks at a relation of the record itself.")
    related = scope.follow(path.names[0])
    inner = node.arguments[1] if len(node.arguments) > 1 else Literal(True)
    return related, _condition(inner, related.scope)


def _any(node: Call, scope: Scope) -> Condition:
    related, condition = _related(node, scope)
    return sa.exists().select_from(related.table).where(related.condition, condition)


def _all(node: Call, scope: Scope) -> Condition:
    related, condition = _related(node, scope)
    broken = sa.exists().select_from(related.table).where(related.condition, sa.not_(condition))
    return sa.not_(broken)


def _count(node: Call, scope: Scope) -> Term:
    related, condition = _related(node, scope)
    counted = sa.select(sa.func.count()).select_from(related.table)
    return Term(counted.where(related.condition, condition).scalar_subquery(), "number")


_CONDITIONS: dict[str, Callable[[Call, Scope], Condition]] = {
    "contains": _search,
    "starts_with": _search,
    "ends_with": _search,
    "is_empty": _is_empty,
    "any": _any,
    "all": _all,
}


def _refused(node: Node, message: str) -> ExpressionRefused:
    problem = ExpressionProblem("expression.not-available", message, node.column)
    return ExpressionRefused([problem])
