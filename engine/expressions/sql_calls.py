"""Functions of the language as SQL, over values that are worked out for each row.

What a function does is said once more in `engine.storage`, for either database, under one name.
"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from engine.expressions import asker, terms
from engine.expressions.facts import Facts
from engine.expressions.functions import LONGEST_TEXT
from engine.expressions.terms import Constant, Term, Value
from engine.expressions.values import LOOSE, Column, alike, as_term, day_of, filled, loosened
from engine.storage.types import Day, Instant, PlainText
from metadata.functions import UNITS
from metadata.patterns import PatternRefused, read_pattern

TEXT = PlainText()
Build = Callable[[Facts, Sequence[Value]], Value]


def _text(column: Column) -> Term:
    return Term(sa.type_coerce(column, TEXT), "text")


def _on_text(name: str) -> Build:
    def build(_facts: Facts, values: Sequence[Value]) -> Term:
        text, *counts = values
        given = [loosened(as_term(count, "number")) for count in counts]
        return _text(getattr(sa.func, name)(as_term(text).column, *given))

    return build


def _in_case(case: str) -> Build:
    return lambda _facts, values: _text(sa.func.pulse_cut(terms.change_case(as_term(values[0]).column, case)))


def _length(_facts: Facts, values: Sequence[Value]) -> Term:
    return Term(sa.type_coerce(sa.func.length(as_term(values[0]).column), sa.BigInteger()), "number")


def _replace(_facts: Facts, values: Sequence[Value]) -> Term:
    return _text(sa.func.pulse_replace(*(as_term(value).column for value in values)))


def _concat(_facts: Facts, values: Sequence[Value]) -> Term:
    words = [sa.func.coalesce(as_words(as_term(value)), sa.literal("", TEXT)) for value in values]
    joined: Column = words[0]
    for word in words[1:]:
        joined = joined.concat(word)
    return _text(sa.func.nullif(sa.func.substr(joined, 1, LONGEST_TEXT), ""))


def as_words(term: Term) -> Column:
    """A value as text that other texts are joined to."""
    if term.currency is not None:
        return sa.func.pulse_number_text(loosened(term)).concat(" ").concat(term.currency)
    if term.kind in {"number", "money", "duration"}:
        return sa.func.pulse_number_text(loosened(term))
    if term.kind == "boolean":
        return sa.case((term.column.is_(None), sa.null()), (term.column, "True"), else_="False")
    words = {"date": sa.func.pulse_day_text, "datetime": sa.func.pulse_moment_text}.get(term.kind)
    return words(term.column, type_=TEXT) if words else term.column


def _matches(_facts: Facts, values: Sequence[Value]) -> Term:
    text, pattern = as_term(values[0]), values[1]
    try:
        written = read_pattern(str(pattern.value)) if isinstance(pattern, Constant) else None
    except PatternRefused:
        written = None
    if written is None:
        return Term(sa.false(), "boolean")
    return Term(terms.truth(sa.func.pulse_matches(text.column, sa.literal(written, TEXT))), "boolean")


def _on_number(name: str) -> Build:
    def build(_facts: Facts, values: Sequence[Value]) -> Term:
        number, *places = (as_term(value, "number") for value in values)
        column = getattr(sa.func, name)(loosened(number), *(loosened(each) for each in places), type_=LOOSE)
        return Term(column, number.kind, number.currency)

    return build


def _round(facts: Facts, values: Sequence[Value]) -> Value:
    given = values if len(values) > 1 else [*values, Constant(0)]
    places = given[1]
    if isinstance(places, Constant) and isinstance(places.value, int):
        number = as_term(given[0], "number")
        return Term(sa.func.pulse_round(loosened(number), places.value, type_=LOOSE), number.kind, number.currency)
    return _on_number("pulse_round")(facts, given)


def _best(sign: str) -> Build:
    """The smallest or largest of some values; those that are empty are passed over."""

    def build(facts: Facts, values: Sequence[Value]) -> Term:
        given = alike(values, facts)
        best = given[0]
        for other in given[1:]:
            if best.kind in {"number", "money", "duration"}:
                better = sa.func.pulse_compare(other.column, best.column).op(sign, is_comparison=True)(0)
            else:
                better = other.column.op(sign, is_comparison=True)(best.column)
            takes = sa.or_(best.column.is_(None), sa.and_(other.column.is_not(None), better))
            column = sa.case((takes, other.column), else_=best.column)
            best = Term(sa.type_coerce(column, best.column.type), best.kind)
        kept = [each for each in given if each.currency is not None]
        if not kept:
            return best
        codes = [sa.case((each.column.is_not(None), each.currency), else_=sa.null()) for each in kept]
        currency = sa.func.coalesce(*codes) if len(codes) > 1 else codes[0]
        clash = sa.or_(*(terms.truth(code != currency) for code in codes))
        column = sa.case((clash, sa.null()), else_=best.column)
        return Term(sa.type_coerce(column, LOOSE), "money", sa.type_coerce(currency, TEXT))

    return build


def _date(_facts: Facts, values: Sequence[Value]) -> Term:
    parts = (loosened(as_term(value, "number")) for value in values)
    return Term(sa.func.pulse_date(*parts, type_=Day()), "date")


def _unit(name: str) -> Build:
    def build(facts: Facts, values: Sequence[Value]) -> Term:
        when, unit = as_term(values[0], "date"), values[1]
        if not isinstance(unit, Constant) or unit.value not in UNITS:
            return Term(sa.type_coerce(sa.null(), when.column.type), when.kind)
        made = getattr(sa.func, name)(when.column, sa.literal(unit.value, TEXT), asker.zone(facts), type_=when.column.type)
        return Term(made, when.kind)

    return build


def _part(name: str) -> Build:
    def build(facts: Facts, values: Sequence[Value]) -> Term:
        day = day_of(as_term(values[0], "date"), facts)
        return Term(sa.func.pulse_part(day.column, sa.literal(name, TEXT), type_=LOOSE), "number")

    return build


def _between(name: str) -> Build:
    def build(facts: Facts, values: Sequence[Value]) -> Term:
        days = (day_of(as_term(value, "date"), facts).column for value in values)
        return Term(getattr(sa.func, name)(*days, type_=LOOSE), "number")

    return build


def _add_business_days(facts: Facts, values: Sequence[Value]) -> Term:
    day = day_of(as_term(values[0], "date"), facts)
    count = loosened(as_term(values[1], "number"))
    return Term(sa.func.pulse_add_business_days(day.column, count, type_=Day()), "date")


def _from_now(sign: int) -> Build:
    def build(facts: Facts, values: Sequence[Value]) -> Term:
        count = loosened(as_term(values[0], "number"))
        days = count if sign > 0 else sa.func.pulse_negative(count, type_=LOOSE)
        return shifted(facts, Term(asker.now(facts), "datetime"), "days", Term(days, "number"))

    return build


def shifted(facts: Facts, when: Term, unit: str, count: Term) -> Term:
    """A day or moment so many days, weeks, months or hours later."""
    if unit == "hours" and when.kind == "date":
        when = Term(sa.func.pulse_day_start(when.column, asker.zone(facts), type_=Instant()), "datetime")
    moved = sa.func.pulse_shift(
        when.column, sa.literal(unit, TEXT), loosened(count), asker.zone(facts), type_=when.column.type
    )
    return Term(moved, when.kind)


def _currency(_facts: Facts, values: Sequence[Value]) -> Term:
    money = as_term(values[0])
    if money.currency is None:
        return _text(sa.null())
    return _text(sa.case((money.column.is_not(None), money.currency), else_=sa.null()))


def _has_role(facts: Facts, values: Sequence[Value]) -> Term:
    role = as_term(values[0])
    found = sa.and_(role.column.is_not(None), role.column.in_(sorted(facts.roles)))
    return Term(found, "boolean")


CALLS: dict[str, Build] = {
    "lower": _in_case("lower"),
    "upper": _in_case("upper"),
    "trim": _on_text("pulse_trim"),
    "length": _length,
    "left": _on_text("pulse_left"),
    "right": _on_text("pulse_right"),
    "replace": _replace,
    "concat": _concat,
    "matches": _matches,
    "abs": _on_number("pulse_abs"),
    "round": _round,
    "floor": _on_number("pulse_floor"),
    "ceil": _on_number("pulse_ceil"),
    "min": _best("<"),
    "max": _best(">"),
    "coalesce": lambda facts, values: filled(values, facts),
    "today": lambda facts, _values: Term(asker.today(facts), "date"),
    "now": lambda facts, _values: Term(asker.now(facts), "datetime"),
    "date": _date,
    "days_ago": _from_now(-1),
    "days_from_now": _from_now(1),
    "start_of": _unit("pulse_start_of"),
    "end_of": _unit("pulse_end_of"),
    **{name: _part(name) for name in ("year", "month", "day", "weekday")},
    "days_between": _between("pulse_days_between"),
    "business_days_between": _between("pulse_business_days_between"),
    "add_business_days": _add_business_days,
    "currency": _currency,
    "has_role": _has_role,
}


def negative(value: Term) -> Term:
    """A number with its sign turned."""
    return Term(sa.func.pulse_negative(loosened(value), type_=LOOSE), value.kind, value.currency)


def joined(left: Term, right: Term) -> Term:
    """Two texts as one."""
    return _text(sa.func.pulse_cut(left.column.concat(right.column)))
