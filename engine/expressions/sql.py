"""Expressions as SQL conditions, alike on SQLite and PostgreSQL.

A condition made here is never NULL: what is empty is false, and its negation true, as
the language says. Every value is bound; a path over a link is a subquery through the
gate of the entity it leads to.
"""

from collections.abc import Callable

import sqlalchemy as sa

from engine.expressions import asker, comparing, pricing, terms, values
from engine.expressions.aggregates import aggregate
from engine.expressions.closure import Given, compile_closure
from engine.expressions.following import (
    approach,
    ends_in_many,
    holds,
    is_over_many,
    of_one,
    refused,
    steps,
    value_at,
)
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
    found = value_at(Path(path), scope)
    if isinstance(found, Constant):
        raise refused(Path(path), "This is no field.")
    return found


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
    remote = None if scope.pricing else take_apart(node)  # a day to price by is one of this row
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
        found = value_at(node, scope)
        return found if scope.pricing is None else pricing.priced(found, scope, _value)
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
        case Call() if is_over_many(node, scope):
            return _over_many(node, scope)
        case Call(name="in_currency"):
            return _in_currency(node, scope)
        case Call(name=name, arguments=arguments) if name in CALLS:
            return CALLS[name](scope.facts, [_value(each, scope) for each in arguments])
        case Compare() | Logic() | Not():
            return Term(_condition(node, scope), "boolean")
        case Call(name=name) if name in _CONDITIONS:
            return Term(_condition(node, scope), "boolean")
    name = node.name if isinstance(node, Call) else "This"
    raise refused(node, f"{name} can't be asked of a database.")


def _arithmetic(node: Arithmetic, scope: Scope) -> Term:
    left = _value(node.left, scope)
    if isinstance(node.right, Call) and node.right.name in PERIODS:
        count = as_term(_value(node.right.arguments[0], scope), "number")
        if node.operator == "-":
            count = negative(count)
        return shifted(scope.facts, as_term(left, "date"), node.right.name, count)
    right = _value(node.right, scope)
    if node.operator == "+" and values.are_texts(left, right):
        return joined(as_term(left), as_term(right))
    return reckoned(node.operator, as_term(left, "number"), as_term(right, "number"))


def _case(arguments: tuple[Node, ...], scope: Scope) -> Value:
    pairs = zip(arguments[::2], arguments[1::2], strict=False)
    cases = [(_condition(condition, scope), _value(value, scope)) for condition, value in pairs]
    otherwise = _value(arguments[-1], scope) if len(arguments) % 2 else Constant(None)
    return chosen(cases, otherwise, scope.facts)


def _in_currency(node: Call, scope: Scope) -> Value:
    """An amount in another currency, at the rates of a day, or of today."""
    money, code, *days = (_value(each, scope) for each in node.arguments)
    return pricing.in_currency(money, code, days[0] if days else None, scope)


def _is_fixed(node: Node, *, late: bool) -> bool:
    """Whether a node comes to the same for every row, and is known before it is asked."""
    return not any(
        (isinstance(each, Path) and (late or each.names != ("me",)))
        or (isinstance(each, Call) and (each.name in NEVER_FIXED or (late and each.name in ASKED)))
        for each in walk(node)
    )


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
        raise refused(node.right, '"in" looks into a list or a field.')
    if isinstance(left, Constant) and left.value is None:
        return sa.false()
    value = as_term(left).column
    if node.right.names == ("me", "teams"):
        return asker.is_team(scope.facts, value)
    return holds(node.right.names, value, scope)


def _search(node: Call, scope: Scope) -> Condition:
    first = node.arguments[0]
    part, value = _value(node.arguments[1], scope), _value(first, scope)
    if isinstance(part, Constant) and (not isinstance(part.value, str) or not part.value):
        return sa.false()
    if isinstance(value, Term) and value.kind == "choices":
        if not isinstance(first, Path):
            raise refused(node, "A list that is made can't be looked into; use any.")
        return holds(first.names, as_term(part).column, scope)
    text = as_term(value).column
    if isinstance(part, Constant):
        return sa.and_(text.is_not(None), terms.search(text, node.name, part.value))
    return terms.has_part(text, node.name, as_term(part).column)


def _is_empty(node: Call, scope: Scope) -> Condition:
    inner = node.arguments[0]
    if isinstance(inner, Path) and ends_in_many(inner.names, scope):
        at, related, last = approach(inner.names, scope)
        there = at.follow(last).any()
        return sa.not_(there if related is None else related(there))
    value = _value(inner, scope)
    if isinstance(value, Constant):
        return sa.true() if value.value in (None, "", []) else sa.false()
    return value.column.is_(None)


def _related(node: Call, scope: Scope) -> tuple[Related, Condition]:
    path = node.arguments[0]
    if not isinstance(path, Path) or (len(path.names) != 1 and node.name not in OF_VALUES):
        raise refused(node, f"{node.name} looks at a relation to many records.")
    related = scope.follow(path.names[0])
    inner = node.arguments[1] if len(node.arguments) > 1 else Literal(True)
    return related, _condition(inner, related.scope)


def _any(node: Call, scope: Scope) -> Condition:
    node, scope, links = steps(node, scope)
    related, condition = _related(node, scope)
    found = related.any(condition)
    for link in reversed(links):
        found = link.any(found)
    return found


def _all(node: Call, scope: Scope) -> Condition:
    node, scope, links = steps(node, scope)
    related, condition = _related(node, scope)
    exception = related.any(sa.not_(condition))
    for link in reversed(links):
        exception = link.any(exception)
    return sa.not_(exception)


def _over_many(node: Call, scope: Scope) -> Term:
    if node.name in _CONDITIONS:
        return Term(_CONDITIONS[node.name](node, scope), "boolean")
    node, scope, links = steps(node, scope)
    related, condition = _related(node, scope)
    path = node.arguments[0]
    behind = path.names[1:] if isinstance(path, Path) else ()
    value = as_term(value_at(Path(behind), related.scope)) if behind else None
    value = pricing.if_it_can(value, related.scope, _value) if value else None
    result = pricing.only_in(scope, aggregate(node.name, related, condition, value))
    for link in reversed(links):
        result = of_one(link, result)
    if links and node.name in {"count", "sum"}:
        result = Term(sa.type_coerce(sa.func.coalesce(result.column, 0), result.column.type), result.kind, result.currency)
    return result


def _in_team(node: Call, scope: Scope) -> Condition:
    name = _value(node.arguments[0], scope)
    if isinstance(name, Constant) and isinstance(name.value, str):
        return scope.in_team(name.value)
    raise refused(node, "in_team takes the name of a team in quotes.")


_CONDITIONS: dict[str, Callable[[Call, Scope], Condition]] = {
    "contains": _search,
    "starts_with": _search,
    "ends_with": _search,
    "is_empty": _is_empty,
    "in_team": _in_team,
    "reports_to": lambda node, scope: scope.reports(as_term(_value(node.arguments[0], scope)).column),
    "any": _any,
    "all": _all,
}
