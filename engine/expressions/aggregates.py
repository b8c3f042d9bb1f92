"""What related records come to: counted, added up, averaged, or one of them chosen, each as a
subquery that carries what must hold for the related rows to be seen.

Empty values are passed over. Amounts of several currencies come to nothing, never to a wrong sum.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import sqlalchemy as sa

from engine.expressions.dialects import listed
from engine.expressions.scopes import Condition, Related
from engine.expressions.sql_calls import as_words
from engine.expressions.terms import Term
from engine.expressions.values import LOOSE, NUMBERS, Column, is_loose, loosened
from engine.storage.types import PlainText

Make = Callable[[Related, Condition, Term], Term]


def aggregate(name: str, related: Related, condition: Condition, value: Term | None) -> Term:
    """The value of a function over related records that meet a condition."""
    if value is None:
        counted = sa.select(sa.func.count()).select_from(related.table).where(related.condition, condition)
        return Term(sa.type_coerce(counted.scalar_subquery(), sa.BigInteger()), "number")
    return _MAKE[name](related, condition, value)


def _found(related: Related, condition: Condition, column: Column) -> Column:
    chosen = sa.select(column).select_from(related.table).where(related.condition, condition)
    return sa.type_coerce(chosen.scalar_subquery(), column.type)


def _currency(value: Term) -> Column:
    """The currency of amounts that have one in common."""
    assert value.currency is not None  # noqa: S101 - asked of money only
    code = sa.case((value.column.is_not(None), value.currency), else_=sa.null())
    return sa.type_coerce(sa.case((sa.func.min(code) == sa.func.max(code), sa.func.min(code)), else_=sa.null()), PlainText())


def _money(related: Related, condition: Condition, value: Term, result: Column) -> Term:
    """A result over amounts: none where their currencies differ."""
    if value.currency is None:
        return Term(_found(related, condition, result), value.kind)
    code = _currency(value)
    is_one = sa.or_(sa.func.count(value.column) == 0, code.is_not(None))
    same = sa.type_coerce(sa.case((is_one, result), else_=sa.null()), LOOSE)
    return Term(_found(related, condition, same), "money", _found(related, condition, code))


def _sum(related: Related, condition: Condition, value: Term) -> Term:
    total = sa.func.pulse_fit(sa.func.pulse_sum(loosened(value)))
    whole = sa.case((sa.func.count(value.column) == 0, sa.literal(Decimal(0), LOOSE)), else_=total)
    return _money(related, condition, value, sa.type_coerce(whole, LOOSE))


def _average(related: Related, condition: Condition, value: Term) -> Term:
    total = sa.func.pulse_fit(sa.func.pulse_sum(loosened(value)))
    average = sa.func.pulse_divide(total, sa.func.count(value.column), type_=LOOSE)
    return _money(related, condition, value, average)


def _extreme(name: str) -> Make:
    def make(related: Related, condition: Condition, value: Term) -> Term:
        if value.kind in NUMBERS and (is_loose(value) or value.currency is not None):
            found = getattr(sa.func, f"pulse_{name}")(loosened(value), type_=LOOSE)
            return _money(related, condition, value, found)
        found = sa.type_coerce(getattr(sa.func, name)(value.column), value.column.type)
        return Term(_found(related, condition, found), value.kind)

    return make


def _end(*, last: bool) -> Make:
    """The value of the record that was made first, or last, of those that have one."""

    def make(related: Related, condition: Condition, value: Term) -> Term:
        order = [each.desc() if last else each for each in related.scope.age()]

        def found(column: Column) -> Column:
            chosen = (
                sa.select(column)
                .select_from(related.table)
                .where(related.condition, condition, value.column.is_not(None))
                .order_by(*order)
                .limit(1)
            )
            return sa.type_coerce(chosen.scalar_subquery(), column.type)

        currency = None if value.currency is None else found(value.currency)
        return Term(found(value.column), value.kind, currency)

    return make


def _list(related: Related, condition: Condition, value: Term) -> Term:
    words = sa.type_coerce(as_words(value), PlainText())
    return Term(_found(related, condition, listed(words, *related.scope.age())), "choices")


_MAKE: Mapping[str, Make] = {
    "sum": _sum,
    "avg": _average,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "first": _end(last=False),
    "last": _end(last=True),
    "list": _list,
}
