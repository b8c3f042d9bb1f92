"""What is asked of the values of related records is what they come to, whatever is asked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.access import gate
from engine.context import Actor, Context
from engine.expressions.closure import Given, compile_condition
from engine.expressions.facts import facts_of
from engine.expressions.functions import amount_of, as_text
from engine.expressions.numbers import average, total
from engine.expressions.sql import compile_term
from engine.fields.base import Reader
from engine.fields.money import Money
from engine.ids import new_id
from engine.records.commands import apply_batch
from engine.records.filters import RowScope
from engine.records.operands import operands_of
from engine.records.queries import Query, list_records
from engine.records.writes import Change, Create
from engine.tenant import Tenant
from metadata.expressions import parse_expression
from tests.engine.herding import ORYX, SIMPLE, records
from tests.engine.publishing import publish

COUNT = 40
NIGHT = datetime(2024, 3, 30, 23, 30, tzinfo=UTC)
FIELDS = ["size", "weight", "count", "stars", "price", "born", "seen"]


@pytest.fixture
def ctx(tenant: Tenant, admin: Actor) -> Iterator[Context]:
    """Forty records with up to five friends each, and every fourth without any."""
    publish(tenant, ORYX)
    ids = [new_id() for _ in range(COUNT)]
    with tenant.writing(admin) as writing:
        creates = [Create(values=values, id=each) for each, values in zip(ids, records(COUNT), strict=True)]
        apply_batch(writing, "oryx", creates)
        changes = [Change(id=each, values=_relatives(ids, at)) for at, each in enumerate(ids)]
        assert all(outcome.refusal is None for outcome in apply_batch(writing, "oryx", changes))
    with tenant.reading(replace(admin, reader=Reader("Europe/Berlin"))) as reading:
        yield replace(reading, clock=lambda: NIGHT)


def _relatives(ids: list[str], at: int) -> dict[str, Any]:
    friends = [ids[(at * 3 + step * 7) % COUNT] for step in range(at % 6)] if at % 4 else []
    return {"friends": friends, "mother": ids[at // 2] if at % 3 else None}


class Herd:
    """What closures are given of every record, and who are whose friends and mother."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        entity = ctx.machine.catalog.entities["oryx"]
        page = list_records(ctx, Query(entity="oryx", limit=500, expand=("friends",)))
        self.rows = {record.id: operands_of(ctx, entity, record.values) for record in page.records}
        self.friends = {
            record.id: sorted(friend.id for friend in record.expanded["friends"]) for record in page.records
        }

    def friends_who(self, record_id: str, condition: Callable[[Given], bool]) -> list[Mapping[str, Any]]:
        facts = facts_of(self.ctx)
        friends = (self.rows[each] for each in self.friends[record_id])
        return [each for each in friends if condition(Given(each, facts))]


def expected(name: str, values: list[Any]) -> Any:
    """What a function makes of the values there are, in the order in which their records were made."""
    if name == "list":
        return [as_text(each) for each in values] or None
    if name in {"first", "last"}:
        return (values[0] if name == "first" else values[-1]) if values else None
    amounts, currencies = [amount_of(each) for each in values], {each.currency for each in values if isinstance(each, Money)}
    if len(currencies) > 1:
        return None
    if name in {"min", "max"}:
        found: Any = (min if name == "min" else max)(amounts) if amounts else None
    else:
        found = (total if name == "sum" else average)(amounts)
    return Money(found, *currencies) if currencies and found is not None else found


def plain(value: Any) -> Any:
    if isinstance(value, Money):
        return value.amount.normalize(), value.currency
    is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
    return Decimal(value).normalize() if is_number else value


def asked(ctx: Context, source: str) -> dict[str, Any]:
    origin = gate.source(ctx, "oryx")
    term = compile_term(parse_expression(source), RowScope(ctx, origin, facts_of(ctx)))
    code = sa.null() if term.currency is None else term.currency
    with ctx.connection.begin_nested():
        found = ctx.execute(sa.select(origin.table.c.id, term.column, code).where(origin.predicate)).all()
    return {row[0]: plain(Money(Decimal(row[1]), row[2])) if row[2] and row[1] is not None else plain(row[1]) for row in found}


def test_values_of_related_records_come_to_what_they_should(ctx: Context) -> None:
    herd = Herd(ctx)

    @settings(max_examples=150)
    @given(
        st.sampled_from(["sum", "avg", "min", "max", "first", "last", "list"]),
        st.sampled_from(FIELDS),
        st.sampled_from(["True", "tame", "count > 1", "not is_empty(size)"]) | SIMPLE,
    )
    def same(name: str, field: str, condition: str) -> None:
        if name in {"sum", "avg"} and field in {"born", "seen"}:
            return
        holds = compile_condition(parse_expression(condition))
        values = {
            record_id: [each[field] for each in herd.friends_who(record_id, holds) if each.get(field) is not None]
            for record_id in herd.rows
        }
        found = asked(ctx, f"{name}(friends.{field}, {condition})")
        assert found == {record_id: plain(expected(name, each)) for record_id, each in values.items()}

    same()


def test_a_relation_is_reached_over_links(ctx: Context) -> None:
    herd = Herd(ctx)
    for source, nothing in (("count(mother.friends)", Decimal(0)), ("sum(mother.friends.size)", Decimal(0)), ("max(mother.friends.size)", None)):
        own = asked(ctx, source.replace("mother.", ""))

        assert asked(ctx, source) == {
            record_id: own[row["mother"]] if "mother" in row else nothing for record_id, row in herd.rows.items()
        }
    assert set(asked(ctx, "any(mother.friends, tame)").values()) <= {True, False}


def test_values_are_reached_behind_links_of_related_records(ctx: Context) -> None:
    herd = Herd(ctx)

    found = asked(ctx, "sum(friends.mother.size)")

    mothers = {i: [herd.rows[m] for f in herd.friends[i] if (m := herd.rows[f].get("mother"))] for i in herd.rows}
    assert found == {i: plain(total([each["size"] for each in of if "size" in each])) for i, of in mothers.items()}
