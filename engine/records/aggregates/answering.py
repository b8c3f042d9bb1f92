"""Groups of records and what they come to, in one question.

It has three storeys: what each open record has, what each group comes to, and which of the groups
are answered, in which order. So nothing is worked out twice, and a group is known by its columns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Invalid, Malformed, Problem
from engine.expressions.facts import facts_of
from engine.expressions.terms import Term
from engine.expressions.values import Column
from engine.fields import Reference
from engine.fields.money import places
from engine.records import filters
from engine.records.aggregates.converting import Conversion, read_conversion
from engine.records.aggregates.groups import Group, read_group, shown
from engine.records.aggregates.having import read_having
from engine.records.aggregates.measures import Measure, Measured, measured, read_measure
from engine.records.filters import RowScope, malformed
from engine.records.joining import order_of
from engine.records.paging import SortKey, joined, order_by
from engine.records.titles import load_titles
from engine.storage.types import PlainText
from metadata.catalog import Entity
from metadata.diagnostics import way_on
from metadata.syntax import ExpressionRefused

USUAL_GROUPS = 1_000
MOST_GROUPS = 10_000
MOST_KEYS = 5
MOST_MEASURES = 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """A question for what records come to. `group_by` are paths and expressions, `measures` calls by name.

    `having` speaks of measures and of groups with a simple name. `sort` names groups and measures, with
    a leading "-" for descending. Amounts are answered in `currency`, or in the reporting currency, at
    the rates of `rate_date`: a day, an expression for each record's day, or today.
    """

    entity: str
    group_by: tuple[str, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    q: str = ""
    having: str = ""
    sort: tuple[str, ...] = ()
    limit: int = USUAL_GROUPS
    currency: str = ""
    rate_date: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """What was found, each group by the names that were asked for; whether there are more; and what
    amounts were brought to, where there are any.
    """

    rows: list[dict[str, Any]]
    has_more: bool
    conversion: Conversion | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for, as it was understood."""

    entity: Entity
    groups: list[Group]
    measures: dict[str, Measured]

    def end(self, name: str) -> Entity:
        """Where the value of a group stands; a measure is of the records themselves."""
        return next((each.entity for each in self.groups if each.name == name), self.entity)


def aggregate_records(ctx: Context, asked: Aggregate) -> Groups:
    """What records come to, of those that the actor may read. Malformed tells all that can't be
    understood, Invalid of amounts that can't be brought to one currency.
    """
    gate.require(ctx, asked.entity, "read")
    _require_limits(asked)
    origin = gate.source(ctx, asked.entity)
    scope = RowScope(ctx, origin, facts_of(ctx))
    conversion = read_conversion(scope, asked.currency, asked.rate_date)
    understood = _understand(ctx, scope, asked, conversion)
    conditions = filters.conditions(ctx, origin, (asked.where,), asked.q)
    found, terms, lost = _by_group(origin, understood, conditions)
    chosen = sa.select(found)
    if asked.having:
        chosen = chosen.where(read_having(ctx, asked.having, found, terms))
    keys = _order(understood, asked.sort, terms)
    rows = ctx.execute(chosen.order_by(*order_by(keys)).limit(asked.limit + 1)).all()
    kept = rows[: asked.limit]
    _require_rates(kept, lost, conversion)
    is_money = any(each.measure.is_money for each in understood.measures.values())
    shown_rows = _shown(ctx, understood, kept, conversion.currency)
    return Groups(shown_rows, len(rows) > asked.limit, conversion if is_money else None)


def _require_limits(asked: Aggregate) -> None:
    limits = (
        (len(asked.group_by) > MOST_KEYS, "group_by", f"Records are grouped by {MOST_KEYS} things at most."),
        (len(asked.measures) > MOST_MEASURES, "measures", f"There are {MOST_MEASURES} measures at most."),
        (not 1 <= asked.limit <= MOST_GROUPS, "limit", f"limit goes from 1 to {MOST_GROUPS}."),
        (not asked.group_by and not asked.measures, "measures", "Ask for a measure, such as count()."),
        (len(set(asked.group_by)) < len(asked.group_by), "group_by", "Name each group once."),
        (bool(set(asked.group_by) & set(asked.measures)), "measures", "A measure is called as a group is."),
    )
    problems = [Problem(f"/{name}", "aggregate.limits", message) for is_over, name, message in limits if is_over]
    _refuse(problems)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        count = len(problems)
        message = problems[0].message if count == 1 else f"{count} things can't be understood."
        raise Malformed(problems[0].code, message, problems=problems)


