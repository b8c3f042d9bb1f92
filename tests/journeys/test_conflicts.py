"""Nothing that was typed is lost: not to a colleague, not to a wrong click, not to the clock."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Dialog, Page, expect

from engine.storage.system import pulse_session
from tests.journeys.browsing import Desk, toasts
from tests.journeys.home import Home

PASSWORD = "a pass phrase of hers"


@pytest.fixture
def questions(rep: Page) -> list[str]:
    """What the browser asks before it leaves a page; the answer is to stay."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    rep.on("dialog", stay)
    return asked


def end_sessions(home: Home, name: str) -> None:
    user = str(home.actor(name).id)
    with home.tenant.writing() as ctx:
        ctx.connection.execute(sa.delete(pulse_session).where(pulse_session.c.user_id == user))


def test_who_saves_second_sees_what_the_first_made_of_it_and_may_save_over_it(
    desk: Desk, home: Home
) -> None:
    address = home.made("priya", "deal", name="Fought over", stage="lead", amount="100 EUR")
    page = desk.open("priya")
    page.goto(f"{address}/edit")
    home.change("marcus", address, name="Named by Marcus", tags=["theirs"])
    page.get_by_label("Name").fill("Named by Priya")
    page.get_by_label("About").fill("Only mine")

    desk.expected.add(412)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Named by Priya")
    expect(page.get_by_label("About")).to_have_value("Only mine")
    field = page.locator(".field").filter(has=page.get_by_label("Name"))
    expect(field).to_contain_text("Named by Marcus")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Named by Priya")).to_be_visible()
    assert home.record(address).values["name"] == "Named by Priya"


def test_changes_of_two_people_to_different_fields_both_stay(rep: Page, home: Home) -> None:
    address = home.made("priya", "deal", name="Shared work", stage="lead")
    rep.goto(f"{address}/edit")
    home.change("marcus", address, source="referral")

    rep.get_by_label("About").fill("Mine")
    rep.get_by_role("button", name="Save").click()

    rep.wait_for_url(f"**{address}")
    values = home.record(address).values
    assert (values["source"], values["description"]) == ("referral", "Mine")


def test_leaving_a_form_with_changes_asks(rep: Page, home: Home, questions: list[str]) -> None:
    address = home.made("priya", "company", name="Half typed")
    rep.goto(f"{address}/edit")
    rep.get_by_label("Name").fill("Half typed, then")

    rep.get_by_role("link", name="Deal board").click(no_wait_after=True)

    expect(rep.get_by_label("Name")).to_have_value("Half typed, then")
    assert questions == ["beforeunload"]
    rep.get_by_role("link", name="Cancel").click()
    expect(rep.get_by_role("heading", name="Half typed")).to_be_visible()
    assert questions == ["beforeunload"]


def test_leaving_a_composer_with_words_in_it_asks(
    rep: Page, home: Home, questions: list[str]
) -> None:
    rep.goto(home.made("priya", "company", name="Half said"))
    rep.get_by_role("region", name="Timeline").get_by_label("Subject").fill("They said")

    rep.get_by_role("link", name="Deal board").click(no_wait_after=True)

    expect(rep.get_by_role("heading", name="Half said")).to_be_visible()
    assert questions == ["beforeunload"]
    rep.get_by_role("button", name="Add note").click()
    expect(toasts(rep)).to_contain_text("Note added")
    rep.get_by_role("link", name="Deal board").click()
    expect(rep.get_by_role("heading", name="Deals")).to_be_visible()
    assert questions == ["beforeunload"]


def test_leaving_a_form_without_changes_asks_nothing(
    rep: Page, home: Home, questions: list[str]
) -> None:
    rep.goto(f"{home.made('priya', 'company', name='Untouched')}/edit")

    rep.get_by_role("link", name="Deal board").click()

    expect(rep.get_by_role("heading", name="Deals")).to_be_visible()
    assert questions == []


def test_a_page_after_the_session_ended_asks_to_sign_in_and_comes_back(
    desk: Desk, home: Home
) -> None:
    page = desk.open("elena")
    page.goto("/views/all_contacts")
    end_sessions(home, "elena")

    page.goto("/views/my_deals?q=audit")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    home.set_password("elena", PASSWORD)
    page.get_by_label("Email").fill("elena@brightwater.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/views/my_deals?q=audit")


@pytest.mark.parametrize("doing", ["filtering", "moving a card"])
def test_a_piece_of_a_page_after_the_session_ended_asks_to_sign_in_and_comes_back(
    desk: Desk, home: Home, doing: str
) -> None:
    home.made("elena", "deal", name="Left alone", stage="lead", close_date="2019-01-01")
    home.set_password("elena", PASSWORD)
    page = desk.open("elena")
    page.goto("/views/deal_board?mine=yes")
    end_sessions(home, "elena")

    if doing == "filtering":
        page.get_by_label("Search deals").fill("Left")
    else:
        desk.expected.add(401)
        page.get_by_role("button", name="Move Left alone").first.click()
        page.get_by_role("menuitemradio", name="Contacted").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Email").fill("elena@brightwater.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/views/deal_board?mine=yes")
    lead = page.get_by_role("region", name="Lead", exact=True)
    expect(lead.get_by_role("link", name="Left alone").first).to_be_visible()


@pytest.mark.parametrize("by", ["a form", "the composer"])
def test_what_was_sent_after_the_session_ended_is_kept_until_one_is_back(
    desk: Desk, home: Home, by: str
) -> None:
    address = home.made("elena", "company", name="Slow to type")
    home.set_password("elena", PASSWORD)
    page = desk.open("elena")
    page.goto(f"{address}/edit" if by == "a form" else address)
    label, button = ("Description", "Save") if by == "a form" else ("Notes", "Add note")
    page.get_by_label(label).fill('A "long" story\nof <two> lines')
    if by == "the composer":
        page.get_by_label("Subject").fill("Said")
    end_sessions(home, "elena")
    desk.expected.add(401)

    page.get_by_role("button", name=button).click()
    page.get_by_label("Email").fill("elena@brightwater.example")
    page.get_by_label("Password").fill("not this")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Send it now").click()

    expect(page.get_by_role("heading", name="Slow to type")).to_be_visible()
    story = page.get_by_role("region", name="Timeline").get_by_text('A "long" story')
    expect(story).to_contain_text("of <two> lines")
