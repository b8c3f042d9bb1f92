"""What an expression comes to, as a field keeps it: rounded half-even to the field's decimals, in the
field's own columns, in Python and in SQL alike. What the field can't hold is empty.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import sqlalchemy as sa

from engine.errors import ValueRefused
from engine.expressions.facts import Facts
from engine.expressions.functions import amount_of
from engine.expressions.terms import Term
from engine.expressions.values import Column, day_of, loosened, moment_of
from engine.fields.base import FieldType
from engine.fields.money import LARGEST, SCALE, Money, places
from engine.storage.types import ExactNumber, PlainText

LARGEST_STORED = 9 * 10**18  # what 64 bits hold, in smallest steps


def fitted(value: Any, behaviour: FieldType[Any], facts: Facts, currency: str = "") -> Any:
    """What a closure answered, as a value of a field. `currency` is that of an amount without one."""
    if value is None:
        return None
    kind = behaviour.value_type
    if kind == "money":
        return _fitted_money(value, currency)
    if kind in {"date", "datetime"} and isinstance(value, date):
        is_moment = isinstance(value, datetime)
        if kind == "date":
            return facts.day_of(value)
        return value if is_moment else facts.start_of(value)
    if isinstance(value, list) and kind == "text":
        return ", ".join(value) or None
    value = amount_of(value)
    column = next(iter(behaviour.columns().values()))
    if isinstance(value, Decimal):
        scale = column.scale if isinstance(column, ExactNumber) else 0
        value = value.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_EVEN)
        return behaviour.load(value if isinstance(column, ExactNumber) else int(value)) if _holds(value, scale) else None
    if isinstance(value, str) and not behaviour.relation:
        return value.strip() or None
    try:
        return behaviour.parse(value)
    except ValueRefused:
        return None


def _holds(value: Decimal, scale: int) -> bool:
    return abs(value.scaleb(scale)) < LARGEST_STORED


def _fitted_money(value: Any, currency: str) -> Money | None:
    code = value.currency if isinstance(value, Money) else currency
    if not code:
        return None
    amount = Decimal(amount_of(value)).quantize(Decimal(1).scaleb(-places(code)), rounding=ROUND_HALF_EVEN)
    return Money(amount, code) if abs(amount) <= LARGEST else None


def columns_of(term: Term, behaviour: FieldType[Any], facts: Facts, currency: str = "") -> tuple[Column, ...]:
    """What SQL worked out, in the columns of a field."""
    kinds = list(behaviour.columns().values())
    first = kinds[0]
    if term.kind == "empty":
        return tuple(sa.literal(None, kind) for kind in kinds)
    if behaviour.value_type == "money":
        return _money_columns(term, currency)
    if behaviour.value_type == "date":
        return (sa.type_coerce(day_of(term, facts).column, first),)
    if behaviour.value_type == "datetime":
        return (sa.type_coerce(moment_of(term, facts).column, first),)
    if term.kind in {"number", "money", "duration"}:
        scale = first.scale if isinstance(first, ExactNumber) else 0
        return (_fixed(loosened(term), sa.literal_column(str(scale)), scale, first),)
    if term.kind == "choices" and isinstance(first, PlainText):
        return (sa.type_coerce(sa.func.pulse_joined(term.column), first),)
    if isinstance(first, PlainText) and not behaviour.relation:
        return (sa.type_coerce(sa.func.pulse_trim(term.column), first),)
    return (sa.type_coerce(term.column, first),)


def _fixed(number: Column, places: Column, scale: int, kind: sa.types.TypeEngine[Any]) -> Column:
    """A number with so many decimals, as a column with a scale has it."""
    fixed = sa.func.pulse_fixed(number, places, sa.literal_column(str(scale)))
    return sa.type_coerce(fixed, kind) if isinstance(kind, ExactNumber) else sa.cast(fixed, kind)


def _money_columns(term: Term, currency: str) -> tuple[Column, Column]:
    usual = sa.literal(currency or None, PlainText())
    code = usual if term.currency is None else sa.func.coalesce(term.currency, usual)
    amount = sa.func.pulse_money(loosened(term), code)
    kept = sa.type_coerce(amount, ExactNumber(SCALE))
    return kept, sa.type_coerce(sa.case((amount.is_not(None), code), else_=sa.null()), PlainText())
