"""A filter is built by rows and by text: each says what the other does, and nothing that is closed."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import Actor
from engine.records.commands import apply_batch
from engine.records.writes import Create
from engine.tenant import Tenant
from tests.ui_builder.visiting import Seen, Visitor

ROWS = {"rows": "yes", "p:is": "group", "p:join": "and"}


@pytest.fixture(scope="module", autouse=True)
def herd(shared: Tenant, people: dict[str, Actor]) -> None:
    """Six zebras, of sizes 1 to 6."""
    rows = [{"name": f"Fil {size}", "size": size, "herd": "south"} for size in range(1, 7)]
    with shared.writing(people["Ada"]) as ctx:
        outcomes = apply_batch(ctx, "zebra", [Create(values=row) for row in rows])
        assert [each.refusal for each in outcomes if each.refusal] == []


def address(path: str, **asked: str) -> str:
    return f"{path}?{urlencode(asked)}"


def where(seen: Seen) -> str:
    """The text that the panel says its rows are."""
    found = re.search(r'data-where="([^"]*)"', seen.html)
    assert found is not None
    return unescape(found[1])


def test_a_text_becomes_rows_with_what_it_means_and_how_many_fit(ada: Visitor) -> None:
    seen = ada.get(address("/filters/all_zebras", where="size >= 3 and herd in ('north', 'south')"))

    assert "Zebras where size is at least 3 and herd is North or South 4 zebras" in seen.words
    assert '<option value="gte" selected>' in seen.html
    assert len(re.findall(r'name="p.1:value" value="(?:north|south)" checked', seen.html)) == 2


def test_rows_become_a_text(ada: Visitor) -> None:
    rows = {
        "p.0:is": "condition", "p.0:path": "size", "p.0:was": "size", "p.0:op": "gt", "p.0:value": "1,000.50",
        "p.1:is": "group", "p.1:join": "nor",
        "p.1.0:is": "condition", "p.1.0:path": "owner", "p.1.0:was": "owner", "p.1.0:op": "me",
        "p.2:is": "condition", "p.2:path": "children", "p.2:was": "children", "p.2:op": "count_gte", "p.2:number": "2",
        "p.2.0:is": "group", "p.2.0:join": "and",
        "p.2.0.0:is": "condition", "p.2.0.0:path": "mother.herd", "p.2.0.0:was": "mother.herd", "p.2.0.0:op": "eq",
        "p.2.0.0:value": "north",
        "p.3:is": "condition", "p.3:path": "born", "p.3:was": "born", "p.3:op": "last", "p.3:number": "2", "p.3:unit": "weeks",
        "p.4:is": "piece", "p.4:text": "size * 2 > 3",
    }  # fmt: skip

    assert where(ada.get(address("/filters/all_zebras", **ROWS, **rows))) == (
        "size > 1000.50 and not owner == me and count(children, mother.herd == 'north') >= 2 "
        "and born >= today() - weeks(2) and born <= today() and size * 2 > 3"
    )


def test_what_is_not_filled_in_stays_and_asks_nothing(ada: Visitor) -> None:
    rows = {"p.0:is": "condition", "p.0:path": "size", "p.0:was": "size", "p.0:op": "gt", "p.0:value": ""}

    seen = ada.get(address("/filters/all_zebras", **ROWS, **rows))

    assert where(seen) == ""
    assert 'name="p.0:path" value="size"' in seen.html


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"p.0:is": "condition", "p.0:path": "size", "p.0:was": "size", "p.0:op": "gt", "p.0:value": "many"},
         "Condition 1: “many” is no number."),
        ({"p.0:is": "condition", "p.0:path": "born", "p.0:was": "born", "p.0:op": "gt", "p.0:value": "soon"},
         "Condition 1: “soon” is no date."),
        ({"p.0:is": "piece", "p.0:text": "size * > 3"}, "Condition 1: This can't be read as an expression."),
    ],
)  # fmt: skip
def test_what_cant_be_read_is_told_and_changes_no_text(
    ada: Visitor, rows: dict[str, str], told: str
) -> None:
    seen = ada.get(address("/filters/all_zebras", **ROWS, **rows))

    assert told in seen.words
    assert "data-where" not in seen.html


def test_another_field_brings_its_own_comparisons(ada: Visitor) -> None:
    rows = {"p.0:is": "condition", "p.0:path": "herd", "p.0:was": "size", "p.0:op": "gt", "p.0:value": "5"}

    seen = ada.get(address("/filters/all_zebras", **ROWS, **rows))

    assert where(seen) == ""
    assert '<option value="eq" selected>' in seen.html
    assert '<option value="north">North</option>' in seen.html


def test_conditions_and_groups_are_added_and_removed_where_it_is_asked(ada: Visitor) -> None:
    rows = {
        "p.0:is": "condition", "p.0:path": "is_open", "p.0:was": "is_open", "p.0:op": "yes",
        "p.1:is": "group", "p.1:join": "or", "p.1.0:is": "condition", "p.1.0:path": "is_won", "p.1.0:was": "is_won", "p.1.0:op": "no",
    }  # fmt: skip

    added = ada.get(address("/filters/all_zebras", **ROWS, **rows, do="add:p.1"))
    grouped = ada.get(address("/filters/all_zebras", **ROWS, **rows, do="group:p"))
    removed = ada.get(address("/filters/all_zebras", **ROWS, **rows, do="remove:p.0"))

    assert 'name="p.1.1:path"' in added.html
    assert 'name="p.2.1:path"' in grouped.html
    assert where(removed) == "not is_won"


def test_a_mistake_leaves_the_rows_as_they_are(ada: Visitor) -> None:
    seen = ada.get(address("/filters/all_zebras", where="sise > 1"))

    assert "data-mistake" in seen.html
    assert "p:is" not in seen.html


def test_a_linked_record_is_chosen_by_its_title(ada: Visitor, kim: Visitor, zebra: str) -> None:
    rows = {"p.0:is": "condition", "p.0:path": "mother", "p.0:was": "mother", "p.0:op": "eq", "p.0:value": zebra}

    seen = ada.get(address("/filters/all_zebras", **ROWS, **rows))

    assert where(seen) == f"mother == '{zebra}'"
    assert 'value="Zed"' in seen.html
    assert "mother is Zed" in seen.words


def test_what_is_closed_is_never_offered(ada: Visitor, kim: Visitor) -> None:
    path = address("/filters/all_zebras/fields/zebra", q="s")
    completions = address("/filters/all_zebras/completions", before="secr")

    assert "Secret" in ada.get(path).words
    assert "secret" in ada.get(completions).words
    assert "Size" in kim.get(path).words
    assert "secret" not in kim.get(path).html.lower()
    assert "secret" not in kim.get(completions).html


@pytest.mark.parametrize(
    "rows",
    [
        {"p.0:is": "condition", "p.0:path": "secret", "p.0:op": "filled"},
        {"p.0:is": "piece", "p.0:text": "secret == 'x'"},
        {"p.0:is": "condition", "p.0:path": "children", "p.0:was": "children", "p.0:op": "any", "p.0.0:is": "group",
         "p.0.0.0:is": "condition", "p.0.0.0:path": "secret", "p.0.0.0:op": "filled"},
    ],
)  # fmt: skip
def test_a_closed_field_is_refused_in_rows_too(kim: Visitor, rows: dict[str, str]) -> None:
    assert kim.get(address("/filters/all_zebras", **ROWS, **rows)).status == 403


NAMES = st.sampled_from(["p", "p.0", "p.1", "p.0.0", "p.0.0.0", "p.99", "p.x", ""])
PARTS = st.sampled_from(["is", "join", "path", "was", "op", "value", "number", "unit", "text"])
VALUES = st.one_of(
    st.sampled_from(
        ["group", "condition", "piece", "and", "nor", "size", "herd", "children", "owner", "born", "stage.category", "eq", "in",
         "last", "this", "any", "count_gt", "me", "contains", "5", "-1", "days", "month", "north", "x", "2024-01-01", "size > 1", "("]
    ),
    st.text(max_size=6),
)  # fmt: skip


@settings(max_examples=80)
@given(
    st.dictionaries(st.tuples(NAMES, PARTS), VALUES, max_size=12),
    st.sampled_from(["", "add:p", "group:p.0", "remove:p.0", "remove:p", "add:p.0.0", "add:p.99", "x", "remove:"]),
)
def test_whatever_a_panel_sends_is_answered(
    ada: Visitor, rows: dict[tuple[str, str], str], do: str
) -> None:
    sent = {f"{place}:{part}": value for (place, part), value in rows.items()}

    seen = ada.get(address("/filters/all_zebras", **{**ROWS, **sent, "do": do}))

    assert seen.status == 200
    assert "Reference:" not in seen.words


@pytest.mark.parametrize("entity", ["deal", "lead", "company"])
def test_nothing_is_told_of_an_entity_that_is_closed(kim: Visitor, ada: Visitor, entity: str) -> None:
    path = address(f"/filters/all_zebras/fields/{entity}")
    along = address("/filters/all_zebras/fields/zebra", q=f"created by: {entity}")
    inside, nowhere = (
        address("/filters/all_zebras/completions", before=f"any(created_by.{name}, ")
        for name in (f"{entity}s", "nothing")
    )

    assert "Created" in ada.get(path).words
    assert kim.get(path).status == 403
    assert entity not in kim.get(along).words.lower()
    assert kim.get(inside).words == kim.get(nowhere).words
