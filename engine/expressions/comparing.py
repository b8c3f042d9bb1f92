"""Comparing in SQL as the closures compare in Python: two-valued, exact, days beside moments.

An empty side is never less or more; two empty sides are equal; the negation of a comparison
is made above, never here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import sqlalchemy as sa

from engine.expressions.closure import ORDERS, are_equal, is_ordered
from engine.expressions.facts import Facts
from engine.expressions.terms import Constant, Term, Value, rescaled

Condition = sa.ColumnElement[bool]
NUMBERS = frozenset(("number", "money", "duration"))
LARGEST_STORED = 9 * 10**18  # what 64 bits hold, in smallest steps
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class CannotCompareError(Exception):
    """Two values of a record that no database compares for us yet."""


def equal(left: Value, right: Value, facts: Facts) -> Condition:
    """Whether two values are the same, both empty included."""
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(left, Constant) and isinstance(right, Constant):
        return sa.true() if are_equal(left.value, right.value, facts) else sa.false()
    assert isinstance(left, Term)  # noqa: S101 - two constants were answered above
    if isinstance(right, Term):
        one, other = _alike(left, right)
        return one.is_not_distinct_from(other)
    if right.value is None:
        return left.column.is_(None)
    fitted = _fit(right.value, left, facts)
    if fitted is None or not fitted.is_exact:
        return sa.false()
    return sa.and_(left.column == fitted.bound, left.column.is_not(None))


def ordered(operator: str, left: Value, right: Value, facts: Facts) -> Condition:
    """Whether one value comes before or after another; never when one is empty."""
    if isinstance(left, Constant):
        left, right, operator = right, left, _MIRRORED[operator]
    if isinstance(left, Constant) and isinstance(right, Constant):
        holds = is_ordered(ORDERS[operator], left.value, right.value, facts)
        return sa.true() if holds else sa.false()
    assert isinstance(left, Term)  # noqa: S101 - two constants were answered above
    if isinstance(right, Term):
        one, other = _alike(left, right)
        compared = one.op(operator, is_comparison=True)(other)
        return sa.and_(compared, left.column.is_not(None), right.column.is_not(None))
    fitted = None if right.value is None else _fit(right.value, left, facts)
    if fitted is None:
        return sa.false()
    compared = left.column.op(fitted.operator(operator), is_comparison=True)(fitted.bound)
    return sa.and_(compared, left.column.is_not(None))


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


def _alike(left: Term, right: Term) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Two columns as they compare with each other."""
    if {left.kind, right.kind} == {"date", "datetime"}:
        raise CannotCompareError
    if left.kind in NUMBERS and right.kind in NUMBERS:
        scale = max(left.scale, right.scale)
        return rescaled(left, scale), rescaled(right, scale)
    return left.column, right.column


