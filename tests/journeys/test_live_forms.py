"""A form follows its rules while it is filled in, and is as strict without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.engine.publishing import publish
from tests.journeys.browsing import DESK, Desk
from tests.journeys.home import Home
from tests.journeys.test_accessibility import check
from tests.ui_builder.okapis import OKAPI


def fill_in(page: Page, path: str) -> None:
    """Open a form, and wait until it follows what is typed."""
    page.goto(path)
    page.locator("live-form[ready]").wait_for()


def error(page: Page, words: str) -> Locator:
    return page.locator(".field__error", has_text=words)


def options(page: Page, name: str) -> Locator:
    page.get_by_role("combobox", name=name).click()
    return page.locator("record-combobox", has=page.get_by_role("combobox", name=name)).get_by_role("option")


@pytest.fixture
def companies(home: Home) -> dict[str, str]:
    """Two companies, each with somebody who decides there."""
    found = {}
    for company, person in (("Aspen Works", "Ann Aspen"), ("Birch Works", "Bob Birch")):
        found[company] = home.made("priya", "company", name=company).rpartition("/")[2]
        home.made("priya", "contact", name=person, company=found[company])
    return found


def test_a_won_deal_asks_for_its_amount_as_the_stage_changes(rep: Page) -> None:
    fill_in(rep, "/records/deal/new")
    amount = rep.get_by_label("Amount: amount")
    expect(amount).not_to_have_attribute("aria-required", "true")

    rep.get_by_label("Stage").select_option("won")
    expect(amount).to_have_attribute("aria-required", "true")
    expect(error(rep, "A won deal needs an amount.")).to_have_count(0)

    amount.focus()
    rep.keyboard.press("Tab")
    expect(error(rep, "A won deal needs an amount.")).to_be_visible()
    expect(amount).to_have_attribute("aria-invalid", "true")

    amount.fill("1,200")
    expect(error(rep, "A won deal needs an amount.")).to_have_count(0)
    amount.fill("-")
    expect(error(rep, "A won deal needs an amount.")).to_have_count(0)


def test_why_a_deal_was_lost_is_asked_for_when_it_is_and_sent_only_then(rep: Page, home: Home) -> None:
    fill_in(rep, "/records/deal/new")
    reason, rival = rep.get_by_label("Lost because"), rep.get_by_label("Lost to")
    expect(reason).to_be_hidden()

    rep.get_by_label("Stage").select_option("lost")
    expect(reason).to_be_visible()
    expect(rep.locator("#announcer")).to_contain_text("Why it was lost")
    expect(rival).to_be_hidden()
    reason.select_option("competitor")
    rival.fill("Rival & Sons")
    rep.get_by_label("Stage").select_option("proposal")
    expect(rival).to_be_hidden()
    rep.get_by_label("Stage").select_option("lost")
    expect(rival).to_have_value("Rival & Sons")

    rep.get_by_label("Stage").select_option("proposal")
    rep.get_by_label("Name").fill("Not lost at all")
    rep.get_by_role("button", name="Create deal").click()
    expect(rep.get_by_role("heading", name="Not lost at all")).to_be_visible()
    values = home.record(re.sub(r"^https?://[^/]*", "", rep.url)).values
    assert (values["lost_reason"], values["lost_to"]) == (None, None)


def test_choices_follow_what_is_typed_and_one_that_is_chosen_is_told_of(desk: Desk, rep: Page) -> None:
    fill_in(rep, "/records/deal/new")
    rep.get_by_label("Stage").select_option("lost")
    reason, amount = rep.get_by_label("Lost because"), rep.get_by_label("Amount: amount")
    price = reason.locator("option[value=price]")
    expect(price).to_be_disabled()

    amount.fill("100")
    expect(price).to_be_enabled()
    reason.select_option("price")
    amount.fill("")

    expect(reason).to_have_value("price")
    expect(error(rep, '"Price" is not offered here. You can choose: Competitor, Timing')).to_be_visible()
    rep.get_by_label("Name").fill("No price")
    desk.expected.add(422)
    rep.get_by_role("button", name="Create deal").click()
    expect(rep.get_by_role("alert")).to_contain_text('"Price" is not offered here. You can choose: Competitor, Timing')
    rep.locator("live-form[ready]").wait_for()
    rep.get_by_label("Lost because").select_option("timing")
    expect(error(rep, '"Price" is not offered here.')).to_have_count(0)


def test_a_link_offers_those_of_the_company_that_is_chosen(rep: Page, companies: dict[str, str]) -> None:
    fill_in(rep, f"/records/deal/new?company={companies['Aspen Works']}")

    expect(options(rep, "Decision maker")).to_have_text([re.compile("Ann Aspen")])
    options(rep, "Decision maker").first.click()
    rep.get_by_role("combobox", name="Company").fill("Birch Works")
    rep.get_by_role("option", name="Birch Works").click()

    expect(error(rep, "This contact doesn't fit Company.")).to_be_visible()
    rep.get_by_role("combobox", name="Decision maker").fill("")
    expect(options(rep, "Decision maker")).to_have_text([re.compile("Bob Birch")])
    options(rep, "Decision maker").first.click()
    expect(error(rep, "This contact doesn't fit Company.")).to_have_count(0)


def test_a_locked_field_says_why_and_the_rest_is_saved(rep: Page, home: Home) -> None:
    address = home.made("priya", "deal", name="Signed", stage="won", amount="500 EUR")
    fill_in(rep, f"{address}/edit")

    expect(rep.get_by_label("Amount: amount")).to_be_disabled()
    expect(rep.get_by_role("group", name="Amount")).to_have_accessible_description(re.compile("This deal is won."))
    rep.get_by_label("Name").fill("Signed and sealed")
    rep.get_by_role("button", name="Save").click()

    expect(rep.get_by_role("heading", name="Signed and sealed")).to_be_visible()
    assert str(home.record(address).values["amount"].amount) == "500.00"


def test_a_value_that_follows_is_shown_before_it_is_saved(rep: Page, home: Home) -> None:
    address = home.made("priya", "deal", name="Likely", stage="proposal", amount="1000 EUR")
    fill_in(rep, f"{address}/edit")
    weighted = rep.locator("[data-follows=weighted]")
    expect(weighted).to_contain_text("€500.00")
    expect(weighted).not_to_contain_text("not saved yet", use_inner_text=True)

    rep.get_by_label("Probability").fill("75 %")
    expect(weighted).to_contain_text("€750.00 not saved yet", use_inner_text=True)
    rep.get_by_label("Amount: amount").fill("12,345.67")
    expect(weighted).to_contain_text("€9,259.25")
    rep.get_by_label("Amount: amount").fill("1000")
    rep.get_by_label("Probability").fill("50")
    expect(weighted).not_to_contain_text("not saved yet", use_inner_text=True)

    fill_in(rep, "/records/deal/new")
    rep.get_by_label("Stage").select_option("negotiation")
    rep.get_by_label("Amount: amount").fill("100")
    expect(rep.locator("[data-follows=weighted]")).to_contain_text("€75.00")


def test_what_only_the_server_knows_is_asked_while_one_types(admin: Page, home: Home) -> None:
    publish(home.tenant, OKAPI)
    south = home.made("nora", "park", name="South park", region="south").rpartition("/")[2]
    home.made("nora", "okapi", name="Olga", park=south)
    fill_in(admin, "/records/okapi/new")
    leaves, vet = admin.get_by_label("Food").locator("option[value=leaves]"), admin.get_by_label("Vet")
    expect(leaves).to_be_disabled()
    expect(vet).to_be_hidden()

    admin.get_by_role("combobox", name="Park").fill("South")
    admin.get_by_role("option", name="South park").click()

    expect(vet).to_be_visible()
    expect(leaves).to_be_enabled()
    expect(admin.locator("[data-follows=herd_size]")).to_contain_text("1 not saved yet", use_inner_text=True)
    admin.get_by_role("combobox", name="Park").fill("")
    expect(vet).to_be_hidden()
    expect(admin.locator("[data-follows=herd_size]")).not_to_contain_text("not saved yet", use_inner_text=True)


def test_without_script_the_server_says_the_same(desk: Desk, home: Home, companies: dict[str, str]) -> None:
    page = desk.open("priya", java_script_enabled=False)
    desk.expected.add(422)
    page.goto(f"/records/deal/new?company={companies['Aspen Works']}")
    expect(page.get_by_label("Lost because")).to_be_visible()
    page.get_by_label("Name").fill("Without script")
    page.get_by_label("Stage").select_option("won")
    page.get_by_role("button", name="Create deal").click()

    expect(page.get_by_role("alert")).to_contain_text("A won deal needs an amount.")
    signed = home.made("priya", "deal", name="Signed", stage="won", amount="500 EUR")
    page.goto(f"{signed}/edit")
    expect(page.get_by_label("Amount: amount")).to_be_disabled()
    expect(page.get_by_text("This deal is won. Move it back")).to_be_visible()


def wrong(page: Page, home: Home) -> None:
    fill_in(page, "/records/deal/new")
    page.get_by_label("Stage").select_option("lost")
    page.get_by_label("Amount: amount").fill("5")
    page.get_by_label("Lost because").select_option("price")
    page.get_by_label("Amount: amount").fill("")
    error(page, "is not offered here").wait_for()


def locked(page: Page, home: Home) -> None:
    fill_in(page, f"{home.made('priya', 'deal', name='Signed', stage='won', amount='500 EUR')}/edit")
    page.get_by_label("Probability").fill("3")
    page.get_by_text("not saved yet").first.wait_for()


@pytest.mark.parametrize("way", [wrong, locked], ids=["a form with live mistakes", "a form with a lock"])
def test_the_page_meets_the_rules(desk: Desk, home: Home, way: Callable[[Page, Home], None]) -> None:
    page = desk.open("priya", DESK)

    way(page, home)

    check(page)
