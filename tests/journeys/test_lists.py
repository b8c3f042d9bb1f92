"""A list is filtered, sorted, gone through and worked on, and its address always says what it shows."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import make_actor
from tests.journeys.browsing import Desk, toasts
from tests.journeys.home import Home

MANY = 120


@pytest.fixture(scope="session")
def herd(home: Home) -> str:
    """The address of a list with more zebras than one page shows: 001 to 120 of the north."""
    rows = [
        {"name": f"Herded {number:03}", "herd": "north", "size": str(number % 7)}
        for number in range(1, MANY + 1)
    ]
    home.made_many("kim", "zebra", rows)
    return "/views/all_zebras?q=Herded"


@pytest.fixture
def keeper(desk: Desk) -> Page:
    """Kim, whose zebras they are."""
    return desk.open("kim")


def names(page: Page) -> list[str]:
    return page.locator("[data-row] a[data-walk]").all_inner_texts()


def show_all(page: Page) -> None:
    for _ in range(10):
        before = len(names(page))
        if not page.get_by_text("Show more").count():
            return
        page.get_by_text("Show more").scroll_into_view_if_needed()
        expect(page.locator("[data-row]").nth(before)).to_be_attached()
    raise AssertionError("there is always more")


def test_every_row_is_shown_once_while_one_scrolls(keeper: Page, herd: str) -> None:
    keeper.goto(herd)
    assert len(names(keeper)) < MANY
    expect(keeper.get_by_text(f"{MANY} zebras")).to_be_visible()

    show_all(keeper)

    assert names(keeper) == [f"Herded {number:03}" for number in range(1, MANY + 1)]


def test_rows_with_the_same_value_are_each_shown_once(keeper: Page, herd: str) -> None:
    keeper.goto(f"{herd}&sort=-size")
    show_all(keeper)

    assert sorted(names(keeper)) == [f"Herded {number:03}" for number in range(1, MANY + 1)]


def test_a_click_on_a_head_sorts_and_a_second_turns_it_round(keeper: Page, herd: str) -> None:
    keeper.goto(herd)
    head = keeper.get_by_role("columnheader", name="Name")
    expect(head).to_have_attribute("aria-sort", "ascending")

    head.get_by_role("link").click()

    expect(head).to_have_attribute("aria-sort", "descending")
    expect(keeper.locator("[data-row] a[data-walk]").first).to_have_text("Herded 120")
    keeper.wait_for_url("**sort=-name**")
    keeper.reload()
    expect(keeper.locator("[data-row] a[data-walk]").first).to_have_text("Herded 120")
    expect(keeper.get_by_label("Search zebras")).to_have_value("Herded")


def test_filtering_keeps_the_order_and_sorting_keeps_the_filter(keeper: Page, herd: str) -> None:
    keeper.goto("/views/all_zebras")
    keeper.get_by_role("columnheader", name="Size").get_by_role("link").click()
    keeper.wait_for_url("**sort=size**")

    keeper.get_by_label("Search zebras").press_sequentially("Herded 01")

    keeper.wait_for_url("**q=Herded*01**")
    assert "sort=size" in keeper.url
    expect(keeper.locator("[data-row]")).to_have_count(12)  # 001, 010 to 019, 101
    keeper.get_by_role("columnheader", name="Name").get_by_role("link").click()
    keeper.wait_for_url("**sort=name**")
    expect(keeper.get_by_label("Search zebras")).to_have_value("Herded 01")
    expect(keeper.locator("[data-row]")).to_have_count(12)


def test_the_address_follows_what_is_typed_and_back_works(keeper: Page, herd: str) -> None:
    keeper.goto("/views/all_zebras")
    box = keeper.get_by_label("Search zebras")
    box.press_sequentially("Herded 007")
    keeper.wait_for_url("**q=Herded*007**")
    expect(keeper.locator("[data-row]")).to_have_count(1)
    expect(box).to_be_focused()
    keeper.get_by_role("link", name="Herded 007").click()
    expect(keeper.get_by_role("heading", name="Herded 007")).to_be_visible()

    keeper.go_back()

    expect(box).to_have_value("Herded 007")
    expect(keeper.locator("[data-row]")).to_have_count(1)
    keeper.get_by_role("columnheader", name="Name").get_by_role("link").click()
    keeper.wait_for_url("**sort=-name**")
    keeper.go_back()
    expect(keeper.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    assert "sort" not in keeper.url
    expect(box).to_have_value("Herded 007")


def test_mine_shows_only_ones_own_and_is_left_again(rep: Page) -> None:
    rep.goto("/views/all_contacts")
    everybody = rep.get_by_text(re.compile(r"^\d+ contacts$")).inner_text()
    rep.get_by_role("button", name="Mine").click()
    expect(rep.get_by_role("button", name="Mine")).to_have_attribute("aria-pressed", "true")

    owners = rep.locator("[data-row] td:last-child").all_inner_texts()
    assert {owner.split("\n")[-1].strip() for owner in owners} == {"Priya Raman"}
    rep.get_by_role("button", name="Mine").click()
    expect(rep.get_by_text(everybody)).to_be_visible()


def test_all_that_are_shown_are_selected_and_thrown_away(keeper: Page, home: Home) -> None:
    rows = [{"name": f"Doomed {number:02}", "herd": "south"} for number in range(60)]
    home.made_many("kim", "zebra", rows)
    keeper.goto("/views/all_zebras?q=Doomed")
    keeper.get_by_label("Select Doomed 03").check()
    expect(keeper.get_by_text("1 selected")).to_be_visible()
    keeper.get_by_role("button", name="Clear").click()
    expect(keeper.get_by_text("1 selected")).to_be_hidden()
    show_all(keeper)
    assert len(names(keeper)) == 60

    keeper.get_by_label("Select all that are shown").check()
    expect(keeper.get_by_text("60 selected")).to_be_visible()
    keeper.get_by_label("Select Doomed 00").uncheck()
    expect(keeper.get_by_text("59 selected")).to_be_visible()
    keeper.get_by_role("button", name="Move to trash").click()

    expect(toasts(keeper)).to_contain_text("59 zebras moved to the trash")
    keeper.wait_for_url("**/views/all_zebras?q=Doomed")
    assert names(keeper) == ["Doomed 00"]


def test_none_yet_and_none_that_match_are_told_apart(
    keeper: Page, desk: Desk, home: Home, herd: str
) -> None:
    keeper.goto("/views/all_zebras?q=no+such+zebra")
    expect(keeper.get_by_role("heading", name="Nothing matches")).to_be_visible()
    keeper.get_by_role("link", name="Clear the filter").click()
    expect(keeper).to_have_url(re.compile("/views/all_zebras$"))
    expect(keeper.locator("[data-row]").first).to_be_visible()

    make_actor(home.tenant, "Fresh", "sales_rep")
    page = desk.open("fresh")
    page.goto("/views/my_companies")
    expect(page.get_by_role("heading", name="No companies here")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="New company")).to_be_visible()


def test_tasks_stand_under_the_day_they_are_due(rep: Page, home: Home) -> None:
    home.made("priya", "task", subject="Long overdue", due="2020-03-01T09:00:00Z")
    home.made("priya", "task", subject="Far ahead", due="2099-03-01T09:00:00Z")
    home.made("priya", "task", subject="Some day")
    rep.goto("/views/my_tasks")
    show_all(rep)

    headings = rep.get_by_role("main").get_by_role("heading", level=2).all_inner_texts()
    assert headings[0] == "Overdue"
    assert headings[-2:] == ["Later", "No due"]
    assert len(headings) == len(set(headings))
    rows = rep.locator("tbody tr").all_inner_texts()
    places = [
        next(at for at, text in enumerate(rows) if words in text)
        for words in ("Overdue", "Long overdue", "Later", "Far ahead", "No due", "Some day")
    ]
    assert places == sorted(places)


def test_a_column_of_a_board_shows_more_as_one_scrolls(desk: Desk, home: Home) -> None:
    rows = [
        {"name": f"Stacked {number:02}", "stage": "contacted", "close_date": f"2031-01-{number:02}"}
        for number in range(1, 31)
    ]
    home.made_many("priya", "deal", rows)
    page = desk.open("priya")
    page.goto("/views/deal_board?q=Stacked")
    contacted = page.get_by_role("region", name="Contacted", exact=True)
    expect(contacted.locator("[data-lane-count]")).to_have_text("30")
    assert contacted.get_by_role("article").count() == 25

    contacted.get_by_text("Show more").scroll_into_view_if_needed()

    expect(contacted.get_by_role("article")).to_have_count(30)
    titles = contacted.get_by_role("heading", level=3).all_inner_texts()
    assert titles == [f"Stacked {number:02}" for number in range(1, 31)]
    page.get_by_role("button", name="Move Stacked 30").click()
    page.get_by_role("menuitemradio", name="Proposal").click()
    proposal = page.get_by_role("region", name="Proposal", exact=True)
    expect(proposal.get_by_role("link", name="Stacked 30")).to_be_visible()
