"""A rep signs in, brings contacts along, moves deals, notes what was said, and puts mistakes right."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsing import Desk, more, toasts
from tests.journeys.home import Home

CONTACTS = Path(__file__).parents[1] / "data/hubspot-contacts.csv"
LONG_AGO = "2020-01-01"  # first in its column: the board shows what closes next


def column(page: Page, label: str) -> Locator:
    return page.get_by_role("region", name=label, exact=True)


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("link", name=title, exact=True))


def count_of(page: Page, label: str) -> int:
    return int(column(page, label).locator("[data-lane-count]").inner_text())


def drag(page: Page, moved: Locator, target: Locator) -> None:
    start, end = moved.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] / 2, steps=3)
    page.mouse.move(end["x"] + 20, end["y"] + 120, steps=6)
    page.mouse.up()


def test_a_link_signs_in_once(desk: Desk, home: Home) -> None:
    page = desk.open()
    link = home.link("priya")
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()

    desk.expected.add(401)
    stranger = desk.open()
    stranger.goto(link)

    expect(stranger.get_by_role("heading", name="This link is no longer good")).to_be_visible()


def test_a_file_of_contacts_is_imported_and_what_was_rejected_comes_back(
    rep: Page, tmp_path: Path
) -> None:
    rep.goto("/views/all_contacts")
    more(rep).click()
    rep.get_by_role("link", name="Import a file").click()
    rep.get_by_label("A file with a table").set_input_files(CONTACTS)
    rep.get_by_role("button", name="Look at the file").click()

    expect(rep.get_by_label("Job Title")).to_have_value("job_title")
    rep.get_by_role("button", name="Show what would come of it").click()
    expect(rep.get_by_role("region", name="What would come of it")).to_contain_text("To create")
    rep.get_by_role("button", name="Import").click()

    expect(rep.get_by_role("heading", name="Imported hubspot-contacts.csv")).to_be_visible()
    with rep.expect_download() as download:
        rep.get_by_role("link", name="Rejected rows").click()
    download.value.save_as(tmp_path / "rejected.csv")
    with (tmp_path / "rejected.csv").open(newline="", encoding="utf-8-sig") as file:
        rejected = list(csv.DictReader(file))
    assert rejected
    rep.get_by_label("Search everything").fill("Whitfield")
    rep.get_by_role("link", name="Dana Whitfield").click()
    expect(rep.get_by_role("heading", name="Dana Whitfield")).to_be_visible()


def test_a_deal_is_dragged_to_won_and_the_totals_follow(rep: Page, home: Home) -> None:
    title = "Dragged to the end"
    amount = {"amount": "1000", "currency": "EUR"}
    home.made("priya", "deal", name=title, stage="proposal", amount=amount, close_date=LONG_AGO)
    rep.goto("/views/deal_board?mine=yes")
    before = count_of(rep, "Proposal"), count_of(rep, "Won")

    drag(rep, card(rep, title), column(rep, "Won"))

    expect(column(rep, "Won").get_by_role("link", name=title)).to_be_visible()
    expect(column(rep, "Won").locator("[data-lane-count]")).to_have_text(str(before[1] + 1))
    assert count_of(rep, "Proposal") == before[0] - 1
    expect(toasts(rep)).to_contain_text("Moved to Won")
    rep.reload()
    expect(column(rep, "Won").get_by_role("link", name=title)).to_be_visible()


def test_a_card_is_moved_by_its_menu_with_the_keyboard(rep: Page, home: Home) -> None:
    title = "Moved by keys"
    address = home.made("priya", "deal", name=title, stage="lead", close_date=LONG_AGO)
    rep.goto("/views/deal_board?mine=yes")
    before = count_of(rep, "Contacted")

    rep.get_by_role("button", name=f"Move {title}").press("Enter")
    expect(rep.get_by_role("menuitemradio", name="Lead")).to_be_focused()
    rep.keyboard.press("ArrowDown")
    rep.keyboard.press("Enter")

    expect(column(rep, "Contacted").get_by_role("link", name=title)).to_be_visible()
    expect(column(rep, "Contacted").locator("[data-lane-count]")).to_have_text(str(before + 1))
    expect(rep.get_by_role("button", name=f"Move {title}")).to_be_focused()
    expect(rep.get_by_role("status")).to_have_text(f"{title} moved to Contacted.")
    assert home.record(address).values["stage"] == "contacted"


def test_a_deal_that_is_missing_something_goes_back_with_the_way_to_fill_it_in(
    desk: Desk, home: Home
) -> None:
    title = "Won for nothing"
    address = home.made("priya", "deal", name=title, stage="negotiation", close_date=LONG_AGO)
    page = desk.open("priya")
    desk.expected.add(422)
    page.goto("/views/deal_board?mine=yes")

    drag(page, card(page, title), column(page, "Won"))

    expect(toasts(page)).to_contain_text("A won deal needs an amount.")
    expect(column(page, "Negotiation").get_by_role("link", name=title)).to_be_visible()
    page.get_by_role("link", name="Fill in").click()
    expect(page.get_by_label("Stage")).to_have_value("won")
    page.get_by_label("Amount: amount").fill("2500")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert home.record(address).values["stage"] == "won"


def test_a_call_and_a_task_stand_in_the_timeline_at_once(rep: Page, home: Home) -> None:
    address = home.made("priya", "company", name="Called upon")
    rep.goto(address)
    story = rep.get_by_role("region", name="Timeline")
    rep.evaluate("window.same = true")

    story.get_by_role("link", name="Call", exact=True).click()
    story.get_by_label("Subject").fill("Meters for the annex")
    story.get_by_label("Outcome").select_option(label="Reached")
    story.get_by_role("button", name="Add call").click()
    expect(story.get_by_role("link", name="Meters for the annex")).to_be_visible()

    story.get_by_label("Subject").fill("Send the offer")
    story.get_by_role("link", name="Task", exact=True).click()
    story.get_by_role("button", name="Add task").click()
    expect(story.get_by_role("link", name="Send the offer")).to_be_visible()
    assert rep.evaluate("window.same"), "the page was loaded again"


def test_what_is_wrong_with_a_form_is_said_and_nothing_typed_is_lost(
    desk: Desk, home: Home
) -> None:
    address = home.made("priya", "contact", name={"first": "Ida", "last": "Typo"})
    page = desk.open("priya")
    desk.expected.add(422)
    page.goto(address)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Last name").fill("")
    page.get_by_label("First name").fill("")
    page.get_by_label("Job title").fill("Head of <Everything>")
    page.get_by_label("Email").fill("ida at home")
    page.get_by_label("About").fill("Two lines\nof text")
    page.get_by_role("button", name="Save").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2 things need your attention")
    expect(summary.get_by_role("link")).to_have_text([re.compile("^Name: "), re.compile("^Email: ")])
    expect(page.get_by_label("Email")).to_have_value("ida at home")
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Job title")).to_have_value("Head of <Everything>")
    expect(page.get_by_label("About")).to_have_value("Two lines\nof text")
    summary.get_by_role("link", name="Email").click()
    expect(page.get_by_label("Email")).to_be_focused()
    summary.get_by_role("link", name="Name").click()
    expect(page.get_by_label("First name")).to_be_focused()

    page.get_by_label("Email").fill("ida@home.example")
    page.get_by_label("First name").fill("Ida")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Ida")).to_be_visible()
    expect(toasts(page)).to_contain_text("Saved")
    assert home.record(address).values["email"] == "ida@home.example"


def test_what_was_thrown_away_comes_back_from_the_toast_and_from_the_trash(
    rep: Page, home: Home
) -> None:
    address = home.made("priya", "company", name="Thrown away")

    def throw_away() -> None:
        rep.goto(address)
        more(rep).click()
        rep.get_by_role("button", name="Move to trash").click()
        expect(toasts(rep)).to_contain_text("Company moved to the trash")

    throw_away()
    rep.get_by_role("button", name="Undo").click()
    expect(rep.get_by_role("heading", name="Thrown away")).to_be_visible()

    throw_away()
    rep.goto("/trash")
    rep.get_by_role("button", name="Restore Thrown away").click()
    expect(rep.get_by_role("heading", name="Thrown away")).to_be_visible()
    assert rep.url.endswith(address)


def test_a_task_is_ticked_off_where_it_stands(rep: Page, home: Home) -> None:
    subject = "Tick me off"
    address = home.made("priya", "task", subject=subject, due="2020-01-01T09:00:00Z")
    rep.goto("/views/my_tasks")
    expect(rep.get_by_role("heading", name="Overdue")).to_be_visible()

    rep.get_by_role("button", name=f"Tick off {subject}").click()

    expect(rep.get_by_role("link", name=subject)).to_be_hidden()
    expect(toasts(rep)).to_contain_text(f"Done: {subject}")
    assert home.record(address).values["status"] == "done"
