"""The pages people see most keep within the screen, by day, by night and on a phone.

With SCREENSHOTS set, pictures of some go to docs/screens (`make screens`).
"""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from engine.records.queries import Query, list_records
from tests.journeys.browsing import DESK, PHONE, Desk
from tests.journeys.home import Home

DOCS = Path(__file__).parents[2] / "docs/screens"
CONTACTS = Path(__file__).parents[1] / "data/hubspot-contacts.csv"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESK, "color_scheme": "light"},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2, "has_touch": True},
}
KEPT = {("board", "light"): "board", ("record", "light"): "record", ("tasks", "dark"): "tasks", ("board", "phone"): "phone"}
PICTURE: ViewportSize = {"width": 1280, "height": 800}
MOST_BYTES = 200_000
TITLES = {
    "board": "Deal board",
    "list": "Contacts",
    "record": "",
    "tasks": "My tasks",
    "form": "New deal",
    "import": "Import contacts",
    "search": "Energy",
}


@pytest.fixture(scope="session")
def eventful(home: Home) -> str:
    """The address of an open deal about which much was said."""
    with home.tenant.reading() as ctx:
        deals = Query(entity="deal", where=("is_open and owner.email == 'priya@brightwater.example'",), limit=500)
        open_deals = {deal.id for deal in list_records(ctx, deals).records}
        said = list_records(ctx, Query(entity="activity", limit=500)).records
    about = Counter(each.values["about"].id for each in said if each.values["about"])
    return next(f"/records/deal/{each}" for each, _ in about.most_common() if each in open_deals)


def go(page: Page, name: str, eventful: str) -> None:
    if name == "import":
        page.goto("/import/contact")
        page.get_by_label("A file with a table").set_input_files(CONTACTS)
        page.get_by_role("button", name="Look at the file").click()
        page.get_by_role("button", name="Show what would come of it").click()
        page.get_by_role("region", name="What would come of it").wait_for()
        return
    places = {
        "board": "/views/deal_board",
        "list": "/views/all_contacts",
        "record": eventful,
        "tasks": "/views/my_tasks",
        "form": "/records/deal/new",
        "search": "/search?q=Energy",
    }
    page.goto(places[name])


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", TITLES)
def test_the_page_keeps_within_the_screen(
    desk: Desk, eventful: str, tmp_path: Path, name: str, look: str
) -> None:
    page = desk.open("priya", **LOOKS[look])

    go(page, name, eventful)

    page.evaluate("document.fonts.ready")
    page.screenshot(path=tmp_path / f"{name}-{look}.png")
    if "SCREENSHOTS" in os.environ and (name, look) in KEPT:
        keep(page, KEPT[name, look])
    assert page.title().startswith(TITLES[name])
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert beyond(page) == []


def keep(page: Page, name: str) -> None:
    """A picture for the README, of a size that is quickly read there."""
    if page.viewport_size == DESK:
        page.set_viewport_size(PICTURE)
    DOCS.mkdir(parents=True, exist_ok=True)
    picture = DOCS / f"{name}.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size < MOST_BYTES


def beyond(page: Page) -> list[str]:
    """What sticks out of the screen sideways, and does not stand in something that scrolls."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('main *, header *')]
          .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
          .filter(each => {
            for (let around = each.parentElement; around; around = around.parentElement)
              if (getComputedStyle(around).overflowX !== 'visible') return false
            return true
          })
          .map(each => each.outerHTML.slice(0, 120))"""
    )
    return found
