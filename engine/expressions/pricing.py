"""Money in another currency, by the rates of a day. What can't be turned is empty; among amounts that
are joined it stays what it was, so that they are seen to be of several currencies.
"""

from collections.abc import Callable

import sqlalchemy as sa

from engine.expressions import asker
from engine.expressions.scopes import Scope
from engine.expressions.terms import Constant, Term, Value
from engine.expressions.values import LOOSE, Column, as_term, converted, day_of, loosened
from engine.storage.types import PlainText
from metadata.syntax import Node

Worth = Callable[[Node, Scope], Value]  # what an expression comes to at a row


def in_currency(money: Value, code: Value, day: Value | None, scope: Scope) -> Value:
    """An amount at the rates of a day, or of today."""
    if not isinstance(money, Term) or money.currency is None or not isinstance(code, Constant):
        return Constant(None)
    when = asker.today(scope.facts) if day is None else day_of(as_term(day, "date"), scope.facts).column
    target = sa.literal(code.value, PlainText())
    return converted(money, target, scope.rate(money.currency, when), scope.rate(target, when))


def priced(value: Value, scope: Scope, worth: Worth) -> Value:
    """An amount as the pricing of its row has it; other values as they are."""
    if scope.pricing is None or not isinstance(value, Term) or value.currency is None:
        return value
    day = worth(scope.pricing.day.root, scope.unpriced())
    return in_currency(value, Constant(scope.pricing.currency), day, scope)


def if_it_can(money: Term, scope: Scope, worth: Worth) -> Term:
    """An amount as the pricing of its row has it, or as it is where there is no rate."""
    turned = priced(money, scope, worth)
    if turned is money or not isinstance(turned, Term):
        return money
    is_turned = turned.column.is_not(None)
    amount = sa.case((is_turned, turned.column), else_=sa.type_coerce(loosened(money), LOOSE))
    code = sa.case((is_turned, turned.currency), else_=money.currency)
    return Term(sa.type_coerce(amount, LOOSE), "money", sa.type_coerce(code, PlainText()))


def only_in(scope: Scope, joined: Term) -> Term:
    """What amounts come to that were all turned; empty when one was not."""
    if joined.currency is None or scope.pricing is None:
        return joined
    is_that = sa.or_(joined.currency.is_(None), joined.currency == scope.pricing.currency)
    amount: Column = sa.case((is_that, joined.column), else_=sa.null())
    return Term(sa.type_coerce(amount, joined.column.type), joined.kind, joined.currency)
