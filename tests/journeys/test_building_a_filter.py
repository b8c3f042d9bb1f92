"""A list is filtered by rows and by text, with the mouse, the keyboard and a thumb, and back undoes it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsing import PHONE, Desk
from tests.journeys.home import Home

SIZES = range(1, 9)


@pytest.fixture(scope="session")
def sized(home: Home) -> str:
    """The address of a list of eight zebras, of sizes 1 to 8, each but the first a child of the one before."""
    mother = ""
    for size in SIZES:
        herd = "north" if size % 2 else "south"
        made = home.made("kim", "zebra", name=f"Sized {size}", size=size, herd=herd, mother=mother or None)
        mother = made.rpartition("/")[2]
    return "/views/all_zebras?q=Sized"


@pytest.fixture
def keeper(desk: Desk) -> Page:
    """Kim, whose zebras they are."""
    return desk.open("kim")


def names(page: Page) -> list[str]:
    return [name.removeprefix("Sized ") for name in page.locator("[data-row] a[data-walk]").all_inner_texts()]


def opened(page: Page) -> Locator:
    page.locator("summary", has_text="Filter").click()
    panel = page.get_by_role("group", name=re.compile("^Filter zebras|^Filter deals"))
    expect(field(page, "1")).to_be_visible()
    return panel


def field(page: Page, number: str) -> Locator:
    """The box that chooses the field of a condition."""
    return page.get_by_role("combobox", name=f"Condition {number}: field")


def choose(page: Page, number: str, label: str, kind: str = "") -> None:
    field(page, number).fill(label)
    page.get_by_role("option", name=f"{label} {kind}".strip(), exact=True).click()
    expect(page.get_by_label(f"Condition {number}: comparison")).to_be_focused()


def counted(page: Page) -> Locator:
    """How many records the list says that it shows."""
    return page.locator("p.count")


def text(page: Page) -> Locator:
    return page.get_by_label("As an expression")


def test_a_filter_is_built_by_rows_and_taken_back(keeper: Page, sized: str) -> None:
    keeper.goto(sized)
    panel = opened(keeper)
    choose(keeper, "1", "Size")
    panel.get_by_label("Condition 1: comparison").select_option("gt")
    panel.get_by_label("Condition 1: value").fill("3")
    expect(panel.locator("[data-told]")).to_contain_text("Zebras where size is more than 3 5 zebras")
    panel.get_by_role("button", name="Condition", exact=True).click()
    expect(field(keeper, "2")).to_be_focused()
    choose(keeper, "2", "Herd")
    panel.get_by_label("Condition 2: value").select_option("south")
    expect(text(keeper)).to_have_value("size > 3 and herd == 'south'")

    panel.get_by_role("button", name="Show 3 zebras").click()

    expect(counted(keeper)).to_have_text("3 zebras")
    assert names(keeper) == ["4", "6", "8"]
    keeper.get_by_role("link", name="Remove: Herd is South").click()
    expect(counted(keeper)).to_have_text("5 zebras")
    keeper.go_back()
    expect(counted(keeper)).to_have_text("3 zebras")
    keeper.go_back()
    expect(counted(keeper)).to_have_text("8 zebras")
    assert "where" not in keeper.url


def test_nothing_is_lost_that_is_filled_in_faster_than_it_is_answered(keeper: Page, sized: str) -> None:
    keeper.goto(f"{sized}&where=size+%3E+1")
    panel = opened(keeper)
    panel.get_by_label("Condition 1: comparison").select_option("lt")
    panel.get_by_label("Condition 1: value").fill("3")
    panel.locator("[data-apply]").click()
    expect(counted(keeper)).to_have_text("2 zebras")

    panel = opened(keeper)
    panel.get_by_label("Condition 1: value").fill("4")
    panel.get_by_label("Condition 1: value").press("Enter")

    expect(counted(keeper)).to_have_text("3 zebras")
    assert names(keeper) == ["1", "2", "3"]


def test_a_text_is_written_with_help_and_becomes_rows(keeper: Page, sized: str) -> None:
    keeper.goto(sized)
    panel = opened(keeper)
    text(keeper).press_sequentially("mother.he")
    expect(panel.get_by_role("option", name="mother.herd")).to_be_visible()
    keeper.keyboard.press("ArrowDown")
    keeper.keyboard.press("Enter")
    text(keeper).press_sequentially(" == '")
    expect(panel.get_by_role("option", name="'south'")).to_be_visible()
    keeper.keyboard.press("ArrowUp")
    keeper.keyboard.press("Tab")
    expect(text(keeper)).to_have_value("mother.herd == 'south'")
    expect(field(keeper, "1")).to_have_value("Mother: Herd")
    expect(panel.get_by_label("Condition 1: value")).to_have_value("south")

    keeper.keyboard.press("Enter")

    expect(counted(keeper)).to_have_text("3 zebras")
    assert names(keeper) == ["3", "5", "7"]


def test_a_mistake_is_told_beside_the_text_until_it_is_mended(keeper: Page, sized: str) -> None:
    keeper.goto(f"{sized}&where=sise+%3E+6")
    panel = keeper.get_by_role("group", name="Filter zebras")
    expect(panel.locator("mark")).to_have_text("sise")
    expect(text(keeper)).to_have_attribute("aria-invalid", "true")
    expect(keeper.locator("[data-row]")).to_have_count(0)

    text(keeper).fill("size > 6")

    expect(panel.get_by_label("Condition 1: value")).to_have_value("6")
    expect(text(keeper)).to_have_attribute("aria-invalid", "false")
    panel.get_by_role("button", name="Show 2 zebras").click()
    expect(counted(keeper)).to_have_text("2 zebras")
    assert names(keeper) == ["7", "8"]


def test_groups_relations_and_linked_records_are_built(keeper: Page, sized: str) -> None:
    keeper.goto(sized)
    panel = opened(keeper)
    choose(keeper, "1", "Children", "Related records")
    choose(keeper, "1.1.1", "Size")
    panel.get_by_label("Condition 1.1.1: comparison").select_option("lte")
    panel.get_by_label("Condition 1.1.1: value").fill("5")
    panel.get_by_role("button", name="Group").last.click()
    choose(keeper, "2.1", "Mother")
    panel.get_by_role("combobox", name="Condition 2.1: value").fill("Sized 2")
    keeper.get_by_role("option", name="Sized 2").click()
    choose(keeper, "2.2", "Mother")
    panel.get_by_label("Condition 2.2: comparison").select_option("empty")

    expect(text(keeper)).to_have_value(
        re.compile(r"^any\(children, size <= 5\) and \(mother == '[0-9a-f-]{36}' or is_empty\(mother\)\)$")
    )
    expect(panel.locator("[data-told]")).to_contain_text("either mother is Sized 2 or mother is empty 2 zebras")
    panel.get_by_role("button", name="Remove condition 2", exact=True).click()
    panel.get_by_role("button", name="Show 4 zebras").click()
    expect(counted(keeper)).to_have_text("4 zebras")
    assert names(keeper) == ["1", "2", "3", "4"]


def test_words_and_order_keep_the_filter(keeper: Page, sized: str) -> None:
    keeper.goto("/views/all_zebras?where=size+%3E+2+and+starts_with(name,+'Sized')")
    keeper.get_by_role("searchbox", name="Search zebras").fill("Sized")
    expect(keeper).to_have_url(re.compile("q=Sized"))
    keeper.get_by_role("link", name="Size", exact=True).click()
    expect(keeper.get_by_role("columnheader", name="Size")).to_have_attribute("aria-sort", "ascending")
    keeper.get_by_role("link", name="Remove: Size is more than 2").click()

    expect(counted(keeper)).to_have_text("8 zebras")
    assert re.search("q=Sized.*sort=size", keeper.url)


def test_the_panel_is_left_by_escape_by_its_button_and_by_looking_elsewhere(keeper: Page, sized: str) -> None:
    keeper.goto(f"{sized}&where=size+%3E+6")
    for leave in (
        lambda panel: keeper.keyboard.press("Escape"),
        lambda panel: panel.get_by_role("button", name="Close the filter").click(),
    ):
        panel = opened(keeper)
        leave(panel)
        expect(panel).to_be_hidden()
        expect(keeper.locator("summary", has_text="Filter")).to_be_focused()
    panel = opened(keeper)
    keeper.get_by_role("heading", level=1).click()
    expect(panel).to_be_hidden()


def test_what_is_set_is_changed_from_where_it_stands(keeper: Page, sized: str) -> None:
    keeper.goto(f"{sized}&where=size+%3E+6+and+herd+%3D%3D+'north'")
    keeper.get_by_role("list", name="Filtered by").get_by_text("Herd is North").click()
    expect(keeper.get_by_label("Condition 2: comparison")).to_be_focused()
    keeper.keyboard.press("Escape")
    keeper.keyboard.press("Tab")
    keeper.evaluate("document.activeElement.blur()")

    keeper.keyboard.press("f")

    expect(keeper.get_by_label("Condition 1: comparison")).to_be_focused()


def test_a_filter_is_built_without_a_mouse(keeper: Page, sized: str) -> None:
    keeper.goto(sized)
    keeper.keyboard.press("f")
    expect(field(keeper, "1")).to_be_focused()
    keeper.keyboard.type("size")
    expect(keeper.get_by_role("option", name="Size", exact=True)).to_be_visible()
    keeper.keyboard.press("Enter")
    expect(keeper.get_by_label("Condition 1: comparison")).to_be_focused()
    for _ in range(5):
        keeper.keyboard.press("ArrowDown")
    expect(keeper.get_by_label("Condition 1: comparison")).to_have_value("gte")
    keeper.keyboard.press("Tab")
    keeper.keyboard.type("7")
    keeper.keyboard.press("Enter")

    expect(counted(keeper)).to_have_text("2 zebras")
    assert names(keeper) == ["7", "8"]


def test_a_board_is_filtered_and_what_is_closed_is_not_offered(rep: Page, home: Home) -> None:
    home.made("priya", "deal", name="Filtered in", stage="lead", amount="987654 EUR")
    rep.goto("/views/deal_board")
    panel = opened(rep)
    field(rep, "1").fill("m")
    expect(rep.get_by_role("option", name="Amount")).to_be_visible()
    expect(rep.get_by_role("option", name="Margin")).to_have_count(0)
    choose(rep, "1", "Amount")
    panel.get_by_label("Condition 1: comparison").select_option("gte")
    panel.get_by_label("Condition 1: value").fill("987,654")

    panel.get_by_label("Condition 1: value").press("Enter")

    expect(rep.get_by_role("article")).to_have_count(1)
    expect(rep.get_by_role("link", name="Filtered in")).to_be_visible()


def test_on_a_phone_the_panel_is_a_sheet_as_wide_as_the_screen(desk: Desk, sized: str) -> None:
    page = desk.open("kim", viewport=PHONE, has_touch=True)
    page.goto(f"{sized}&where=size+%3E+2+and+(herd+%3D%3D+'north'+or+any(children,+size+%3E+1))")
    panel = opened(page)

    box = panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, PHONE["width"], PHONE["height"])
    expect(panel.get_by_role("button", name="Show 5 zebras")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_script_the_text_filters(desk: Desk, sized: str) -> None:
    page = desk.open("kim", java_script_enabled=False)
    page.goto(f"{sized}&sort=-size")
    page.locator("summary", has_text="Filter").click()
    text(page).fill("size > 6 or mother == None")
    page.get_by_role("button", name="Show").click()

    assert names(page) == ["8", "7", "1"]
    page.locator("summary", has_text="Filter").click()
    text(page).fill("size >")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("group", name="Filter zebras")).to_contain_text("can't be read as an expression")
    page.get_by_role("group", name="Filter zebras").get_by_role("link", name="Clear").click()
    expect(counted(page)).to_have_text("8 zebras")
