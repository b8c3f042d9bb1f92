"""A form tells a script what it may know of its conditions, answers what it may not, and needs neither."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from engine.context import Actor
from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.conftest import make_actor
from tests.engine.publishing import publish
from tests.ui_builder.okapis import OKAPI
from tests.ui_builder.visiting import Seen, Visitor


@pytest.fixture(scope="module")
def people(shared: Tenant) -> dict[str, Actor]:
    publish(shared, OKAPI)
    people = {"Ada": "admin", "Kim": "keeper", "Wanda": "warden"}
    return {name: make_actor(shared, name, role) for name, role in people.items()}


@pytest.fixture(scope="module")
def wanda(visit: Callable[..., Visitor]) -> Visitor:
    """Wanda, who may know nothing of ledgers."""
    return visit("Wanda")


@pytest.fixture(scope="module")
def parks(shared: Tenant, people: dict[str, Actor]) -> dict[str, str]:
    with shared.writing(people["Ada"]) as ctx:
        return {each: create_record(ctx, "park", {"name": each, "region": each}).id for each in ("north", "south")}


@pytest.fixture
def made(shared: Tenant, people: dict[str, Actor]) -> Callable[..., str]:
    def make(**values: Any) -> str:
        with shared.writing(people["Ada"]) as ctx:
            return create_record(ctx, "okapi", {"name": "Oka", **values}).id

    return make


def told(seen: Seen, name: str) -> str:
    """What a form says to its script."""
    found = re.search(rf'<live-form [^>]*{name}="([^"]*)"', seen.html)
    assert found, seen.html
    return unescape(found[1])


def field(seen: Seen, key: str) -> str:
    """A field of a form, as it is drawn."""
    found = re.search(rf'<(div|fieldset) class="field[^>]*data-(?:field|follows)="{key}".*?</\1>', seen.html, re.DOTALL)
    return found[0] if found else ""


def asked(visitor: Visitor, form: dict[str, str], okapi: str = "") -> dict[str, Any]:
    path = f"/forms/okapi/edit/asked?id={okapi}" if okapi else "/forms/okapi/new/asked"
    seen = visitor.post(path, form)
    assert seen.status == 200, seen.html
    found: dict[str, Any] = json.loads(seen.html)
    return found


def test_a_module_has_what_a_script_can_know_and_stays_as_it_is_called(ada: Visitor) -> None:
    address = told(ada.get("/records/okapi/new"), "module")

    module = ada.get(address)

    assert "export const check_0" in module.html
    assert "export const value_doubled" in module.html
    assert "region" not in module.html, "it would need another record"
    assert module.headers["Content-Type"].startswith("text/javascript")
    assert module.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert ada.get(address.replace(".js", "0.js")).status == 404
    assert ada.get(address.replace("/new/", "/other/")).status == 404


def test_who_may_not_know_a_field_hears_nothing_of_it(
    ada: Visitor, wanda: Visitor, made: Callable[..., str]
) -> None:
    okapi = made(ledger="open", chip="C-1")
    page, edit = wanda.get("/records/okapi/new"), wanda.get(f"/records/okapi/{okapi}/edit")
    answer = asked(wanda, {"name": "New"}, okapi)

    assert "ledger" in ada.get(told(ada.get("/records/okapi/new"), "module")).html
    for said in (page.html, edit.html, json.dumps(answer), *(wanda.get(told(each, "module")).html for each in (page, edit))):
        assert "ledger" not in said
        assert "hidden_sum" not in said
    assert 'aria-required="true"' in field(edit, "chip")
    assert field(page, "chip") == "", "nothing that Wanda types could ask for it"


def test_who_may_not_write_gets_no_module_and_no_answers(
    ada: Visitor, visit: Callable[..., Visitor], shared: Tenant, people: dict[str, Actor], made: Callable[..., str]
) -> None:
    people["Lou"] = make_actor(shared, "Lou", "watcher")
    lou = visit("Lou")

    assert lou.get(told(ada.get("/records/okapi/new"), "module")).status == 403
    assert lou.post("/forms/okapi/new/asked", {"name": "x"}).status == 403
    assert lou.post(f"/forms/okapi/edit/asked?id={made()}", {"name": "x"}).status in {403, 404}
    assert lou.get("/options/okapi/mate").status == 403


def test_what_needs_other_records_is_answered_by_the_server(
    ada: Visitor, parks: dict[str, str], made: Callable[..., str]
) -> None:
    plan = json.loads(told(ada.get("/records/okapi/new"), "plan"))
    [name] = plan["show"]["vet"]
    made(park=parks["south"])
    assert plan["asked"][name] is False
    assert "park" in plan["asks"]
    assert "state" not in plan["asks"]

    south = asked(ada, {"name": "New", "park": parks["south"], "size": "nonsense"})
    north = asked(ada, {"name": "New", "park": parks["north"]})

    assert (south["asked"][name], north["asked"][name]) == (True, False)
    assert int(south["shown"]["herd_size"]) > int(north["shown"]["herd_size"] or 0)


def test_what_is_chosen_and_not_offered_is_told_in_the_words_of_a_refusal(
    ada: Visitor, parks: dict[str, str], made: Callable[..., str]
) -> None:
    mate = made(name="Mate", park=parks["south"])
    form = {"name": "New", "park": parks["north"], "mate": mate, "food": "leaves"}

    told_live = asked(ada, form)["faults"]

    refused = ada.post("/records/okapi/new", form)
    assert sorted(told_live) == ["food", "mate"]
    assert refused.status == 422
    for message in told_live.values():
        assert message in refused.words


def test_a_link_offers_what_fits_what_is_typed(
    ada: Visitor, wanda: Visitor, parks: dict[str, str], made: Callable[..., str]
) -> None:
    made(name="Nora of north", park=parks["north"])
    okapi = made(name="Sam of south", park=parks["south"])
    page = ada.get("/records/okapi/new")

    assert 'source="/options/okapi/mate" follows="park"' in page.html
    for visitor in (ada, wanda):
        north = visitor.get(f"/options/okapi/mate?q=of&park={parks['north']}").words
        assert "Nora" in north
        assert "Sam" not in north
    assert "Sam" in ada.get(f"/options/okapi/mate?q=of&id={okapi}").words
    assert ada.get("/options/okapi/park").status == 404


def test_a_locked_field_is_disabled_and_says_why_and_no_form_changes_it(
    ada: Visitor, made: Callable[..., str]
) -> None:
    okapi = made(state="sold", price="5 EUR", buyer="Zoo", size="3")
    page = ada.get(f"/records/okapi/{okapi}/edit")

    assert re.match(r"<fieldset [^>]*\bdisabled\b", field(page, "size"))
    assert "It is sold." in field(page, "size")
    assert "disabled" not in field(ada.get(f"/records/okapi/{made()}/edit"), "size")
    refused = ada.post(f"/records/okapi/{okapi}/edit", {"size": "4"})
    assert (refused.status, "It is sold." in refused.words) == (422, True)


def test_without_script_what_may_be_asked_for_is_there(ada: Visitor, made: Callable[..., str]) -> None:
    page = ada.get("/records/okapi/new")

    assert 'data-section="section_1" data-unasked' in page.html, "where no script runs, this hides nothing"
    assert 'name="buyer"' in page.html
    refused = ada.post("/records/okapi/new", {"name": "New", "state": "sold"})
    assert "A sold okapi has a price." in refused.words
    assert "Buyer is needed." in refused.words
    assert "data-unasked" not in field(refused, "buyer")


def test_a_value_that_follows_is_shown_as_it_would_be(ada: Visitor, made: Callable[..., str]) -> None:
    okapi = made(size="3")

    assert "6.00" in field(ada.get(f"/records/okapi/{okapi}/edit"), "doubled")
    refused = ada.post(f"/records/okapi/{okapi}/edit", {"name": "", "size": "4", "drawn": '{"name": "Oka"}'})
    assert "8.00" in field(refused, "doubled")


def test_a_stage_that_asks_for_a_field_marks_it_and_one_out_of_reach_is_not_offered(
    ada: Visitor, zebra: str
) -> None:
    page = ada.get(f"/records/zebra/{zebra}/edit")
    plan = json.loads(told(page, "plan"))
    [enters] = plan["require"]["size"]

    module = ada.get(told(page, "module"))

    assert f'export const {enters} = (r, g) => r.changed(g, "stage", "grown")' in module.html
    assert re.findall(r'<option value="([^"]*)"', field(page, "stage")) == ["calf", "young"]
    assert "aria-required" not in field(page, "size")
    refused = ada.post(f"/records/zebra/{zebra}/edit", {"stage": "grown"})
    assert re.findall(r'<option value="([^"]*)"', field(refused, "stage")) == ["calf", "young", "grown"]
    assert "aria-required" in field(refused, "size")


def test_a_section_of_a_page_is_there_while_its_condition_holds(
    ada: Visitor, wanda: Visitor, made: Callable[..., str]
) -> None:
    sold, free = made(state="sold", price="5 EUR", buyer="The zoo", ledger="open", chip="C-1"), made(buyer="The zoo")

    assert "The zoo" in ada.get(f"/records/okapi/{sold}").words
    assert "The zoo" not in ada.get(f"/records/okapi/{free}").words
    assert "C-1" in wanda.get(f"/records/okapi/{sold}").words