def _understand(ctx: Context, scope: RowScope, asked: Aggregate, conversion: Conversion) -> _Asked:
    """Groups and measures; everything that is wrong with them is told at once."""
    problems: list[Problem] = []

    def read(pointer: str, reading: Callable[[Context, RowScope, str], T], source: str) -> list[T]:
        try:
            return [reading(ctx, scope, source)]
        except ExpressionRefused as refusal:
            problems.extend(malformed(refusal, pointer).problems)
        except Malformed as refusal:
            problems.append(Problem(f"/{pointer}", refusal.code, refusal.message))
        return []

    groups: list[Group] = []
    measures: dict[str, Measured] = {}
    for at, source in enumerate(asked.group_by):
        groups += read(f"group_by/{at}", read_group, source)
    for name, source in asked.measures.items():
        for measure in read(f"measures/{name}", read_measure, source):
            measures[name] = measured(measure, scope, conversion)
    _refuse(problems)
    return _Asked(scope.entity, groups, measures)


def _by_group(
    origin: gate.Source, asked: _Asked, conditions: Sequence[sa.ColumnElement[bool]]
) -> tuple[sa.Subquery, dict[str, Term], list[str]]:
    """The groups with what they come to: a column for each name, and for each measure of money one
    that tells of a currency without a rate.
    """
    table = joined(origin.table, [SortKey(each.term.column, joins=each.joins) for each in asked.groups])
    columns = [each.term.column.label(f"g{at}") for at, each in enumerate(asked.groups)]
    for at, each in enumerate(asked.measures.values()):
        columns += [part.label(f"m{at}_{name}") for name, part in each.parts.items()]
    each_row = sa.select(*columns).select_from(table).where(origin.predicate, *conditions).subquery()
    by = [each_row.c[f"g{at}"] for at in range(len(asked.groups))]
    answered: list[Column] = [column.label(f"g{at}") for at, column in enumerate(by)]
    lost = []
    for at, each in enumerate(asked.measures.values()):
        rows = {name: each_row.c[f"m{at}_{name}"] for name in each.parts}
        answered.append(each.of(rows).label(f"m{at}"))
        if "other" in rows:
            missed = sa.case((rows["foreign"].is_(None), rows["other"]), else_=sa.null())
            lost.append(f"lost{at}")
            answered.append(sa.type_coerce(sa.func.min(missed), PlainText()).label(lost[-1]))
    found = sa.select(*answered).select_from(each_row).group_by(*by).subquery()
    terms = {each.name: Term(found.c[f"g{at}"], each.term.kind) for at, each in enumerate(asked.groups)}
    for at, (name, each) in enumerate(asked.measures.items()):
        terms[name] = Term(found.c[f"m{at}"], each.measure.kind, each.currency)
    return found, terms, lost


def _order(asked: _Asked, sort: Sequence[str], terms: Mapping[str, Term]) -> list[SortKey]:
    """What was asked for, and then the groups, so that no two tie."""
    named = [(name.removeprefix("-"), name.startswith("-")) for name in sort]
    unknown = [name for name, _ in named if name not in terms]
    if unknown:
        message = f'Groups can\'t be sorted by "{unknown[0]}". {way_on(unknown[0], terms)}'
        raise Malformed("sort.unknown", message, problems=[Problem("/sort", "sort.unknown", message)])
    rest = [(each.name, False) for each in asked.groups if each.name not in dict(named)]

    keys = [
        SortKey(order_of(asked.end(name), terms[name]), descending)
        for name, descending in (*named, *rest)
    ]
    return keys or [SortKey(sa.literal(1), nullable=False)]


def _require_rates(rows: Sequence[Any], lost: Sequence[str], conversion: Conversion) -> None:
    codes = sorted({code for row in rows for name in lost if (code := row._mapping[name])})
    if codes:
        when = {"today": "today", "field": f"at {conversion.at}"}.get(conversion.policy, f"on {conversion.at}")
        message = (
            f"Some amounts are in {', '.join(codes)}, for which there is no exchange rate to {conversion.currency} "
            f"{when}. Add the rate, ask in another currency, or leave these records out."
        )
        raise Invalid("aggregate.no-rate", message, problems=[Problem("/currency", "aggregate.no-rate", message)])


def _shown(ctx: Context, asked: _Asked, rows: Sequence[Any], currency: str) -> list[dict[str, Any]]:
    """Groups as JSON carries them, with the titles of what they link to."""
    loaded = [[None if row[at] is None else each.load(row[at]) for at, each in enumerate(asked.groups)] for row in rows]
    links = {value for values in loaded for value in values if isinstance(value, Reference)}
    titles = load_titles(ctx, links) if links else {}

    def group(each: Group, value: Any) -> Any:
        if isinstance(value, Reference):
            value = Reference(value.entity, value.id, titles.get(value))
        return None if value is None else each.dump(value)

    found = []
    for row, values in zip(rows, loaded, strict=True):
        answer = {each.name: group(each, value) for each, value in zip(asked.groups, values, strict=True)}
        for at, (name, each) in enumerate(asked.measures.items()):
            answer[name] = _amount(each.measure, row._mapping[f"m{at}"], currency)
        found.append(answer)
    return found


def _amount(measure: Measure, value: Any, currency: str) -> Any:
    if value is None or not measure.is_money:
        return shown(value)
    amount = Decimal(value).quantize(Decimal(1).scaleb(-places(currency)), rounding=ROUND_HALF_EVEN)
    return {"amount": f"{amount:f}", "currency": currency}
