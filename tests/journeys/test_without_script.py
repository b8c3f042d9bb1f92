"""Without JavaScript every page still does what it is for."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import Desk, more, toasts
from tests.journeys.home import Home


@pytest.fixture
def plain(desk: Desk) -> Page:
    """Priya, in a browser that runs no script."""
    return desk.open("priya", java_script_enabled=False)


def test_one_signs_in_and_out(desk: Desk, home: Home) -> None:
    page = desk.open(java_script_enabled=False)
    page.goto("/views/all_contacts")
    home.set_password("jonas", "all the king's horses")
    page.get_by_label("Email").fill("jonas@brightwater.example")
    page.get_by_label("Password").fill("all the king's horses")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Contacts")).to_be_visible()

    page.locator("summary", has_text="Jonas").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/views/all_contacts")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_record_is_made_and_changed(plain: Page, desk: Desk) -> None:
    plain.goto("/views/all_contacts")
    plain.get_by_role("link", name="New contact").click()
    plain.get_by_label("First name").fill("Plain")
    plain.get_by_label("Last name").fill("Jane")
    plain.get_by_role("button", name="Create contact").click()
    expect(toasts(plain)).to_contain_text("Contact created")

    plain.get_by_role("link", name="Edit").click()
    plain.get_by_label("Email").fill("nonsense")
    desk.expected.add(422)
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("alert")).to_contain_text("Email")
    plain.get_by_label("Email").fill("jane@plain.example")
    plain.get_by_role("button", name="Save").click()

    expect(plain.get_by_role("region", name="Details")).to_contain_text("jane@plain.example")


def test_a_note_is_added_and_the_timeline_is_filtered(plain: Page, home: Home) -> None:
    plain.goto(home.made("priya", "company", name="Plain company"))
    story = plain.get_by_role("region", name="Timeline")
    story.get_by_role("link", name="Call", exact=True).click()
    story.get_by_label("Subject").fill("Called without script")
    story.get_by_role("button", name="Add call").click()
    expect(story.get_by_role("link", name="Called without script")).to_be_visible()

    story.get_by_role("link", name="Changes").click()

    expect(story.get_by_text("created this")).to_be_visible()
    expect(story.get_by_role("link", name="Called without script")).to_have_count(0)


def test_a_stage_is_chosen_on_the_path(plain: Page, home: Home) -> None:
    plain.goto(home.made("priya", "deal", name="Plain deal", stage="lead"))

    plain.get_by_role("button", name="Proposal").click()

    expect(plain.get_by_role("button", name="Proposal")).to_have_attribute("aria-current", "step")


def test_a_task_is_ticked_off(plain: Page, home: Home) -> None:
    home.made("priya", "task", subject="Plain task", due="2020-02-01T09:00:00Z")
    plain.goto("/views/my_tasks")

    plain.get_by_role("button", name="Tick off Plain task").click()

    expect(toasts(plain)).to_contain_text("Done: Plain task")
    expect(plain.get_by_role("heading", name="Tasks")).to_be_visible()


def test_records_go_to_the_trash_and_come_back(plain: Page, home: Home) -> None:
    home.made("priya", "company", name="Plainly thrown")
    plain.goto("/views/my_companies?q=Plainly")
    plain.get_by_role("link", name="Plainly thrown").click()
    more(plain).click()
    plain.get_by_role("button", name="Move to trash").click()

    plain.get_by_role("button", name="Undo").click()
    expect(plain.get_by_role("heading", name="Plainly thrown")).to_be_visible()

    plain.goto("/views/my_companies?q=Plainly")
    plain.get_by_label("Select Plainly thrown").check()
    plain.get_by_role("button", name="Move to trash").click()
    expect(toasts(plain)).to_contain_text("1 company moved to the trash")


def test_a_list_is_filtered_sorted_and_gone_through(plain: Page) -> None:
    plain.goto("/views/all_contacts")
    first = plain.get_by_role("row").nth(1).inner_text()
    plain.get_by_role("link", name="Show more").click()
    expect(plain.get_by_role("row").nth(1)).to_be_visible()
    assert plain.get_by_role("row").nth(1).inner_text() != first

    plain.get_by_role("link", name="Email").click()
    expect(plain.get_by_role("columnheader", name="Email")).to_have_attribute("aria-sort", "ascending")

    plain.get_by_label("Search contacts").fill("an")
    plain.get_by_label("Search contacts").press("Enter")
    expect(plain).to_have_url(re.compile("q=an&sort=email|sort=email&q=an"))
    expect(plain.get_by_label("Search contacts")).to_have_value("an")


def test_words_are_searched_for(plain: Page, home: Home) -> None:
    home.made("priya", "company", name="Plainly found")
    plain.goto("/views/all_contacts")

    plain.get_by_label("Search everything").fill("Plainly found")
    plain.get_by_label("Search everything").press("Enter")

    expect(plain.get_by_role("link", name="Plainly found")).to_be_visible()
