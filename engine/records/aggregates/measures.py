"""Measures: `count()`, `sum(amount)`, `avg(amount, is_open)`. The first argument is what is measured, in
each record's own names; the second says of which records.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access.known import KnownEntities
from engine.context import Context
from engine.expressions.dialects import median, whole_sum
from engine.expressions.sql import compile_sql, compile_term
from engine.expressions.terms import Term
from engine.expressions.values import LOOSE, NUMBERS, Column, loosened
from engine.records.aggregates.converting import Conversion
from engine.records.filters import RowScope
from engine.records.former import speaker_of
from engine.storage.types import ExactNumber, PlainText
from metadata.diagnostics import way_on
from metadata.expression_types import check_expression, type_of
from metadata.expressions import parse_expression
from metadata.functions import ANY
from metadata.syntax import Call, Expression, ExpressionProblem, ExpressionRefused, Node
from metadata.value_types import CONDITION, ORDERED, TEXTUAL

COUNTED = "count"
TAKES: Mapping[str, frozenset[str]] = {
    "sum": NUMBERS,
    "avg": NUMBERS,
    "median": NUMBERS,
    "min": ORDERED,
    "max": ORDERED,
    "count_distinct": (ORDERED - {"money"}) | TEXTUAL | {"record", CONDITION},
}
FUNCTIONS = (COUNTED, *TAKES)


@dataclass(frozen=True, slots=True)
class Measure:
    """A function over what the records of a group have. `kind` is the type of what it comes to."""

    function: str
    value: Node | None
    condition: Node | None
    kind: str

    @property
    def is_money(self) -> bool:
        """Whether it comes to an amount in a currency."""
        return self.kind == "money"


def read_measure(ctx: Context, scope: RowScope, source: str) -> Measure:
    """A measure of records. ExpressionRefused says what is wrong with it, and where."""
    entity = scope.entity.key
    expression = parse_expression(speaker_of(ctx).expression(entity, source))
    call = expression.root
    if not isinstance(call, Call) or call.name not in FUNCTIONS:
        name = call.name if isinstance(call, Call) else source
        message = f"A measure is one call, such as sum(amount). {way_on(name, FUNCTIONS, 'functions')}"
        raise _refused(call, "measure.unknown", message)
    value, condition = _arguments(call)
    known = KnownEntities(ctx, "aggregate")
    problems: list[ExpressionProblem] = []
    if value is not None:
        problems += check_expression(Expression(source, value), entity, known)
    if condition is not None:
        problems += check_expression(Expression(source, condition), entity, known, expects=CONDITION)
    if problems:
        raise ExpressionRefused(problems)
    if value is None:
        return Measure(call.name, None, condition, "number")
    kind = type_of(value, known[entity], known)
    if kind not in TAKES[call.name] | {ANY}:
        raise _refused(value, "measure.type", f"{call.name} does not take a {kind}.")
    return Measure(call.name, value, condition, "number" if call.name == "count_distinct" else kind)


def _refused(node: Node, code: str, message: str) -> ExpressionRefused:
    return ExpressionRefused([ExpressionProblem(code, message, node.column, node.length)])


def _arguments(call: Call) -> tuple[Node | None, Node | None]:
    """What is measured, and of which records."""
    least, most = (0, 1) if call.name == COUNTED else (1, 2)
    given = call.arguments
    if not least <= len(given) <= most:
        takes = "nothing, or a condition" if call.name == COUNTED else "a value, and perhaps a condition"
        raise _refused(call, "measure.arguments", f"{call.name} takes {takes}.")
    if call.name == COUNTED:
        return None, given[0] if given else None
    return given[0], given[1] if len(given) > 1 else None


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure in SQL: what is asked of each record, and of each group. Amounts in other currencies
    than the one that is answered in stand apart, since only they have to be reckoned with.
    """

    measure: Measure
    parts: Mapping[str, Column]  # of each record, by name
    currency: Column | None = None  # of what it comes to

    def of(self, rows: Mapping[str, Column]) -> Column:
        """What the measure comes to over a group's rows."""
        return _COMES_TO[self.measure.function](self.measure, rows)


def measured(measure: Measure, scope: RowScope, conversion: Conversion) -> Measured:
    """A measure over the rows of a scope."""
    condition = None if measure.condition is None else compile_sql(Expression("", measure.condition), scope)

    def kept(column: Column) -> Column:
        if condition is None:
            return column
        return sa.type_coerce(sa.case((condition, column), else_=sa.null()), column.type)

    if measure.value is None:
        return Measured(measure, {"value": kept(sa.literal(1, sa.Integer()))})
    term = compile_term(Expression("", measure.value), scope)
    if term.currency is None:
        return Measured(measure, {"value": kept(_held(term))})
    native, foreign, other = conversion.of(term)
    parts = {"value": kept(native), "foreign": kept(foreign), "other": kept(other)}
    return Measured(measure, parts, sa.literal(conversion.currency, PlainText()))


def _held(term: Term) -> Column:
    """A value as its column has it: a number of a column adds up quicker than one that was worked out."""
    return term.column if isinstance(term.column.type, (ExactNumber, sa.BigInteger)) else _loose(term)


def _loose(term: Term) -> Column:
    return loosened(term) if term.kind in NUMBERS else term.column


def _sum(measure: Measure, rows: Mapping[str, Column]) -> Column:
    total = _total(rows["value"])
    if "foreign" in rows:
        turned = sa.func.coalesce(sa.func.pulse_sum(rows["foreign"]), sa.literal(0, LOOSE))
        total = sa.func.pulse_add(total, turned, type_=LOOSE)
    return sa.type_coerce(total, LOOSE)


def _total(column: Column) -> Column:
    is_held = isinstance(column.type, (ExactNumber, sa.BigInteger))
    found = whole_sum(column) if is_held else sa.func.pulse_sum(column, type_=LOOSE)
    return sa.func.coalesce(found, sa.literal(0, LOOSE), type_=LOOSE)


def _average(measure: Measure, rows: Mapping[str, Column]) -> Column:
    count: Column = sa.func.count(rows["value"])
    if "foreign" in rows:
        count += sa.func.count(rows["foreign"])
    return sa.func.pulse_divide(_sum(measure, rows), sa.cast(count, sa.BigInteger()), type_=LOOSE)


def _every(measure: Measure, rows: Mapping[str, Column]) -> Column:
    """All amounts in one form, whatever currency they were in."""
    here = rows["value"]
    if measure.kind not in NUMBERS:
        return here
    here = loosened(Term(here, measure.kind))
    return sa.func.coalesce(here, rows["foreign"], type_=LOOSE) if "foreign" in rows else here


def _extreme(measure: Measure, rows: Mapping[str, Column]) -> Column:
    every = _every(measure, rows)
    if measure.kind in NUMBERS:
        return sa.type_coerce(getattr(sa.func, f"pulse_{measure.function}")(every), LOOSE)
    return sa.type_coerce(getattr(sa.func, measure.function)(every), every.type)


_COMES_TO = {
    COUNTED: lambda measure, rows: sa.func.count(rows["value"]),
    "count_distinct": lambda measure, rows: sa.func.count(sa.distinct(rows["value"])),
    "sum": _sum,
    "avg": _average,
    "median": lambda measure, rows: median(_every(measure, rows)),
    "min": _extreme,
    "max": _extreme,
}
