"""Where the paths of an expression lead in SQL: to a value of the row, over links to a value of
another, or to a relation to many.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.expressions import asker
from engine.expressions.scopes import Condition, Related, Scope
from engine.expressions.terms import Constant, Term, Value
from metadata.functions import EITHER, TO_MANY
from metadata.syntax import Call, ExpressionProblem, ExpressionRefused, Node, Path


def value_at(node: Path, scope: Scope) -> Value:
    """The value that a path leads to."""
    names = node.names
    if names == ("me",):
        is_late = scope.facts.is_late
        return Term(asker.user(scope.facts), "record") if is_late else Constant(scope.facts.user_id)
    if names == ("me", "teams"):
        return Constant(sorted(scope.facts.teams))
    if names[0] == "me" and len(names) > 1:
        return _through(scope.user(), names[1:], node)
    if names[0] == "parent" and scope.outer is not None:
        return value_at(Path(names[1:], column=node.column, length=node.length), scope.outer)
    if len(names) == 1:
        state = scope.state(names[0])
        return scope.term(names[0]) if state is None else Term(state, "boolean")
    if len(names) == 2 and scope.is_field(*names):
        return scope.term(*names)
    return _through(scope.follow(names[0]), names[1:], node)


def _through(related: Related, names: tuple[str, ...], node: Path) -> Value:
    inner = value_at(Path(names, column=node.column, length=node.length), related.scope)
    if isinstance(inner, Constant):
        return inner
    return of_one(related, inner)


def of_one(related: Related, inner: Term) -> Term:
    """A value of the one record that a link leads to."""

    def found(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        chosen = sa.select(column).select_from(related.table).where(related.condition)
        return sa.type_coerce(chosen.limit(1).scalar_subquery(), column.type)

    currency = None if inner.currency is None else found(inner.currency)
    return Term(found(inner.column), inner.kind, currency)


def holds(names: tuple[str, ...], value: sa.ColumnElement[Any], scope: Scope) -> Condition:
    """Whether the several values at the end of a path have one among them."""
    at, related, last = approach(names, scope)
    found = sa.and_(value.is_not(None), at.holds(last, value))
    return found if related is None else related(found)


def approach(
    names: tuple[str, ...], scope: Scope
) -> tuple[Scope, Callable[[Condition], Condition] | None, str]:
    """Walk a path up to its last name: the scope there, and what a condition there means here."""
    if names[0] == "parent" and scope.outer is not None and len(names) > 1:
        return approach(names[1:], scope.outer)
    if len(names) == 1:
        return scope, None, names[0]
    is_me = names[0] == "me"
    related = scope.user() if is_me else scope.follow(names[0])
    at, beyond, last = approach(names[1:], related.scope)
    return at, lambda found: related.any(found if beyond is None else beyond(found)), last


def ends_in_many(names: tuple[str, ...], scope: Scope) -> bool:
    """Whether a path leads to many records, and not to a value."""
    first, *rest = names
    if names == ("me",) or (rest and scope.is_field(first, rest[0])):
        return False
    if first == "me":
        return rest != ["teams"] and ends_in_many(tuple(rest), scope.user().scope)
    if first == "parent" and scope.outer is not None:
        return ends_in_many(tuple(rest), scope.outer)
    return ends_in_many(tuple(rest), scope.follow(first).scope) if rest else scope.is_many(first)


def is_over_many(node: Call, scope: Scope) -> bool:
    """Whether a call looks at related records, and not at values that it is given."""
    if node.name not in TO_MANY:
        return False
    first = node.arguments[0]
    return node.name not in EITHER or (isinstance(first, Path) and _goes_over_many(first.names, scope))


def _goes_over_many(names: tuple[str, ...], scope: Scope) -> bool:
    first, *rest = names
    if first == "parent" and scope.outer is not None and rest:
        return _goes_over_many(tuple(rest), scope.outer)
    if first != "me" and scope.is_many(first):
        return True
    if not rest or not (first == "me" or scope.is_link(first)):
        return False
    near = scope.user() if first == "me" else scope.follow(first)
    return _goes_over_many(tuple(rest), near.scope)


def steps(node: Call, scope: Scope) -> tuple[Call, Scope, list[Related]]:
    """A call at the record that has the relation, and the links that lead there."""
    links: list[Related] = []
    while True:
        path = node.arguments[0]
        if not isinstance(path, Path):
            raise refused(node, f"{node.name} looks at a relation to many records.")
        first, *rest = path.names
        if first != "me" and scope.is_many(first):
            return node, scope, links
        if not rest:
            raise refused(node, f"{node.name} looks at a relation to many records.")
        if first == "parent" and scope.outer is not None:
            scope = scope.outer
        else:
            links.append(scope.user() if first == "me" else scope.follow(first))
            scope = links[-1].scope
        shorter = Path(tuple(rest), column=path.column, length=path.length)
        node = Call(node.name, (shorter, *node.arguments[1:]), column=node.column, length=node.length)


def refused(node: Node, message: str) -> ExpressionRefused:
    """The refusal of a part that no database can be asked."""
    problem = ExpressionProblem("expression.not-available", message, node.column, node.length)
    return ExpressionRefused([problem])
