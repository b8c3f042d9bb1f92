"""An expression means the same in Python, in SQLite and in PostgreSQL, whatever its type."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.access import gate
from engine.context import Actor, Context
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import facts_of, late_facts
from engine.expressions.preview import preview
from engine.expressions.results import columns_of, fitted
from engine.expressions.sql import compile_term
from engine.fields.base import Reader, field_types
from engine.fields.money import Money
from engine.ids import new_id
from engine.records.commands import apply_batch
from engine.records.filters import RowScope
from engine.records.operands import operands_of
from engine.records.queries import Query, list_records
from engine.records.writes import Create
from engine.tenant import Tenant
from metadata.expression_types import check_expression
from metadata.expressions import parse_expression
from metadata.syntax import Expression, ExpressionRefused
from tests.engine.expression_strategies import KINDS, VALUES
from tests.engine.herding import ORYX, records
from tests.engine.publishing import publish

COUNT = 60
CASES = int(os.environ.get("EXPRESSION_CASES", "10000"))  # pairs of an expression and a record
NIGHT = datetime(2024, 3, 30, 23, 30, tzinfo=UTC)  # the night in which Berlin's clocks go forward
Rows = Mapping[str, dict[str, Any]]


@pytest.fixture
def ctx(tenant: Tenant, admin: Actor) -> Iterator[Context]:
    """Sixty records of every kind of value, asked about from Berlin at night."""
    publish(tenant, ORYX)
    with tenant.writing(admin) as writing:
        creates = [Create(values=values, id=new_id()) for values in records(COUNT)]
        assert all(outcome.refusal is None for outcome in apply_batch(writing, "oryx", creates))
    with tenant.reading(replace(admin, reader=Reader("Europe/Berlin"))) as reading:
        yield replace(reading, clock=lambda: NIGHT)


@pytest.fixture
def rows(ctx: Context) -> Rows:
    """What closures are given of every record, by its id."""
    entity = ctx.machine.catalog.entities["oryx"]
    page = list_records(ctx, Query(entity="oryx", limit=500))
    return {record.id: operands_of(ctx, entity, record.values) for record in page.records}


def in_python(ctx: Context, expression: Expression, rows: Rows) -> dict[str, Any]:
    closure, facts = compile_closure(expression), facts_of(ctx)
    return {record_id: plain(closure(Given(operands, facts))) for record_id, operands in rows.items()}


def in_sql(ctx: Context, expression: Expression, *, late: bool) -> dict[str, Any]:
    origin = gate.source(ctx, "oryx")
    facts = late_facts(ctx) if late else facts_of(ctx)
    term = compile_term(expression, RowScope(ctx, origin, facts))
    currency = sa.null() if term.currency is None else term.currency
    asked = sa.select(origin.table.c.id, term.column, currency).where(origin.predicate)
    with ctx.connection.begin_nested():
        found = ctx.execute(asked).all()
    return {row[0]: plain(row[1], row[2], is_money=term.kind == "money") for row in found}


def plain(value: Any, currency: str | None = None, *, is_money: bool = False) -> Any:
    """A value as it compares, whichever way it was worked out."""
    if isinstance(value, Money):
        return value.amount.normalize(), value.currency
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        number = Decimal(value).normalize()
        return (number, currency) if is_money and currency else number
    return value


def test_an_expression_means_the_same_everywhere(ctx: Context, rows: Rows) -> None:
    entities = ctx.machine.catalog.entities
    kinds: set[str] = set()

    @settings(max_examples=CASES // COUNT)
    @given(VALUES)
    def same(source: str) -> None:
        expression = parse_expression(source)
        found = check_expression(expression, "oryx", entities)
        assert {problem.code for problem in found} <= {"expression.unknown-value"}
        assume(not found)
        expected = in_python(ctx, expression, rows)
        kinds.update(type(value).__name__ for value in expected.values())
        assert in_sql(ctx, expression, late=False) == expected
        assert in_sql(ctx, expression, late=True) == expected

    same()
    assert kinds >= {"NoneType", "Decimal", "str", "bool", "date", "datetime", "tuple"}


def test_an_independent_evaluator_comes_to_the_same(ctx: Context, rows: Rows) -> None:
    """simpleeval goes over Python's tree, the closures over ours."""
    entities = ctx.machine.catalog.entities
    facts = facts_of(ctx)
    kinds: set[str] = set()

    @settings(max_examples=CASES // COUNT)
    @given(VALUES)
    def same(source: str) -> None:
        expression = parse_expression(source)
        assume(not check_expression(expression, "oryx", entities))
        try:
            closure = compile_closure(expression)
        except ExpressionRefused:  # what needs other records
            assume(False)
        for operands in list(rows.values())[::7]:
            found = preview(source, "oryx", entities, operands, facts)
            assert (found.value, found.problems) == (closure(Given(operands, facts)), ())
            kinds.add(type(found.value).__name__)

    same()
    assert kinds >= {"NoneType", "Decimal", "str", "bool", "date", "datetime", "Money"}


RESULTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "number": [("decimal", {"scale": 2}), ("decimal", {"scale": 0}), ("integer", {}), ("money", {"currency": "JPY"})],
    "money": [("money", {}), ("decimal", {"scale": 3})],
    "text": [("text", {})],
    "day": [("date", {}), ("datetime", {})],
    "moment": [("date", {}), ("datetime", {})],
    "condition": [("boolean", {})],
}
FIELDS = st.sampled_from([(kind, *result) for kind, results in RESULTS.items() for result in results])


def test_a_field_keeps_the_same_of_it_everywhere(ctx: Context, rows: Rows) -> None:
    entities = ctx.machine.catalog.entities
    origin = gate.source(ctx, "oryx")
    facts = facts_of(ctx)

    @settings(max_examples=CASES // COUNT // 2)
    @given(FIELDS.flatmap(lambda field: st.tuples(st.just(field), KINDS[field[0]])))
    def same(drawn: tuple[tuple[str, str, dict[str, Any]], str]) -> None:
        (_, name, said), source = drawn
        expression, behaviour = parse_expression(source), field_types[name](said)
        assume(not check_expression(expression, "oryx", entities))
        currency = said.get("currency", "")
        closure = compile_closure(expression)
        expected = {
            record_id: fitted(closure(Given(operands, facts)), behaviour, facts, currency)
            for record_id, operands in rows.items()
        }
        term = compile_term(expression, RowScope(ctx, origin, facts))
        columns = columns_of(term, behaviour, facts, currency)
        with ctx.connection.begin_nested():
            found = ctx.execute(sa.select(origin.table.c.id, *columns).where(origin.predicate)).all()
        assert {row[0]: None if row[1] is None else behaviour.load(*row[1:]) for row in found} == expected

    same()
