"""Every kind of page meets WCAG 2.2 AA, by day and by night, on a desk and on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.journeys.browsing import DESK, PHONE, Desk
from tests.journeys.home import Home

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "ui_builder/node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NARROW: ViewportSize = {"width": 320, "height": 640}
CONTACTS = ROOT / "tests/data/hubspot-contacts.csv"

Way = Callable[[Page, Home], Any]


def deal(home: Home) -> str:
    """A deal with something in each of its fields."""
    company = home.made("priya", "company", name="Accessible & Sons").rpartition("/")[2]
    address = home.made(
        "priya", "deal", name="A name that goes on for longer than there is room for on a phone",
        company=company, stage="proposal", amount="12500 EUR", tags=["big", "urgent"],
        description="Some\nlines", close_date="2020-05-05", source="referral",
    )  # fmt: skip
    home.change("priya", address, stage="negotiation", amount="13000 EUR", tags=["big"])
    home.made("priya", "activity", kind="call", subject="Talked", about=address[9:], body="Long")
    return address


def mistaken(page: Page, home: Home) -> None:
    page.goto("/records/contact/new")
    page.get_by_label("Email").fill("nonsense")
    page.get_by_role("button", name="Create contact").click()
    page.get_by_role("alert").wait_for()


def mapped(page: Page, home: Home) -> None:
    page.goto("/import/contact")
    page.get_by_label("A file with a table").set_input_files(CONTACTS)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("button", name="Show what would come of it").click()
    page.get_by_role("region", name="What would come of it").wait_for()


def imported(page: Page, home: Home) -> None:
    mapped(page, home)
    page.get_by_role("button", name="Import").click()
    page.get_by_role("link", name="Rejected rows").wait_for()


def thrown(page: Page, home: Home) -> None:
    address = home.made("priya", "company", name="Out of use")
    page.goto(address)
    page.get_by_role("banner").get_by_label("More").click()
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("button", name="Undo").wait_for()
    page.goto("/trash")


def with_options(page: Page, home: Home) -> None:
    page.goto("/records/deal/new")
    page.get_by_role("combobox", name="Company").fill("a")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")


def with_menu(page: Page, home: Home) -> None:
    deal(home)
    page.goto("/views/deal_board?mine=yes")
    page.get_by_role("button", name="Move A name").first.click()


def with_found(page: Page, home: Home) -> None:
    page.goto("/views/my_tasks")
    page.keyboard.press("/")
    page.keyboard.type("a")
    page.locator("[data-result]").first.wait_for()


def with_keys(page: Page, home: Home) -> None:
    page.goto("/views/my_tasks")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def selected(page: Page, home: Home) -> None:
    page.goto("/views/my_contacts")
    page.get_by_label("Select all that are shown").check()


def filtered(page: Page, home: Home) -> None:
    where = "amount > 1 and (owner == me or any(contacts, status in ('customer', 'prospect'))) and created_at < days_ago(1) and amount * 2 > 1"
    page.goto(f"/views/all_deals?{urlencode({'where': where})}")
    page.locator("summary", has_text="Filter").click()
    page.get_by_role("combobox", name="Condition 1: field").fill("a")
    page.locator("record-combobox [role=option]").first.wait_for()


def mistyped(page: Page, home: Home) -> None:
    page.goto("/views/all_deals?where=ammount+%3E+1")
    page.get_by_label("As an expression").press_sequentially(" and own")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")


def explained(page: Page, home: Home) -> None:
    page.goto(deal(home))
    page.get_by_role("button", name="How is this computed? Weighted").first.click()
    page.get_by_role("dialog").wait_for()


def explained_at_length(page: Page, home: Home) -> None:
    page.goto(deal(home))
    link = page.get_by_role("button", name="How is this computed? Weighted").first
    page.goto(str(link.get_attribute("href")))
    page.get_by_text("For those who design").click()


def refused(page: Page, home: Home) -> None:
    page.goto("/no/such/page")


PAGES: dict[str, Way] = {
    "a list with a selection": selected,
    "a list of everybody's": lambda page, home: page.goto("/views/all_contacts"),
    "a list with its filter": filtered,
    "a filter with a mistake": mistyped,
    "a list without records": lambda page, home: page.goto("/views/all_contacts?q=nobody+at+all"),
    "tasks by day": lambda page, home: page.goto("/views/my_tasks"),
    "a board with its menu": with_menu,
    "a record": lambda page, home: page.goto(deal(home)),
    "how a value is computed": explained,
    "a page for those who design": explained_at_length,
    "a record without layout": lambda page, home: page.goto(home.made("nora", "zebra", name="Zed")),
    "a person": lambda page, home: page.goto(f"/records/user/{home.actor('priya').id}"),
    "a form": lambda page, home: page.goto(f"{deal(home)}/edit"),
    "a form with options": with_options,
    "a form with mistakes": mistaken,
    "what was found": lambda page, home: page.goto("/search?q=energy"),
    "what is found": with_found,
    "a password": lambda page, home: page.goto("/password"),
    "the keys": with_keys,
    "the trash": thrown,
    "everything there is": lambda page, home: page.goto("/more"),
    "an import to be looked at": mapped,
    "an import that is done": imported,
    "a refusal": refused,
}


def wrongs(page: Page) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(result => result.violations)", RULES
    )
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


def check(page: Page) -> None:
    page.evaluate(AXE)
    for theme in THEMES:
        for size in (DESK, PHONE):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.set_viewport_size(size)
            assert wrongs(page) == [], f"{theme}, {size['width']} px"
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], "sideways scroll"


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_meets_the_rules(desk: Desk, home: Home, kind: str) -> None:
    page = desk.open("nora" if "without layout" in kind or "who design" in kind else "priya")
    desk.expected |= {404, 422}

    PAGES[kind](page, home)

    check(page)


@pytest.mark.parametrize("kind", ["signing in", "signing in wrongly", "signing in by link"])
def test_the_door_meets_the_rules(desk: Desk, home: Home, kind: str) -> None:
    page = desk.open()
    desk.expected.add(401)

    page.goto(home.link("priya") if kind == "signing in by link" else "/sign-in")
    if kind == "signing in wrongly":
        page.get_by_label("Email").fill("nobody@example.com")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").wait_for()

    check(page)
