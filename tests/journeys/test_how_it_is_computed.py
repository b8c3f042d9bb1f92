"""Whoever wonders about a value opens how it is computed beside it, by mouse, key or finger, or without script."""

from playwright.sync_api import Page, expect

from tests.journeys.browsing import PHONE, Desk
from tests.journeys.home import Home

WEIGHTED = "How is this computed? Weighted"
LEAST = 44  # pixels that a finger needs


def deal(home: Home) -> str:
    """The address of a deal whose weighted amount is half."""
    return home.made("priya", "deal", name="Half a deal", stage="proposal", amount="1000 EUR")


def mixed(home: Home) -> str:
    """The address of a company whose deals are in two currencies."""
    address = home.made("priya", "company", name="Two currencies")
    for amount in ("10 EUR", "10 USD"):
        home.made("priya", "deal", name=f"For {amount}", company=address.rpartition("/")[2], stage="lead", amount=amount)
    return address


def test_a_button_opens_it_beside_the_value(rep: Page, home: Home) -> None:
    rep.goto(deal(home))

    rep.get_by_role("button", name=WEIGHTED).first.click()

    told = rep.get_by_role("dialog", name="How is this computed?")
    expect(told).to_contain_text("Amount × probability ÷ 100")
    expect(told).to_contain_text("€1,000.00")
    expect(told).to_contain_text("€500.00")
    told.get_by_role("button", name="Close").click()
    expect(told).to_be_hidden()


def test_it_is_opened_and_closed_by_key(rep: Page, home: Home) -> None:
    rep.goto(deal(home))
    button = rep.get_by_role("button", name=WEIGHTED).first
    told = rep.get_by_role("dialog", name="How is this computed?")

    for key in ("Enter", "Space"):
        button.focus()
        rep.keyboard.press(key)
        expect(told.get_by_role("heading", name="How Weighted is computed")).to_be_focused()
        rep.keyboard.press("Escape")

        expect(told).to_be_hidden()
        expect(button).to_be_focused()


def test_it_leads_to_the_records_that_went_in(rep: Page, home: Home) -> None:
    rep.goto(mixed(home))

    rep.get_by_role("button", name="How is this computed? Open deals").click()
    rep.get_by_role("dialog").get_by_role("link", name="For 10 USD").click()

    expect(rep.get_by_role("heading", level=1)).to_have_text("For 10 USD")


def test_without_script_it_is_a_page(desk: Desk, home: Home) -> None:
    page = desk.open("priya", java_script_enabled=False)
    address = deal(home)
    page.goto(address)

    page.get_by_role("link", name=WEIGHTED).first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Weighted")
    expect(page.get_by_role("main")).to_contain_text("Amount × probability ÷ 100")
    page.get_by_role("link", name="Half a deal").click()
    expect(page).to_have_url(home.address + address)


def test_a_value_that_can_not_be_says_what_is_to_be_mended(rep: Page, home: Home) -> None:
    rep.goto(mixed(home))

    expect(rep.get_by_text("There are amounts in different currencies: EUR and USD.")).to_be_visible()


def test_a_finger_finds_the_button_and_all_of_what_it_opens(desk: Desk, home: Home) -> None:
    page = desk.open("priya", viewport=PHONE, has_touch=True)
    page.goto(deal(home))
    button = page.get_by_role("button", name=WEIGHTED).first

    box = button.bounding_box()
    button.tap()
    told = page.get_by_role("dialog", name="How is this computed?").bounding_box()

    assert box is not None
    assert min(box["width"], box["height"]) >= LEAST
    assert told is not None
    assert told["x"] >= 0
    assert told["x"] + told["width"] <= PHONE["width"]
    assert told["y"] + told["height"] <= PHONE["height"]
