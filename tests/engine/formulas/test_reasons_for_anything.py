"""Whatever an expression says, its parts come to what it comes to, and there is a reason where it is nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.context import Actor, Context
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import facts_of
from engine.fields.base import Reader
from engine.formulas.looking import Looked
from engine.formulas.reasons import Reasons
from engine.ids import new_id
from engine.records.commands import apply_batch
from engine.records.operands import operands_of
from engine.records.queries import Query, list_records
from engine.records.writes import Create
from engine.tenant import Tenant
from metadata.expression_types import check_expression
from metadata.expressions import parse_expression
from tests.engine.expression_strategies import VALUES
from tests.engine.herding import ORYX, records
from tests.engine.publishing import publish

COUNT = 12


@pytest.fixture
def ctx(tenant: Tenant, admin: Actor) -> Iterator[Context]:
    """Some records of every kind of value, asked about from Berlin."""
    publish(tenant, ORYX)
    with tenant.writing(admin) as writing:
        creates = [Create(values=values, id=new_id()) for values in records(COUNT)]
        assert all(outcome.refusal is None for outcome in apply_batch(writing, "oryx", creates))
    with tenant.reading(replace(admin, reader=Reader("Europe/Berlin"))) as reading:
        now = reading.now()
        yield replace(reading, clock=lambda: now)


@given(source=VALUES, number=st.integers(0, COUNT - 1))
@settings(max_examples=150)
def test_what_comes_to_nothing_has_a_reason(ctx: Context, source: str, number: int) -> None:
    entity = ctx.machine.catalog.entities["oryx"]
    expression = parse_expression(source)
    assume(not check_expression(expression, "oryx", ctx.machine.catalog.entities))
    record = list_records(ctx, Query(entity="oryx", limit=COUNT)).records[number]
    looked = Looked(ctx, entity, record.id)

    value = looked.value(expression.root)

    operands = operands_of(ctx, entity, record.values)
    assert value == compile_closure(expression)(Given(operands, facts_of(ctx)))
    if value is None:
        words = Reasons(looked).why(expression.root).words
        assert words.endswith(".")
        assert words[0] == words[0].upper()
