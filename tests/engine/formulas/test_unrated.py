"""A formula that brings amounts to one currency says which of them has no rate, or is empty."""

from typing import Any

import pytest

from engine.formulas.reckoning import Reckoning, reckon_at
from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.engine.publishing import publish

OKAPI = """
entity: okapi
fields:
  name: {type: text, required: true}
  price: {type: money}
  sold: {type: date}
  mother: {type: link, to: okapi, inverse: children}
  twice: {type: formula, result: money, formula: "price * 2", currency: EUR, rates_on: sold}
  today: {type: formula, result: money, formula: "price * 2", currency: USD, rates_on: today()}
  herd: {type: formula, result: money, formula: "sum(children.price)", currency: EUR, rates_on: sold}
  best: {type: formula, result: money, formula: "max(children.price)", currency: EUR, rates_on: sold}
"""


@pytest.fixture
def okapis(tenant: Tenant) -> Tenant:
    """Okapis with prices, and a rate of the dollar from 2025 on."""
    publish(tenant, OKAPI)
    with tenant.writing() as ctx:
        create_record(ctx, "exchange_rate", {"currency": "USD", "rate": "2", "valid_from": "2025-01-01"})
    return tenant


def made(tenant: Tenant, **values: Any) -> str:
    with tenant.writing() as ctx:
        return create_record(ctx, "okapi", {"name": "Okapi", **values}).id


def told(tenant: Tenant, key: str, record: str) -> Reckoning:
    with tenant.reading() as ctx:
        return reckon_at(ctx, ctx.machine.catalog.entities["okapi"].fields[key], record)


@pytest.mark.parametrize(
    ("key", "values", "reason", "is_fault"),
    [
        ("twice", {"price": "1 USD", "sold": "2024-01-01"}, "There is no exchange rate for USD on or before sold.", True),
        ("twice", {"price": "1 JPY", "sold": "2026-01-01"}, "There is no exchange rate for JPY on or before sold.", True),
        ("twice", {"price": "1 USD"}, "Sold is empty.", False),
        ("twice", {"sold": "2026-01-01"}, "Price is empty.", False),
        ("today", {"price": "1 JPY"}, "There is no exchange rate for JPY or USD.", True),
        ("best", {}, "There are no children.", False),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    okapis: Tenant, key: str, values: dict[str, Any], reason: str, *, is_fault: bool
) -> None:
    found = told(okapis, key, made(okapis, **values))

    assert (found.text, found.reason, found.is_fault) == ("", reason, is_fault)


def test_a_sum_names_the_currency_without_a_rate(okapis: Tenant) -> None:
    mother = made(okapis)
    for price in ("1 EUR", "1 USD", "1 JPY"):
        made(okapis, mother=mother, price=price, sold="2024-01-01")

    found = told(okapis, "herd", mother)

    assert (found.text, found.is_fault) == ("", True)
    assert found.reason == "There is no exchange rate for USD on or before sold of each."


def test_what_has_all_its_rates_has_a_value_and_no_reason(okapis: Tenant) -> None:
    found = told(okapis, "twice", made(okapis, price="3 USD", sold="2026-01-01"))

    assert (found.text, found.reason) == ("€3.00", "")
