"""Everybody sees what their roles open to them, on every page, and is offered nothing else."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import make_actor
from tests.journeys.browsing import Desk, more
from tests.journeys.home import Home

MARGIN = "37.25"


@pytest.fixture
def guarded(home: Home) -> str:
    """A deal of Priya's with a margin that only managers may know."""
    address = home.made("priya", "deal", name="Guarded", stage="proposal", amount="100 EUR")
    home.change("marcus", address, margin="12.75")
    home.change("marcus", address, margin=MARGIN)
    return address


def test_who_only_reads_is_offered_nothing_to_do(reader: Page, home: Home) -> None:
    deal = home.made("priya", "deal", name="Only looked at", stage="lead")
    for view in ("deal_board", "all_deals", "all_contacts", "all_products"):
        reader.goto(f"/views/{view}")
        expect(reader.get_by_role("heading", level=1)).to_be_visible()
        expect(reader.get_by_role("link", name=re.compile("^New "))).to_have_count(0)
        expect(reader.get_by_role("main").get_by_role("checkbox")).to_have_count(0)
        expect(reader.get_by_role("button", name=re.compile("^Move "))).to_have_count(0)
        expect(more(reader)).to_have_count(0)

    reader.goto(deal)
    expect(reader.get_by_role("link", name="Edit")).to_have_count(0)
    expect(more(reader)).to_have_count(0)
    expect(reader.get_by_role("button", name="Contacted")).to_be_disabled()
    expect(reader.get_by_role("navigation", name="Add to the timeline")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/records/deal/new", "{deal}/edit", "/import/deal", "/export/all_deals"]
)
def test_an_address_that_is_closed_says_so(desk: Desk, guarded: str, path: str) -> None:
    page = desk.open("sofia")
    desk.expected.add(403)

    answer = page.goto(path.format(deal=guarded))

    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", name="That is not open to you")).to_be_visible()
    expect(page.get_by_role("link", name="Go to the start")).to_be_visible()


def test_a_rep_never_learns_of_a_margin(desk: Desk, guarded: str) -> None:
    page = desk.open("priya")
    for path in (
        guarded,
        f"{guarded}?kind=changes",
        f"{guarded}/edit",
        "/records/deal/new",
        "/views/all_deals",
        "/views/deal_board?mine=yes",
        f"/search?q={MARGIN[:2]}",
    ):
        page.goto(path)
        text = page.content().lower()
        assert "margin" not in text, path
        assert MARGIN not in text, path
        assert "12.75" not in text, path

    desk.expected.add(403)
    answer = page.goto("/views/all_deals?sort=margin")
    assert answer is not None
    assert answer.status == 403


def test_a_manager_knows_the_margin(manager: Page, guarded: str) -> None:
    manager.goto(guarded)

    expect(manager.get_by_role("region", name="Details")).to_contain_text("37.25%")
    expect(manager.get_by_role("region", name="Timeline")).to_contain_text("12.75%")


def test_a_record_of_somebody_else_can_be_read_and_not_changed(desk: Desk, home: Home) -> None:
    address = home.made("jonas", "deal", name="Not yours", stage="lead", close_date="2020-01-02")
    page = desk.open("priya")
    page.goto("/views/deal_board?q=Not yours")
    card = page.get_by_role("article").filter(has_text="Not yours")
    expect(card).to_be_visible()
    expect(card.get_by_role("button")).to_have_count(0)
    expect(card).not_to_have_attribute("draggable", "true")

    page.goto(address)
    expect(page.get_by_role("heading", name="Not yours")).to_be_visible()
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)
    expect(page.get_by_role("button", name="Contacted")).to_be_disabled()

    desk.expected.add(403)
    page.goto(f"{address}/edit")
    expect(page.get_by_text("You may not change this deal.")).to_be_visible()


def test_what_is_hidden_and_what_never_was_look_the_same(desk: Desk, home: Home) -> None:
    hidden = home.made("jonas", "task", subject="None of her business")
    page = desk.open("priya")
    desk.expected.add(404)

    page.goto(hidden)
    seen = page.content()
    page.goto(f"/records/task/{uuid.uuid4()}")

    assert page.content() == seen
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_a_role_that_is_taken_away_is_felt_at_the_next_page(desk: Desk, home: Home) -> None:
    leaver = make_actor(home.tenant, "Leaver", "sales_rep")
    page = desk.open("leaver")
    page.goto("/views/all_contacts")
    expect(page.get_by_role("link", name="New contact")).to_be_visible()

    home.change("nora", f"/records/user/{leaver.id}", roles=[])

    desk.expected.add(403)
    page.reload()
    expect(page.get_by_role("heading", name="That is not open to you")).to_be_visible()
