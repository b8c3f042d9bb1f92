"""Formulas are shown as what they come to, typed by nobody, and marked while they are worked out."""

from collections.abc import Callable, Iterator

import pytest

from engine.formulas.catching_up import catch_up
from engine.formulas.graph import graph_of
from engine.formulas.putting_off import put_off_all
from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.ui_builder.visiting import Visitor


@pytest.fixture(scope="module")
def acme(shared: Tenant) -> str:
    with shared.writing() as ctx:
        company = create_record(ctx, "company", {"name": "Acme"}).id
        for amount in ("1000 EUR", "500 EUR"):
            create_record(ctx, "deal", {"name": "Big one", "company": company, "amount": amount})
        return company


@pytest.fixture
def _behind(shared: Tenant) -> Iterator[None]:
    with shared.writing() as ctx:
        put_off_all(ctx, graph_of(ctx.machine).formulas["company", "pipeline_value"])
    yield
    catch_up(shared)


def test_a_page_and_a_list_show_what_a_formula_comes_to(ada: Visitor, acme: str) -> None:
    assert "Pipeline value €1,500.00" in ada.get(f"/records/company/{acme}").words
    assert "€1,500.00" in ada.get("/views/all_companies?sort=-pipeline_value").words


def test_a_form_has_no_input_for_a_formula(ada: Visitor, acme: str) -> None:
    html = ada.get(f"/records/company/{acme}/edit").html

    assert 'name="domain"' in html
    assert 'name="open_deals"' not in html


@pytest.mark.usefixtures("_behind")
def test_a_formula_that_is_behind_says_so(ada: Visitor, acme: str) -> None:
    assert "€1,500.00 updating…" in ada.get(f"/records/company/{acme}").words
    assert "€1,500.00 updating…" in ada.get("/views/all_companies").words


def test_a_formula_that_is_not_behind_says_nothing(ada: Visitor, acme: str) -> None:
    assert "updating" not in ada.get(f"/records/company/{acme}").words


def test_a_value_leads_to_how_it_is_computed(ada: Visitor, acme: str) -> None:
    page = ada.get(f"/explain/company/pipeline_value?id={acme}")

    assert f'href="/explain/company/pipeline_value?id={acme}"' in ada.get(f"/records/company/{acme}").html
    assert "The sum of amount of deals that are open 2 deals Big one , Big one Pipeline value €1,500.00" in page.words


def test_an_empty_formula_says_why_on_its_record_and_not_in_lists(ada: Visitor, acme: str) -> None:
    said = "There are no activities where kind is not Note."

    assert f'title="{said}"' in ada.get(f"/records/company/{acme}").html
    assert said not in ada.get("/views/all_companies").html


def test_a_fault_is_shown_where_the_value_would_stand(shared: Tenant, ada: Visitor) -> None:
    with shared.writing() as ctx:
        mixed = create_record(ctx, "company", {"name": "Mixed"}).id
        for amount in ("1000 EUR", "500 USD"):
            create_record(ctx, "deal", {"name": "One", "company": mixed, "amount": amount})

    words = ada.get(f"/records/company/{mixed}").words

    assert "Pipeline value There are amounts in different currencies: EUR and USD." in words


def test_only_who_designs_is_shown_the_text_and_the_statement(visit: Callable[..., Visitor], ada: Visitor) -> None:
    path = "/explain/company/pipeline_value"

    assert "sum(deals.amount, is_open)" in ada.get(path).words
    assert "SELECT" in ada.get(path).words
    assert "sum(deals.amount" not in visit("Rae").get(path).html
    assert "SELECT" not in visit("Rae").get(path).html


def test_a_field_that_is_closed_is_not_explained(kim: Visitor) -> None:
    assert kim.get("/explain/zebra/secret").status == kim.get("/explain/zebra/nothing").status == 404
