"""Comparing in SQL as the closures compare in Python: two-valued, exact, days beside moments.

An empty side is never less or more; two empty sides are equal; the negation of a comparison
is made above, never here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import sqlalchemy as sa

from engine.expressions import asker
from engine.expressions.closure import ORDERS, are_equal, is_ordered
from engine.expressions.facts import Facts
from engine.expressions.terms import Constant, Term, Value, rescaled, truth
from engine.expressions.values import NUMBERS, as_term, is_loose, loosened, moment_of
from engine.storage.types import Instant, PlainText
from metadata.value_types import WRITTEN, read_moment

Condition = sa.ColumnElement[bool]
LARGEST_STORED = 9 * 10**18  # what 64 bits hold, in smallest steps
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def equal(left: Value, right: Value, facts: Facts) -> Condition:
    """Whether two values are the same, both empty included."""
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(left, Constant) and isinstance(right, Constant):
        return sa.true() if are_equal(left.value, right.value, facts) else sa.false()
    assert isinstance(left, Term)  # noqa: S101 - two constants were answered above
    right = _bound(right, left, facts)
    if isinstance(right, Term):
        return _equal(left, right, facts)
    if right.value is None:
        return left.column.is_(None)
    fitted = _fit(right.value, left, facts)
    if fitted is None or not fitted.is_exact:
        return sa.false()
    return sa.and_(left.column == fitted.bound, left.column.is_not(None))


def _equal(left: Term, right: Term, facts: Facts) -> Condition:
    if left.kind in NUMBERS and right.kind in NUMBERS and (is_loose(left) or is_loose(right)):
        compared = truth(sa.func.pulse_compare(loosened(left), loosened(right)) == 0)
        same: Condition = sa.or_(compared, sa.and_(left.column.is_(None), right.column.is_(None)))
    else:
        one, other = _alike(left, right, facts)
        same = one.is_not_distinct_from(other)
    if left.currency is None or right.currency is None:
        return same
    return sa.and_(same, sa.or_(left.column.is_(None), truth(left.currency == right.currency)))


def ordered(operator: str, left: Value, right: Value, facts: Facts) -> Condition:
    """Whether one value comes before or after another; never when one is empty."""
    if isinstance(left, Constant):
        left, right, operator = right, left, _MIRRORED[operator]
    if isinstance(left, Constant) and isinstance(right, Constant):
        holds = is_ordered(ORDERS[operator], left.value, right.value, facts)
        return sa.true() if holds else sa.false()
    assert isinstance(left, Term)  # noqa: S101 - two constants were answered above
    right = _bound(right, left, facts)
    if isinstance(right, Term):
        return _ordered(operator, left, right, facts)
    fitted = None if right.value is None else _fit(right.value, left, facts)
    if fitted is None:
        return sa.false()
    compared = left.column.op(fitted.operator(operator), is_comparison=True)(fitted.bound)
    return sa.and_(compared, left.column.is_not(None))


def _ordered(operator: str, left: Term, right: Term, facts: Facts) -> Condition:
    if left.kind in NUMBERS and right.kind in NUMBERS and (is_loose(left) or is_loose(right)):
        order = sa.func.pulse_compare(loosened(left), loosened(right), type_=sa.Integer())
        compared: Condition = truth(order.op(operator, is_comparison=True)(0))
    else:
        one, other = _alike(left, right, facts)
        compared = sa.and_(
            one.op(operator, is_comparison=True)(other),
            left.column.is_not(None),
            right.column.is_not(None),
        )
    if left.currency is None or right.currency is None:
        return compared
    return sa.and_(compared, truth(left.currency == right.currency))


def _bound(value: Value, beside: Term, facts: Facts) -> Value:
    """A constant as a part of SQL where it can't be fitted to a column beforehand: beside a number
    that is reckoned, or as a day or moment of an asker to come.
    """
    if isinstance(value, Term) or value.value is None:
        return value
    if beside.kind in NUMBERS and is_loose(beside):
        return as_term(value) if isinstance(value.value, Decimal) else value
    if not facts.is_late or beside.kind not in WRITTEN:
        return value
    moment = read_moment(value.value) if isinstance(value.value, str) else value.value
    if isinstance(moment, datetime) and moment.tzinfo is None:
        text = sa.literal(moment.isoformat(), PlainText())
        return Term(sa.func.pulse_local(text, asker.zone(facts), type_=Instant()), "datetime")
    return as_term(Constant(moment)) if isinstance(moment, date) else value


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A constant as a column can hold it: itself, or the nearest below it."""

    bound: sa.ColumnElement[Any]
    is_exact: bool = True

    def operator(self, asked: str) -> str:
        """What orders the column's values against the bound as they are against the constant."""
        return asked if self.is_exact else {"<": "<=", ">=": ">"}.get(asked, asked)


def _fit(value: Any, term: Term, facts: Facts) -> _Fitted | None:
    """A constant for a column; None when the two are of kinds that never compare."""
    if term.kind in NUMBERS:
        return _fit_number(value, term) if isinstance(value, Decimal) else None
    if term.kind in {"date", "datetime"}:
        moment = facts.read(value) if isinstance(value, str) else value
        return _fit_moment(moment, term, facts) if isinstance(moment, date) else None
    kind = bool if term.kind == "boolean" else str
    return _Fitted(sa.literal(value, term.column.type)) if isinstance(value, kind) else None


def _fit_number(value: Decimal, term: Term) -> _Fitted:
    most = Decimal(LARGEST_STORED).scaleb(-term.scale)
    within = max(-most, min(most, value))
    step = Decimal(1).scaleb(-term.scale)
    below = within.quantize(step, rounding=ROUND_FLOOR)
    return _Fitted(term.bind(below), is_exact=below == value)


def _fit_moment(value: date, term: Term, facts: Facts) -> _Fitted:
    if term.kind == "datetime":
        moment = value if isinstance(value, datetime) else facts.start_of(value)
        return _Fitted(sa.literal(moment, term.column.type))
    if not isinstance(value, datetime):
        return _Fitted(sa.literal(value, term.column.type))
    day = facts.day_of(value)
    return _Fitted(sa.literal(day, term.column.type), is_exact=facts.start_of(day) == value)


def _alike(
    left: Term, right: Term, facts: Facts
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Two columns as they compare with each other."""
    if {left.kind, right.kind} == {"date", "datetime"}:
        return moment_of(left, facts).column, moment_of(right, facts).column
    if left.kind in NUMBERS and right.kind in NUMBERS:
        scale = max(left.scale, right.scale)
        return rescaled(left, scale), rescaled(right, scale)
    return left.column, right.column
