"""The API explains a field, and a record's value, to whoever may read it; what it costs, to who designs."""

from tests.api.calling import Caller

WHO = "/explain/field?entity=company&field=open_deals"
PIPELINE = "/explain/field?entity=company&field=pipeline_value"
NOWHERE = "01a21245-ffba-7156-9847-329b8697bbdd"
SIZE = "/explain/field?entity=zebra&field=size"


def test_a_field_is_explained(ada: Caller) -> None:
    found = ada.get(SIZE)

    assert found.status == 200
    assert (found.body["name"], found.body["mode"], found.body["inputs"]) == ("zebra.size", "given", [])


def test_what_is_no_field_is_not_found(ada: Caller) -> None:
    found = ada.get("/explain/field?entity=zebra&field=siez")

    assert (found.status, found.body["code"]) == (404, "field.unknown")
    assert 'Did you mean "zebra.size"?' in found.body["detail"]


def test_both_names_are_asked_for(ada: Caller) -> None:
    assert ada.get("/explain/field?entity=zebra").status == 400
    assert ada.get(f"{SIZE}&more=1").status == 400


def test_a_records_values_are_put_in(ada: Caller) -> None:
    company = ada.made("company", name="Acme")["id"]
    for name in ("Big", "Small"):
        ada.made("deal", name=name, company=company, stage="lead", amount="10 EUR")

    found = ada.get(f"{PIPELINE}&id={company}").body["record"]

    [used] = found["used"]
    assert (found["text"], found["reason"], found["is_fault"]) == ("€20.00", "", False)
    assert (used["text"], used["count"], used["of"]) == ("€20.00", 2, "deal")
    assert [each["title"] for each in used["records"]] == ["Small", "Big"]


def test_what_is_empty_by_a_fault_says_which(ada: Caller) -> None:
    company = ada.made("company", name="Acme")["id"]
    for amount in ("10 EUR", "10 USD"):
        ada.made("deal", name="Deal", company=company, stage="lead", amount=amount)

    found = ada.get(f"{PIPELINE}&id={company}").body["record"]

    assert (found["text"], found["is_fault"]) == ("", True)
    assert found["reason"] == "There are amounts in different currencies: EUR and USD."


def test_without_a_record_there_are_no_values(ada: Caller) -> None:
    assert ada.get(WHO).body["record"] is None


def test_a_record_that_there_is_not_is_not_found(ada: Caller) -> None:
    for record in (NOWHERE, "nonsense", ""):
        found = ada.get(f"{WHO}&id={record}")

        assert (found.status, found.body["code"]) == (404, "record.not-found")


def test_whoever_designs_is_told_what_it_costs(ada: Caller) -> None:
    cost = ada.get(PIPELINE).body["cost"]

    assert [each["of"] for each in cost["spread"]] == ["one of its deals"]
    assert any(each.startswith("Deals: ") for each in cost["plan"])


def test_whoever_doesnt_design_is_told_neither_statement_nor_cost(kim: Caller) -> None:
    found = kim.get(SIZE).body

    assert (found["sql"], found["cost"]) == ("", None)
