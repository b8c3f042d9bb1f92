"""One currency for all amounts of an answer, and by which rates: those of today, of a day, or of a day
that each record has.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.errors import Malformed, Problem
from engine.expressions import asker
from engine.expressions.sql import compile_term
from engine.expressions.terms import Term
from engine.expressions.values import Column, converted, day_of
from engine.fields.money import currencies
from engine.records.filters import RowScope, malformed, read_expression
from engine.storage.types import Day, PlainText
from metadata.syntax import ExpressionRefused
from metadata.value_types import WRITTEN, read_moment


@dataclass(frozen=True, slots=True)
class Conversion:
    """What amounts are brought to. `policy` is today, date or field; `at` is the day, or the field's path."""

    currency: str
    policy: str
    at: str
    scope: RowScope
    day: Column

    def of(self, money: Term) -> tuple[Column, Column, Column]:
        """The amounts that are in the currency already; the others, brought to it; and what these were in.

        An amount for which there is no rate is left out of the second, and not of the third.
        """
        target = sa.literal(self.currency, PlainText())
        code = money.currency
        assert code is not None  # noqa: S101 - asked of money only
        is_other = code != target
        turned = converted(money, target, self.scope.rate(code, self.day), self.scope.rate(target, self.day)).column

        def only(condition: sa.ColumnElement[bool], column: Column) -> Column:
            return sa.type_coerce(sa.case((condition, column), else_=sa.null()), column.type)

        return only(code == target, money.column), only(is_other, turned), only(is_other, sa.type_coerce(code, PlainText()))


def read_conversion(scope: RowScope, currency: str, rate_date: str) -> Conversion:
    """The currency and day that were asked for; the reporting currency and today where none were."""
    code = currency or scope.ctx.machine.catalog.settings.currency
    if code not in currencies():
        message = f'"{code}" is no currency. Write its code, such as EUR.'
        raise Malformed("currency.unknown", message, problems=[Problem("/currency", "currency.unknown", message)])
    if not rate_date:
        return Conversion(code, "today", scope.facts.today.isoformat(), scope, asker.today(scope.facts))
    moment = read_moment(rate_date)
    if moment is not None:
        day = scope.facts.day_of(moment)
        return Conversion(code, "date", day.isoformat(), scope, sa.literal(day, Day()))
    return Conversion(code, "field", rate_date, scope, _day_of_each(scope, rate_date))


def _day_of_each(scope: RowScope, source: str) -> Column:
    """A day that each record has by itself."""
    try:
        term = compile_term(read_expression(scope.ctx, scope.entity, source, "aggregate", expects="date"), scope)
    except ExpressionRefused as refusal:
        raise malformed(refusal, "rate_date") from refusal
    if term.kind not in WRITTEN:
        message = "The day of a rate is today, a day such as 2026-01-31, or a field that holds one."
        raise Malformed("rate_date.unknown", message, problems=[Problem("/rate_date", "rate_date.unknown", message)])
    return day_of(term, scope.facts).column
