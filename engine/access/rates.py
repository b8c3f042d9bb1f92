"""What a currency is worth on a day, as SQL: the last rate from that day or before, of those that are
kept against the reporting currency. A currency without a rate is worth nothing that can be told.
"""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.terms import Term
from engine.expressions.values import LOOSE, loosened
from metadata.reads import PRESENCE

Column = sa.ColumnElement[Any]
RATES = "exchange_rate"
DECISIVE = frozenset(("currency", "rate", "valid_from", PRESENCE))  # what of a rate others depend on


def rate(ctx: Context, code: Column, day: Column) -> Column:
    """How many of a currency one of the reporting currency was worth on a day."""
    system = ctx.as_system()
    rates = gate.source(system, RATES)
    since = gate.column(system, rates, "valid_from")
    number = loosened(Term(gate.column(system, rates, "rate"), "number"))
    newest = (
        sa.select(number)
        .where(gate.column(system, rates, "currency") == code, since <= day, rates.predicate)
        .order_by(since.desc())
        .limit(1)
        .scalar_subquery()
    )
    reporting = ctx.machine.catalog.settings.currency
    one = sa.literal(Decimal(1), LOOSE)
    return sa.type_coerce(sa.case((code == reporting, one), else_=newest), LOOSE)
