"""A view is filtered by what its address says, of what is open; each condition is told, and can be left out."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from engine.context import Actor
from engine.records.commands import apply_batch, create_record
from engine.records.writes import Create
from engine.tenant import Tenant
from tests.ui_builder.visiting import Seen, Visitor

VIEW = "/views/all_zebras"


@pytest.fixture(scope="module", autouse=True)
def herd(shared: Tenant, people: dict[str, Actor]) -> None:
    """Zebras of Ada's and of Kim's: sizes 1 to 6, by turns of the north and of the south."""
    for name, sizes in (("Ada", (1, 2, 3, 4)), ("Kim", (5, 6))):
        rows = [
            {"name": f"Fil {size}", "size": size, "herd": "south" if size % 2 else "north", "stage": "calf"}
            for size in sizes
        ]
        with shared.writing(people[name]) as ctx:
            outcomes = apply_batch(ctx, "zebra", [Create(values=row) for row in rows])
            assert [each.refusal for each in outcomes if each.refusal] == []


def address(path: str, **asked: str) -> str:
    return f"{path}?{urlencode(asked)}"


def titles(seen: Seen) -> list[str]:
    return re.findall(r'<a class="title"[^>]*>(Fil \d)', seen.html)


def links(seen: Seen, part: str) -> list[dict[str, list[str]]]:
    """What the addresses ask for that have this in them."""
    hrefs = {unescape(each) for each in re.findall(r'href="([^"]*)"', seen.html) if part in each}
    return [parse_qs(urlsplit(each).query) for each in hrefs]


def test_the_address_filters_it(ada: Visitor) -> None:
    seen = ada.get(address(VIEW, where="size > 2 and herd == 'south'"))

    assert titles(seen) == ["Fil 3", "Fil 5"]
    assert "2 zebras" in seen.words


def test_each_condition_is_said_in_words_and_can_be_left_out(ada: Visitor) -> None:
    seen = ada.get(address(VIEW, where="size > 2 and herd == 'south'", sort="-size"))

    chips = re.findall(r'href="([^"]*)" aria-label="Remove: ([^"]*)"', seen.html)
    assert {words: parse_qs(urlsplit(unescape(href)).query) for href, words in chips} == {
        "Size is more than 2": {"where": ["herd == 'south'"], "sort": ["-size"]},
        "Herd is South": {"where": ["size > 2"], "sort": ["-size"]},
    }


def test_words_order_and_mine_go_along_with_it(ada: Visitor) -> None:
    seen = ada.get(address(VIEW, where="size > 1", q="Fil", sort="-size", mine="yes"))

    assert titles(seen) == ["Fil 4", "Fil 3", "Fil 2"]
    for asked in (*links(seen, "sort=size"), *links(seen, "/export/")):
        assert asked["where"] == ["size > 1"]
        assert asked["q"] == ["Fil"]


def test_what_is_exported_is_what_is_shown(ada: Visitor) -> None:
    seen = ada.get(address("/export/all_zebras", where="size > 4", format="csv", q="Fil"))

    assert re.findall(r"Fil \d", seen.html) == ["Fil 5", "Fil 6"]


def test_a_board_is_filtered_with_its_totals(
    shared: Tenant, people: dict[str, Actor], ada: Visitor
) -> None:
    rows = [{"name": f"Fil for {amount}", "amount": f"{amount} EUR", "stage": "lead"} for amount in (3, 7, 9)]
    with shared.writing(people["Ada"]) as ctx:
        apply_batch(ctx, "deal", [Create(values=row) for row in rows])

    seen = ada.get(address("/views/deal_board", where="amount > 5", q="Fil"))
    mistaken = ada.get(address("/views/deal_board", where="ammount > 5", q="Fil"))

    assert re.findall(r"Fil for \d", seen.words) == ["Fil for 7", "Fil for 9"]
    assert "Lead 2 €16" in seen.words
    assert (mistaken.status, re.findall(r"Fil for \d", mistaken.words)) == (200, [])


def test_a_filter_that_cant_be_read_is_told_of_at_its_text_and_shows_nothing(ada: Visitor) -> None:
    seen = ada.get(address(VIEW, where="size > 1 and sise < 3"))

    assert seen.status == 200
    assert "did you mean" in seen.words.lower()
    assert "(column 14)" in seen.words
    assert "<mark>sise</mark>" in seen.html
    assert 'aria-invalid="true"' in seen.html
    assert titles(seen) == []
    assert "This filter can’t be read" in seen.words


@pytest.mark.parametrize(
    "text", ["(", "size > '", "x" * 5000, "size >", "'a' <", "\0", "size", "friends", "not", "1", "🦓 == 1"]
)
def test_no_text_breaks_the_page(ada: Visitor, text: str) -> None:
    for path in (VIEW, "/views/deal_board", "/filters/all_zebras"):
        seen = ada.get(address(path, where=text))

        assert seen.status == 200
        assert "Reference:" not in seen.words


def test_a_closed_field_is_refused_by_name(kim: Visitor) -> None:
    for path in (VIEW, "/filters/all_zebras", "/export/all_zebras"):
        seen = kim.get(address(path, where="secret == 'x'"))

        assert seen.status == 403
        if path != "/export/all_zebras":
            assert "secret" in seen.words


def test_what_ones_own_teams_own_is_found(shared: Tenant, people: dict[str, Actor], ada: Visitor) -> None:
    mates = "any(owner.teams, id in me.teams)"
    before = titles(ada.get(address(VIEW, where=mates, q="Fil")))
    with shared.writing() as ctx:
        create_record(ctx, "team", {"name": "Filterers", "members": [people["Ada"].id, people["Kim"].id]})
        create_record(ctx, "zebra", {"name": "Fil 9", "owner": people["Wes"].id})

    seen = ada.get(address(VIEW, where=mates, q="Fil"))

    assert before == []
    assert titles(seen) == [f"Fil {size}" for size in range(1, 7)]
    assert "Owner is in one of my teams" in seen.words
