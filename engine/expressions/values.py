"""Values in SQL that expressions reckon with: brought to one form, joined, and put into columns."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.expressions import asker
from engine.expressions.facts import Facts
from engine.expressions.terms import Constant, Term, Value
from engine.storage.types import Day, ExactNumber, Instant, Json, LooseNumber, PlainText
from metadata.value_types import TEXTUAL

Column = sa.ColumnElement[Any]
NUMBERS = frozenset(("number", "money", "duration"))
LOOSE = LooseNumber()
_RECKONING = {
    "+": sa.func.pulse_add,
    "-": sa.func.pulse_subtract,
    "*": sa.func.pulse_multiply,
    "/": sa.func.pulse_divide,
    "//": sa.func.pulse_floor_divide,
    "%": sa.func.pulse_modulo,
}
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "boolean": sa.Boolean(),
    "date": Day(),
    "datetime": Instant(),
    "choices": Json(),
    **dict.fromkeys(NUMBERS, LOOSE),
}


def type_of(kind: str) -> sa.types.TypeEngine[Any]:
    """The type of a value that is not a column's own."""
    return TYPES.get(kind, PlainText())


def as_term(value: Value, kind: str = "") -> Term:
    """A value as a part of SQL; a constant is bound. An empty one is of the kind that is asked for."""
    if isinstance(value, Term):
        return value
    found = kind_of(value.value) or kind or "empty"
    return Term(sa.literal(value.value, type_of(found)), found)


def kind_of(value: Any) -> str:
    """The type of a constant; nothing for the empty one."""
    kinds: list[tuple[type, str]] = [
        (bool, "boolean"), (Decimal, "number"), (datetime, "datetime"), (date, "date"), (list, "choices"), (str, "text"),
    ]  # fmt: skip
    return next((name for kind, name in kinds if isinstance(value, kind)), "")


def loosened(term: Term) -> Column:
    """A number as functions take it, whatever its column holds."""
    kind = term.column.type
    if isinstance(kind, ExactNumber):
        return sa.func.pulse_number(term.column, sa.literal_column(str(kind.scale)), type_=LOOSE)
    return term.column if isinstance(kind, LooseNumber) else sa.cast(term.column, sa.BigInteger())


def is_loose(term: Term) -> bool:
    """Whether a number has no column of its own to be compared by."""
    return isinstance(term.column.type, LooseNumber)


def reckoned(sign: str, left: Term, right: Term) -> Term:
    """Two numbers or amounts joined by a sign. Amounts of different currencies give nothing."""
    result = _RECKONING[sign](loosened(left), loosened(right), type_=LOOSE)
    one, other = left.currency, right.currency
    if one is not None and other is not None:
        same = sa.case((one == other, result), else_=sa.null())
        kept = None if sign in {"/", "//"} else one
        joined = sa.null() if sign == "*" else sa.type_coerce(same, LOOSE)
        return Term(sa.type_coerce(joined, LOOSE), "money" if kept is not None else "number", kept)
    currency = one if one is not None else (None if sign in {"/", "//"} else other)
    kind = "money" if currency is not None else ("duration" if left.kind == right.kind == "duration" else "number")
    return Term(result, kind, currency)


def are_texts(*values: Value) -> bool:
    """Whether "+" joins texts, and does not add."""
    return any((each.kind if isinstance(each, Term) else kind_of(each.value)) in TEXTUAL for each in values)


def alike(values: Sequence[Value], facts: Facts) -> list[Term]:
    """Values of which a case chooses one, in one form: days beside moments are the moments they
    begin, and numbers are loose.
    """
    kinds = {each.kind if isinstance(each, Term) else kind_of(each.value) for each in values} - {""}
    if kinds & NUMBERS:
        kind = "money" if "money" in kinds else ("duration" if kinds == {"duration"} else "number")
        return [_loose_term(as_term(each, kind), kind) for each in values]
    if kinds == {"date", "datetime"}:
        return [moment_of(as_term(each, "datetime"), facts) for each in values]
    kind = next(iter(sorted(kinds)), "text")
    return [as_term(each, kind) for each in values]


def _loose_term(term: Term, kind: str) -> Term:
    return Term(sa.type_coerce(loosened(term), LOOSE), kind, term.currency)


def moment_of(term: Term, facts: Facts) -> Term:
    """A day as the moment it begins; a moment as it is."""
    if term.kind != "date":
        return term
    return Term(sa.func.pulse_day_start(term.column, asker.zone(facts), type_=Instant()), "datetime")


def day_of(term: Term, facts: Facts) -> Term:
    """A moment as the asker's day; a day as it is."""
    if term.kind != "datetime":
        return term
    return Term(sa.func.pulse_day_of(term.column, asker.zone(facts), type_=Day()), "date")


def chosen(cases: Sequence[tuple[Column, Value]], otherwise: Value, facts: Facts) -> Value:
    """The value of the first condition that holds."""
    values = [*(value for _, value in cases), otherwise]
    if all(isinstance(each, Constant) and each.value is None for each in values):
        return Constant(None)
    terms = alike(values, facts)
    first = terms[0]
    conditions = [condition for condition, _ in cases]

    def of(columns: Sequence[Column]) -> Column:
        *values, last = columns
        return sa.type_coerce(sa.case(*zip(conditions, values, strict=True), else_=last), columns[0].type)

    currency = None
    if any(term.currency is not None for term in terms):
        currency = of([sa.null() if t.currency is None else t.currency for t in terms])
        currency = sa.type_coerce(currency, PlainText())
    return Term(of([term.column for term in terms]), _kind(terms) or first.kind, currency)


def _kind(terms: Sequence[Term]) -> str:
    return next((term.kind for term in terms if term.kind in {"money", "record", "stage"}), "")


def filled(values: Sequence[Value], facts: Facts) -> Value:
    """The first of some values that is not empty."""
    terms = alike([each for each in values if isinstance(each, Term) or each.value is not None], facts)
    if not terms:
        return Constant(None)
    cases = [(term.column.is_not(None), term) for term in terms[:-1]]
    return chosen(cases, terms[-1], facts) if cases else terms[-1]


def converted(money: Term, code: Column, rate: Column, other: Column) -> Term:
    """Money in another currency, by the rates of both; one of that currency stays as it is."""
    base = sa.func.pulse_divide(loosened(money), rate, type_=LOOSE)
    is_that = sa.type_coerce(money.currency == code, sa.Boolean())
    turned = sa.func.pulse_multiply(base, other, type_=LOOSE)
    amount = sa.case((is_that, sa.type_coerce(loosened(money), LOOSE)), else_=turned)
    return Term(sa.type_coerce(amount, LOOSE), "money", code)
