"""The zebra, of which no line of Python knows, has every screen, by its metadata alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import Desk, more, toasts
from tests.journeys.home import Home


@pytest.fixture
def keeper(desk: Desk) -> Page:
    """Kim, who keeps zebras of her own and may not know their secrets."""
    return desk.open("kim")


@pytest.fixture
def watcher(desk: Desk) -> Page:
    """Wes, who watches all zebras and touches none."""
    return desk.open("wes")


def test_a_zebra_is_made_found_and_changed(keeper: Page, home: Home) -> None:
    mother = home.made("kim", "zebra", name="Mother of Zeno", herd="north")
    keeper.goto("/views/all_zebras")
    keeper.get_by_role("link", name="New zebra").click()
    keeper.get_by_label("Name").fill("Zeno")
    keeper.get_by_label("Herd").select_option("south")
    keeper.get_by_label("Traits").fill("shy, quick")
    keeper.get_by_role("combobox", name="Mother").fill("Mother of")
    keeper.get_by_role("option", name="Mother of Zeno").click()
    keeper.get_by_role("button", name="Create zebra").click()

    expect(keeper.get_by_role("heading", name="Zeno")).to_be_visible()
    expect(toasts(keeper)).to_contain_text("Zebra created")
    details = keeper.get_by_role("region", name="Details")
    expect(details).to_contain_text("shy")
    expect(details.get_by_role("link", name="Mother of Zeno")).to_be_visible()
    expect(keeper.get_by_text("Secret")).to_have_count(0)

    keeper.goto(mother)
    expect(keeper.get_by_role("region", name="Children")).to_contain_text("Zeno")
    keeper.get_by_label("Search everything").fill("Zeno")
    keeper.locator("#search-found").get_by_role("link", name=re.compile("^Zeno")).click()
    expect(keeper.get_by_role("heading", name="Zeno", exact=True)).to_be_visible()
    keeper.wait_for_load_state("load")  # keys are listened to from then on
    keeper.keyboard.press("e")
    keeper.get_by_label("Size").fill("1.4")
    keeper.get_by_role("button", name="Save").click()
    expect(keeper.get_by_role("region", name="Details")).to_contain_text("1.40")


def test_a_zebra_goes_along_its_stages(desk: Desk, home: Home) -> None:
    page = desk.open("kim")
    desk.expected.add(422)
    page.goto(home.made("kim", "zebra", name="Zora"))
    expect(page.get_by_role("button", name="Calf")).to_have_attribute("aria-current", "step")

    page.get_by_role("button", name="Young").click()
    expect(page.get_by_role("button", name="Young")).to_have_attribute("aria-current", "step")

    page.get_by_role("button", name="Grown up").click()
    expect(page.get_by_role("alert")).to_contain_text("Size")
    expect(page.get_by_label("Stage")).to_have_value("grown")
    page.get_by_label("Size").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Grown up")).to_have_attribute("aria-current", "step")


def test_a_zebra_is_thrown_away_with_its_children_and_restored(keeper: Page, home: Home) -> None:
    mother = home.made("kim", "zebra", name="Zelda")
    home.made("kim", "zebra", name="Child of Zelda", mother=mother.rpartition("/")[2])
    keeper.goto("/views/all_zebras?q=Zelda")
    expect(keeper.get_by_role("link", name="Child of Zelda")).to_be_visible()

    keeper.get_by_label("Select Zelda", exact=True).check()
    keeper.get_by_role("button", name="Move to trash").click()

    expect(toasts(keeper)).to_contain_text("1 zebra moved to the trash")
    expect(keeper.get_by_role("heading", name="Zebras")).to_be_visible()
    keeper.goto("/views/all_zebras?q=Zelda")
    expect(keeper.get_by_role("heading", name="Nothing matches")).to_be_visible()
    keeper.goto("/trash")
    keeper.get_by_role("button", name="Restore Zelda", exact=True).click()
    expect(keeper.get_by_role("region", name="Children")).to_contain_text("Child of Zelda")


def test_zebras_are_imported_by_who_may(admin: Page, home: Home, tmp_path: Path) -> None:
    herd = tmp_path / "herd.csv"
    herd.write_text("Name,Herd,Size\nImported one,north,1.1\nImported two,south,1.2\nBad,east,x\n")
    admin.goto("/import/zebra")
    admin.get_by_label("A file with a table").set_input_files(herd)
    admin.get_by_role("button", name="Look at the file").click()
    admin.get_by_role("button", name="Show what would come of it").click()
    expect(admin.get_by_role("region", name="What would come of it")).to_contain_text(re.compile(r"Rejected\s*1"))

    admin.get_by_role("button", name="Import").click()

    admin.get_by_role("link", name="See the zebras").click()
    expect(admin.get_by_role("link", name="Imported two")).to_be_visible()


def test_a_secret_is_nowhere_for_whom_it_is_closed_to(desk: Desk, home: Home) -> None:
    kim = str(home.actor("kim").id)
    address = home.made("nora", "zebra", name="Zita", secret="Unspeakable", owner=kim)
    home.change("nora", address, secret="Unutterable")
    page = desk.open("kim")

    for where in (address, f"{address}?kind=changes", f"{address}/edit", "/views/all_zebras"):
        page.goto(where)
        text = page.content()
        assert "Zita" in text
        assert not {"Unspeakable", "Unutterable", "Secret"} & set(re.findall(r"\w+", text))
    page.goto("/search?q=Unutterable")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_a_watcher_sees_zebras_and_no_button_that_would_refuse(watcher: Page, home: Home) -> None:
    address = home.made("kim", "zebra", name="Zuri")
    watcher.goto("/views/all_zebras?q=Zuri")
    main = watcher.get_by_role("main")
    expect(main.get_by_role("link", name="Zuri")).to_be_visible()
    expect(watcher.get_by_role("link", name="New zebra")).to_have_count(0)
    expect(watcher.get_by_role("checkbox")).to_have_count(0)

    watcher.goto(address)
    expect(watcher.get_by_role("link", name="Edit")).to_have_count(0)
    expect(more(watcher)).to_have_count(0)
    expect(watcher.get_by_role("button", name="Young")).to_be_disabled()
    expect(main.get_by_role("link", name="New in")).to_have_count(0)
