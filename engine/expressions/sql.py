"""Expressions as SQL conditions, alike on SQLite and PostgreSQL.

A condition made here is never NULL: what is empty is false, and its negation true, as
the language says. Every value is bound; a path over a link is a subquery through the
gate of the entity it leads to.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.expressions import comparing, terms
from engine.expressions.closure import Given, compile_closure
from engine.expressions.remote import take_apart
from engine.expressions.scopes import Condition, Related, Scope
from engine.expressions.terms import Constant, Term, Value
from metadata.functions import TO_MANY
from metadata.syntax import (
    Call,
    Compare,
    Conditional,
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
    afar = _afar(node, scope)
    if afar is not None:
        return afar
    match node:
        case Logic(operator=operator, operands=operands):
            join = sa.and_ if operator == "and" else sa.or_
            return join(*(_condition(operand, scope) for operand in operands))
        case Not(operand=operand):
            return sa.not_(_condition(operand, scope))
        case Compare():
            return _compare(node, scope)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            test = _condition(condition, scope)
            first, second = _condition(then, scope), _condition(otherwise, scope)
            return sa.or_(sa.and_(test, first), sa.and_(sa.not_(test), second))
        case Call(name=name) if name in _CONDITIONS:
            return _CONDITIONS[name](node, scope)
        case _:
            value = _value(node, scope)
            if isinstance(value, Constant):
                return sa.true() if value.value is True else sa.false()
            if value.kind != "boolean":
                return sa.false()
            return sa.and_(value.column.is_not(None), value.column)


def _afar(node: Node, scope: Scope) -> Condition | None:
    """A condition on a value of one linked record; None where a node says something else."""
    remote = take_apart(node)
    if remote is None or scope.is_many(remote.link) or scope.is_field(*remote.path.names[:2]):
        return None
    if not all(_is_filled(each, scope) for each in remote.given):
        return None
    return scope.among(remote.link, lambda far: _condition(remote.condition, far))


def _is_filled(node: Node, scope: Scope) -> bool:
    """Whether a node is a value that no row changes, and that is not empty."""
    if any(isinstance(each, Path) and each.names != ("me",) for each in walk(node)):
        return False
    value = _value(node, scope)
    return isinstance(value, Constant) and value.value not in (None, "", [])


def _value(node: Node, scope: Scope) -> Value:
    """A term, or a constant when nothing in the node depends on the row."""
    if isinstance(node, Path) and node.names != ("me",):
        return _path(node, scope)
    if _is_fixed(node):
        return Constant(compile_closure(Expression("", node))(Given({}, scope.facts)))
    match node:
        case Call(name="count"):
            return _count(node, scope)
        case Call(name="lower" | "upper" as name, arguments=(inner,)):
            value = _value(inner, scope)
            if isinstance(value, Term):
                return Term(terms.change_case(value.column, name), "text")
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            answers = [_truth(_value(each, scope)) for each in (then, otherwise)]
            if answers[0] is not None and answers[1] is not None:
                chosen = sa.case((_condition(condition, scope), answers[0]), else_=answers[1])
                return Term(chosen, "boolean")
        case Compare() | Logic() | Not():
            return Term(_condition(node, scope), "boolean")
        case Call(name=name) if name in _CONDITIONS:
            return Term(_condition(node, scope), "boolean")
    raise _refused(node, "Reckoning with fields in a filter is not available yet.")


def _truth(value: Value) -> sa.ColumnElement[Any] | None:
    """A value as true, false or empty; None when it is of another type."""
    if isinstance(value, Term):
        return value.column if value.kind == "boolean" else None
    is_truth = value.value is None or isinstance(value.value, bool)
    return sa.literal(value.value, sa.Boolean()) if is_truth else None


def _is_fixed(node: Node) -> bool:
    """Whether a node comes to the same for every row."""
    return not any(
        (isinstance(each, Path) and each.names != ("me",))
        or (isinstance(each, Call) and each.name in TO_MANY)
        for each in walk(node)
    )


def _path(node: Path, scope: Scope) -> Value:
    names = node.names
    if names == ("me", "teams"):
        return Constant(sorted(scope.facts.teams))
    if names[0] == "me" and len(names) > 1:
        return _through(scope.user(), names[1:], node)
    if names[0] == "parent" and scope.outer is not None:
        return _path(Path(names[1:], column=node.column, length=node.length), scope.outer)
    if len(names) == 1:
        state = scope.state(names[0])
        return scope.term(names[0]) if state is None else Term(state, "boolean")
    if len(names) == 2 and scope.is_field(*names):
        return scope.term(*names)
    return _through(scope.follow(names[0]), names[1:], node)


def _through(related: Related, names: tuple[str, ...], node: Path) -> Value:
    inner = _path(Path(names, column=node.column, length=node.length), related.scope)
    if isinstance(inner, Constant):
        return inner
    chosen = sa.select(inner.column).select_from(related.table).where(related.condition)
    return Term(chosen.limit(1).scalar_subquery(), inner.kind)


def _compare(node: Compare, scope: Scope) -> Condition:
    if node.operator in {"in", "not in"}:
        found = _within(node, scope)
        return found if node.operator == "in" else sa.not_(found)
    left, right = _value(node.left, scope), _value(node.right, scope)
    try:
        if node.operator in {"==", "!="}:
            same = comparing.equal(left, right, scope.facts)
            return same if node.operator == "==" else sa.not_(same)
        return comparing.ordered(node.operator, left, right, scope.facts)
    except comparing.CannotCompareError:
        message = "Comparing a day with a moment of a record is not available in a filter yet."
        raise _refused(node, message) from None


def _within(node: Compare, scope: Scope) -> Condition:
    left = _value(node.left, scope)
    if isinstance(node.right, Items):
        options = [_value(item, scope) for item in node.right.items]
        same = (comparing.equal(left, option, scope.facts) for option in options)
        return sa.or_(sa.false(), *same)
    if not isinstance(node.right, Path):
        raise _refused(node.right, '"in" looks into a list or a field.')
    if node.right.names == ("me", "teams"):
        same = (comparing.equal(left, Constant(each), scope.facts) for each in scope.facts.teams)
        return sa.or_(sa.false(), *same)
    if isinstance(left, Term):
        raise _refused(node, '"in" a field takes a constant on its left.')
    return sa.false() if left.value is None else _holds(node.right.names, left.value, scope)


def _holds(names: tuple[str, ...], value: Any, scope: Scope) -> Condition:
    """Whether the several values at the end of a path have one among them."""
    at, related, last = _approach(names, scope)
    found = at.holds(last, value)
    return found if related is None else related(found)


def _approach(
    names: tuple[str, ...], scope: Scope
) -> tuple[Scope, Callable[[Condition], Condition] | None, str]:
    """Walk a path up to its last name: the scope there, and what a condition there means here."""
    if names[0] == "parent" and scope.outer is not None and len(names) > 1:
        return _approach(names[1:], scope.outer)
    if len(names) == 1:
        return scope, None, names[0]
    is_me = names[0] == "me"
    related = scope.user() if is_me else scope.follow(names[0])
    at, beyond, last = _approach(names[1:], related.scope)
    return at, lambda found: related.any(found if beyond is None else beyond(found)), last


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
    if value.kind == "choices" and isinstance(first, Path):
        return _holds(first.names, part.value, scope)
    return sa.and_(value.column.is_not(None), terms.search(value.column, node.name, part.value))


def _is_empty(node: Call, scope: Scope) -> Condition:
    inner = node.arguments[0]
    if isinstance(inner, Path) and _ends_in_many(inner.names, scope):
        at, related, last = _approach(inner.names, scope)
        there = at.follow(last).any()
        return sa.not_(there if related is None else related(there))
    value = _value(inner, scope)
    if isinstance(value, Constant):
        return sa.true() if value.value in (None, "", []) else sa.false()
    return value.column.is_(None)


def _ends_in_many(names: tuple[str, ...], scope: Scope) -> bool:
    """Whether a path leads to many records, and not to a value."""
    first, *rest = names
    if names == ("me",) or (rest and scope.is_field(first, rest[0])):
        return False
    if first == "me":
        return rest != ["teams"] and _ends_in_many(tuple(rest), scope.user().scope)
    if first == "parent" and scope.outer is not None:
        return _ends_in_many(tuple(rest), scope.outer)
    return _ends_in_many(tuple(rest), scope.follow(first).scope) if rest else scope.is_many(first)


def _related(node: Call, scope: Scope) -> tuple[Related, Condition]:
    path = node.arguments[0]
    if not isinstance(path, Path) or len(path.names) != 1:
        raise _refused(node, f"{node.name} looks at a relation of the record itself.")
    related = scope.follow(path.names[0])
    inner = node.arguments[1] if len(node.arguments) > 1 else Literal(True)
    return related, _condition(inner, related.scope)


def _any(node: Call, scope: Scope) -> Condition:
    related, condition = _related(node, scope)
    return related.any(condition)


def _all(node: Call, scope: Scope) -> Condition:
    related, condition = _related(node, scope)
    return sa.not_(related.any(sa.not_(condition)))


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
    problem = ExpressionProblem("expression.not-available", message, node.column, node.length)
    return ExpressionRefused([problem])
