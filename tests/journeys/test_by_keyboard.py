"""Everything can be done with the keyboard, and one always sees where one is."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import Desk, more
from tests.journeys.home import Home

FOCUSABLE = """
[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.disabled
    && each.tabIndex >= 0 && each.type !== 'hidden')
"""
WHERE = """() => {
  const held = document.activeElement, style = getComputedStyle(held), box = held.getBoundingClientRect()
  const x = Math.min(box.left + box.width / 2, innerWidth - 1)
  const y = Math.min(box.top + Math.min(box.height, 24) / 2, innerHeight - 1)
  const top = document.elementFromPoint(x, y)
  return {
    at: FOCUSABLE.indexOf(held),
    name: held.getAttribute('aria-label') || held.textContent.trim().slice(0, 40) || held.id,
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    uncovered: Boolean(top) && (held.contains(top) || top.contains(held)),
  }
}""".replace("FOCUSABLE", FOCUSABLE)


def focused(page: Page) -> str:
    name: str = page.evaluate(WHERE)["name"]
    return name


def test_the_first_tab_offers_to_skip_to_the_content(rep: Page) -> None:
    rep.goto("/views/all_contacts")
    rep.keyboard.press("Tab")
    skip = rep.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    rep.keyboard.press("Enter")

    expect(rep.get_by_role("main")).to_be_focused()
    rep.keyboard.press("Tab")
    assert rep.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(
    "path", ["/views/all_contacts?q=an", "/views/deal_board?mine=yes", "{record}", "{record}/edit"]
)
def test_tab_goes_through_the_page_in_order_and_shows_where_it_is(
    rep: Page, home: Home, path: str
) -> None:
    rep.goto(path.format(record=home.made("priya", "deal", name="Walked through", stage="lead")))
    count = rep.evaluate(f"{FOCUSABLE}.length")
    seen = []
    for _ in range(min(count, 60)):
        rep.keyboard.press("Tab")
        seen.append(rep.evaluate(WHERE))

    places = list(dict.fromkeys(each["at"] for each in seen))  # a date takes several tabs
    assert places == list(range(len(places))), "out of order, or something can't be reached"
    assert [each["name"] for each in seen if not each["outlined"]] == []
    assert [each["name"] for each in seen if not each["uncovered"]] == []


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_a_key_leads_to_the_search(rep: Page, keys: str) -> None:
    rep.goto("/views/all_contacts")

    rep.keyboard.press(keys)

    expect(rep.get_by_label("Search everything")).to_be_focused()
    expect(rep.get_by_label("Search everything")).to_have_value("")


def test_what_the_search_finds_is_walked_with_arrows(rep: Page, home: Home) -> None:
    home.made("priya", "company", name="Quokka Breweries")
    rep.goto("/views/all_contacts")
    rep.keyboard.press("/")
    rep.keyboard.type("Quokka Brew")
    found = rep.locator("#search-found").get_by_role("link", name="Quokka Breweries")
    expect(found).to_be_visible()

    rep.keyboard.press("ArrowDown")
    expect(found).to_be_focused()
    rep.keyboard.press("ArrowUp")
    expect(rep.get_by_label("Search everything")).to_be_focused()
    rep.keyboard.press("ArrowDown")
    rep.keyboard.press("Enter")

    expect(rep.get_by_role("heading", name="Quokka Breweries")).to_be_visible()


def test_escape_puts_away_what_the_search_found(rep: Page, home: Home) -> None:
    home.made("priya", "company", name="Wombat Works")
    rep.goto("/views/all_contacts")
    rep.get_by_label("Search everything").fill("Wombat")
    expect(rep.get_by_role("link", name="Wombat Works")).to_be_visible()

    rep.keyboard.press("Escape")

    expect(rep.get_by_role("link", name="Wombat Works")).to_be_hidden()


def test_letters_create_and_edit_and_walk(rep: Page, home: Home) -> None:
    address = home.made("priya", "contact", name={"first": "Aaa", "last": "Aardvark"})
    rep.goto("/views/my_contacts?sort=name")
    rep.keyboard.press("j")
    assert focused(rep) == "Aaa Aardvark"
    rep.keyboard.press("j")
    second = focused(rep)
    assert second != "Aaa Aardvark"
    rep.keyboard.press("k")
    assert focused(rep) == "Aaa Aardvark"

    rep.keyboard.press("Enter")
    rep.wait_for_url(f"**{address}")
    rep.keyboard.press("e")
    expect(rep.get_by_label("First name")).to_have_value("Aaa")
    rep.get_by_label("First name").press("c")
    rep.get_by_label("First name").press("/")
    expect(rep.get_by_label("First name")).to_have_value("c/Aaa")

    rep.goto("/views/my_contacts")
    rep.keyboard.press("c")
    expect(rep.get_by_role("heading", name="New contact")).to_be_visible()


def test_a_linked_record_is_chosen_with_arrows_and_enter(rep: Page, home: Home) -> None:
    home.made("priya", "company", name="Numbat One")
    home.made("priya", "company", name="Numbat Two")
    rep.goto("/records/deal/new")
    box = rep.get_by_role("combobox", name="Company")
    box.press_sequentially("Numbat")
    expect(rep.get_by_role("option", name="Numbat Two")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")

    box.press("ArrowDown")
    box.press("ArrowDown")
    chosen = rep.get_by_role("listbox", name="Company").get_by_role("option", selected=True)
    expect(chosen).to_have_text("Numbat Two")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.press("Enter")
    expect(box).to_have_value("Numbat Two")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_be_focused()

    rep.get_by_label("Name").fill("With a numbat")
    rep.get_by_role("button", name="Create deal").click()
    expect(rep.get_by_role("link", name="Numbat Two").first).to_be_visible()


def test_escape_closes_the_options_and_keeps_what_was_chosen(rep: Page, home: Home) -> None:
    company = home.made("priya", "company", name="Quoll Quarries").rpartition("/")[2]
    deal = home.made("priya", "deal", name="Kept", company=company)
    rep.goto(f"{deal}/edit")
    box = rep.get_by_role("combobox", name="Company")
    box.fill("Quo")
    expect(rep.get_by_role("option", name="Quoll Quarries")).to_be_visible()

    box.press("Escape")

    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("Quoll Quarries")
    rep.get_by_role("button", name="Save").click()
    rep.wait_for_url(f"**{deal}")
    assert home.record(deal).values["company"].title == "Quoll Quarries"


def test_menus_open_with_enter_and_close_with_escape(rep: Page) -> None:
    rep.goto("/views/all_contacts")
    for opener, item in (
        (rep.locator("summary", has_text="Priya"), rep.get_by_role("button", name="Sign out")),
        (more(rep), rep.get_by_role("link", name="Import a file")),
    ):
        opener.focus()
        rep.keyboard.press("Enter")
        expect(item).to_be_visible()
        rep.keyboard.press("Tab")

        rep.keyboard.press("Escape")

        expect(item).to_be_hidden()
        expect(opener).to_be_focused()


def test_a_sheet_tells_the_keys(rep: Page) -> None:
    rep.goto("/views/all_contacts")
    rep.keyboard.press("?")
    sheet = rep.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Search everything")

    rep.keyboard.press("c")
    rep.keyboard.press("Escape")

    expect(sheet).to_be_hidden()
    expect(rep).to_have_url(re.compile("/views/all_contacts$"))


def test_rows_are_selected_where_one_is(rep: Page) -> None:
    rep.goto("/views/my_contacts")
    for key in ("j", "x", "j", "x", "k", "x"):
        rep.keyboard.press(key)

    expect(rep.get_by_text("1 selected")).to_be_visible()


def test_the_menu_of_a_card_is_left_without_moving_it(desk: Desk, home: Home) -> None:
    title = "Stays where it is"
    home.made("priya", "deal", name=title, stage="lead", close_date="2019-01-01")
    page = desk.open("priya")
    page.goto("/views/deal_board?mine=yes")
    button = page.get_by_role("button", name=f"Move {title}")
    button.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitemradio", name="Lost")).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.get_by_role("menu")).to_be_hidden()
    expect(button).to_be_focused()
    lead = page.get_by_role("region", name="Lead", exact=True)
    expect(lead.get_by_role("link", name=title)).to_be_visible()
