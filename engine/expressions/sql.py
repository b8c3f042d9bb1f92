"""Expressions as SQL conditions, alike on SQLite and PostgreSQL.

A condition made here is never NULL: what is empty is false, and its negation true, as
the language says. Every value is bound; a path over a link is a subquery through the
gate of the entity it leads to.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.expressions import asker, comparing, terms
from engine.expressions.aggregates import aggregate
from engine.expressions.closure import Given, compile_closure
from engine.expressions.remote import take_apart
from engine.expressions.scopes import Condition, Related, Scope
from engine.expressions.sql_calls import CALLS, joined, negative, shifted
from engine.expressions.terms import Constant, Term, Value
from engine.expressions.values import as_term, chosen, reckoned
from metadata.functions import EITHER, OF_CALENDAR, OF_READER, OF_TIME, OF_VALUES, PERIODS, TO_MANY
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
    walk,
)

NEVER_FIXED = (TO_MANY - EITHER) | {"in_team", "reports_to", "in_currency"}
ASKED = OF_TIME | OF_READER | OF_CALENDAR | PERIODS


def compile_sql(expression: Expression, scope: Scope) -> Condition:
    """The condition of an expression over the rows of a scope."""
    return _condition(expression.root, scope)


def compile_term(expression: Expression, scope: Scope) -> Term:
    """The value of an expression for each row of a scope."""
    return as_term(_value(expression.root, scope))


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
    """A term, or a constant when nothing in the node depends on the row, or on an asker to come."""
    if isinstance(node, Path):
        return _path(node, scope)
    if _is_fixed(node, late=scope.facts.is_late):
        return Constant(compile_closure(Expression("", node))(Given({}, scope.facts)))
    match node:
        case Literal(value=value):
            return Constant(value)
        case Negative(operand=operand):
            return negative(as_term(_value(operand, scope), "number"))
        case Arithmetic():
            return _arithmetic(node, scope)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            case = (_condition(condition, scope), _value(then, scope))
            return chosen([case], _value(otherwise, scope), scope.facts)
        case Call(name="case", arguments=arguments):
            return _case(arguments, scope)
        case Call() if _is_over_many(node, scope):
            return _over_many(node, scope)
        case Call(name=name, arguments=arguments) if name in CALLS:
            return CALLS[name](scope.facts, [_value(each, scope) for each in arguments])
        case Compare() | Logic() | Not():
            return Term(_condition(node, scope), "boolean")
        case Call(name=name) if name in _CONDITIONS:
            return Term(_condition(node, scope), "boolean")
    raise _refused(node, "This can't be asked of a database.")


def _arithmetic(node: Arithmetic, scope: Scope) -> Term:
    left = _value(node.left, scope)
    if isinstance(node.right, Call) and node.right.name in PERIODS:
        count = as_term(_value(node.right.arguments[0], scope), "number")
        if node.operator == "-":
            count = negative(count)
        return shifted(scope.facts, as_term(left, "date"), node.right.name, count)
    right = _value(node.right, scope)
    kinds = {_kind(left), _kind(right)}
    if node.operator == "+" and kinds & {"text", "choice", "stage", "record", "pipeline"}:
        return joined(as_term(left), as_term(right))
    return reckoned(node.operator, as_term(left, "number"), as_term(right, "number"))


def _kind(value: Value) -> str:
    if isinstance(value, Term):
        return value.kind
    return "text" if isinstance(value.value, str) else "number"


def _case(arguments: tuple[Node, ...], scope: Scope) -> Value:
    pairs = zip(arguments[::2], arguments[1::2], strict=False)
    cases = [(_condition(condition, scope), _value(value, scope)) for condition, value in pairs]
    otherwise = _value(arguments[-1], scope) if len(arguments) % 2 else Constant(None)
    return chosen(cases, otherwise, scope.facts)


def _is_fixed(node: Node, *, late: bool) -> bool:
    """Whether a node comes to the same for every row, and is known before it is asked."""
    return not any(
        (isinstance(each, Path) and (late or each.names != ("me",)))
        or (isinstance(each, Call) and (each.name in NEVER_FIXED or (late and each.name in ASKED)))
        for each in walk(node)
    )


def _path(node: Path, scope: Scope) -> Value:
    names = node.names
    if names == ("me",):
        is_late = scope.facts.is_late
        return Term(asker.user(scope.facts), "record") if is_late else Constant(scope.facts.user_id)
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
    return _of_one(related, inner)


def _of_one(related: Related, inner: Term) -> Term:
    """A value of the one record that a link leads to."""

    def found(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        chosen = sa.select(column).select_from(related.table).where(related.condition)
        return sa.type_coerce(chosen.limit(1).scalar_subquery(), column.type)

    currency = None if inner.currency is None else found(inner.currency)
    return Term(found(inner.column), inner.kind, currency)


def _compare(node: Compare, scope: Scope) -> Condition:
    if node.operator in {"in", "not in"}:
        found = _within(node, scope)
        return found if node.operator == "in" else sa.not_(found)
    left, right = _value(node.left, scope), _value(node.right, scope)
    if node.operator in {"==", "!="}:
        same = comparing.equal(left, right, scope.facts)
        return same if node.operator == "==" else sa.not_(same)
    return comparing.ordered(node.operator, left, right, scope.facts)


def _within(node: Compare, scope: Scope) -> Condition:
    left = _value(node.left, scope)
    if isinstance(node.right, Items):
        options = [_value(item, scope) for item in node.right.items]
        same = (comparing.equal(left, option, scope.facts) for option in options)
        return sa.or_(sa.false(), *same)
    if not isinstance(node.right, Path):
        raise _refused(node.right, '"in" looks into a list or a field.')
    if isinstance(left, Constant) and left.value is None:
        return sa.false()
    value = as_term(left).column
    if node.right.names == ("me", "teams"):
        return asker.is_team(scope.facts, value)
    return _holds(node.right.names, value, scope)


def _holds(names: tuple[str, ...], value: sa.ColumnElement[Any], scope: Scope) -> Condition:
    """Whether the several values at the end of a path have one among them."""
    at, related, last = _approach(names, scope)
    found = sa.and_(value.is_not(None), at.holds(last, value))
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
    part, value = _value(node.arguments[1], scope), _value(first, scope)
    if isinstance(part, Constant) and (not isinstance(part.value, str) or not part.value):
        return sa.false()
    if isinstance(value, Term) and value.kind == "choices":
        if not isinstance(first, Path):
            raise _refused(node, "A list that is made can't be looked into; use any.")
        return _holds(first.names, as_term(part).column, scope)
    text = as_term(value).column
    if isinstance(part, Constant):
        return sa.and_(text.is_not(None), terms.search(text, node.name, part.value))
    return terms.has_part(text, node.name, as_term(part).column)


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


def _is_over_many(node: Call, scope: Scope) -> bool:
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


def _steps(node: Call, scope: Scope) -> tuple[Call, Scope, list[Related]]:
    """A call at the record that has the relation, and the links that lead there."""
    links: list[Related] = []
    while True:
        path = node.arguments[0]
        if not isinstance(path, Path):
            raise _refused(node, f"{node.name} looks at a relation to many records.")
        first, *rest = path.names
        if first != "me" and scope.is_many(first):
            return node, scope, links
        if not rest:
            raise _refused(node, f"{node.name} looks at a relation to many records.")
        if first == "parent" and scope.outer is not None:
            scope = scope.outer
        else:
            links.append(scope.user() if first == "me" else scope.follow(first))
            scope = links[-1].scope
        shorter = Path(tuple(rest), column=path.column, length=path.length)
        node = Call(node.name, (shorter, *node.arguments[1:]), column=node.column, length=node.length)


def _related(node: Call, scope: Scope) -> tuple[Related, Condition]:
    path = node.arguments[0]
    if not isinstance(path, Path) or (len(path.names) != 1 and node.name not in OF_VALUES):
        raise _refused(node, f"{node.name} looks at a relation to many records.")
    related = scope.follow(path.names[0])
    inner = node.arguments[1] if len(node.arguments) > 1 else Literal(True)
    return related, _condition(inner, related.scope)


def _any(node: Call, scope: Scope) -> Condition:
    node, scope, links = _steps(node, scope)
    related, condition = _related(node, scope)
    found = related.any(condition)
    for link in reversed(links):
        found = link.any(found)
    return found


def _all(node: Call, scope: Scope) -> Condition:
    node, scope, links = _steps(node, scope)
    related, condition = _related(node, scope)
    exception = related.any(sa.not_(condition))
    for link in reversed(links):
        exception = link.any(exception)
    return sa.not_(exception)


def _over_many(node: Call, scope: Scope) -> Term:
    if node.name in _CONDITIONS:
        return Term(_CONDITIONS[node.name](node, scope), "boolean")
    node, scope, links = _steps(node, scope)
    related, condition = _related(node, scope)
    path = node.arguments[0]
    behind = path.names[1:] if isinstance(path, Path) else ()
    value = as_term(_path(Path(behind), related.scope)) if behind else None
    result = aggregate(node.name, related, condition, value)
    for link in reversed(links):
        result = _of_one(link, result)
    if links and node.name in {"count", "sum"}:
        result = Term(sa.type_coerce(sa.func.coalesce(result.column, 0), result.column.type), result.kind, result.currency)
    return result


def _in_team(node: Call, scope: Scope) -> Condition:
    name = _value(node.arguments[0], scope)
    if not isinstance(name, Constant):
        raise _refused(node, "in_team takes the name of a team in quotes.")
    return scope.in_team(name.value) if isinstance(name.value, str) else sa.false()


def _reports_to(node: Call, scope: Scope) -> Condition:
    return scope.reports(as_term(_value(node.arguments[0], scope)).column)


_CONDITIONS: dict[str, Callable[[Call, Scope], Condition]] = {
    "contains": _search,
    "starts_with": _search,
    "ends_with": _search,
    "is_empty": _is_empty,
    "in_team": _in_team,
    "reports_to": _reports_to,
    "any": _any,
    "all": _all,
}


def _refused(node: Node, message: str) -> ExpressionRefused:
    problem = ExpressionProblem("expression.not-available", message, node.column, node.length)
    return ExpressionRefused([problem])
