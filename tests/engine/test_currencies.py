"""Money is brought to another currency by the rates of a day, or not at all; never by chance."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import gate
from engine.context import Actor, Context
from engine.errors import Conflict, Invalid
from engine.expressions.facts import facts_of
from engine.expressions.sql import compile_term
from engine.records.commands import create_record
from engine.records.filters import RowScope
from engine.records.queries import Query, list_records
from engine.tenant import Tenant
from metadata.expressions import parse_expression
from metadata.source import SourceFile
from tests.engine.publishing import publish

RATES = [("USD", "1.25", "2026-01-01"), ("USD", "1.10", "2026-07-01"), ("GBP", "0.80", "2026-01-01")]


@pytest.fixture
def priced(tenant: Tenant, admin: Actor) -> Tenant:
    publish(tenant, "entity: okapi\nfields:\n  name: {type: text}\n  price: {type: money}\n  sold: {type: date}")
    with tenant.writing(admin) as ctx:
        for currency, rate, day in RATES:
            create_record(ctx, "exchange_rate", {"currency": currency, "rate": rate, "valid_from": day})
        for name, price, sold in (
            ("euros", "10 EUR", "2026-02-01"), ("dollars", "11 USD", "2026-02-01"), ("late", "11 USD", "2026-08-01"),
            ("pounds", "4 GBP", None), ("yen", "100 JPY", "2026-02-01"), ("early", "11 USD", "2025-01-01"), ("none", None, None),
        ):  # fmt: skip
            create_record(ctx, "okapi", {"name": name, "price": price, "sold": sold})
    return tenant


def asked(ctx: Context, source: str) -> dict[str, Any]:
    origin = gate.source(ctx, "okapi")
    term = compile_term(parse_expression(source), RowScope(ctx, origin, facts_of(ctx)))
    found = ctx.execute(sa.select(origin.table.c.title, term.column).where(origin.predicate))
    return {row[0]: None if row[1] is None else Decimal(row[1]).quantize(Decimal("0.01")) for row in found}


def test_an_amount_is_turned_by_the_rate_of_a_day(priced: Tenant, admin: Actor) -> None:
    with priced.reading(admin) as ctx:
        by_day = asked(ctx, "in_currency(price, 'EUR', sold)")
        crossed = asked(ctx, "in_currency(price, 'GBP', sold)")

    assert by_day == {
        "euros": Decimal(10), "dollars": Decimal("8.80"), "late": Decimal("10.00"), "pounds": None, "yen": None,
        "early": None, "none": None,
    }  # fmt: skip
    assert (crossed["euros"], crossed["dollars"]) == (Decimal("8.00"), Decimal("7.04"))


def test_an_amount_is_turned_by_todays_rate(priced: Tenant, admin: Actor) -> None:
    with priced.reading(admin) as ctx:
        found = list_records(ctx, Query(entity="okapi", where=("in_currency(price, 'EUR') == 10",)))

    assert {record.title for record in found.records} == {"euros", "dollars", "late", "early"}


def test_sums_over_several_currencies_are_turned_or_nothing(tenant: Tenant, admin: Actor) -> None:
    publish(
        tenant,
        "entity: okapi\nfields:\n  name: {type: text}\n  price: {type: money}\n  mother: {type: link, to: okapi, inverse: children}\n"
        "  mixed: {type: formula, result: money, formula: sum(children.price)}\n"
        "  worth: {type: formula, result: money, formula: \"in_currency(price, 'EUR')\"}\n"
        "  turned: {type: formula, result: money, formula: sum(children.worth)}",
    )
    with tenant.writing(admin) as ctx:
        create_record(ctx, "exchange_rate", {"currency": "USD", "rate": 2, "valid_from": "2020-01-01"})
        mother = create_record(ctx, "okapi", {"name": "Mother"}).id
        for price in ("10 EUR", "30 USD"):
            create_record(ctx, "okapi", {"name": price, "price": price, "mother": mother})

    with tenant.reading(admin) as ctx:
        [record] = list_records(ctx, Query(entity="okapi", where=("name == 'Mother'",))).records

    assert record.values["mixed"] is None
    assert (record.values["turned"].amount, record.values["turned"].currency) == (Decimal(25), "EUR")


def test_a_rate_is_a_code_a_positive_number_and_one_for_a_day(tenant: Tenant, admin: Actor) -> None:
    with tenant.writing(admin) as ctx:
        create_record(ctx, "exchange_rate", {"currency": "USD", "rate": 2, "valid_from": "2020-01-01"})
        with pytest.raises(Invalid) as wrong:
            create_record(ctx, "exchange_rate", {"currency": "usd", "rate": 0})
        with pytest.raises(Conflict):
            create_record(ctx, "exchange_rate", {"currency": "USD", "rate": 3, "valid_from": "2020-01-01"})

    assert {problem.pointer for problem in wrong.value.problems} == {"/currency", "/rate"}


def test_the_tenants_settings_hold_for_whoever_has_none(tenant: Tenant, admin: Actor) -> None:
    overlay = "overlay: settings/tenant\ncurrency: CHF\ntime_zone: Europe/Zurich"
    tenant.apply(tenant.plan([*tenant.files, SourceFile("local", "local/settings.yaml", overlay)]))

    with tenant.reading() as ctx:
        assert (ctx.actor.reader.time_zone, ctx.actor.reader.currency) == ("Europe/Zurich", "CHF")
    wrong = overlay.replace("Zurich", "Zuerich")
    with pytest.raises(Invalid) as refusal:
        tenant.plan([*tenant.files[:-1], SourceFile("local", "local/settings.yaml", wrong)])
    assert "settings.unknown-time-zone" in [problem.code for problem in refusal.value.problems]
