"""A page costs the same few statements however many records it shows, and weighs little."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.context import Actor
from engine.records.commands import apply_batch
from engine.records.queries import CAP
from engine.records.writes import Create
from engine.tenant import Tenant
from tests.ui_builder.visiting import Visitor

BUILT = Path(__file__).parents[2] / "ui_builder/dist/assets"
BUDGETS = {".js": 35 * 1024, ".css": 25 * 1024}
FEW, MANY = 3, 60


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def listen(*about: Any) -> None:
        asked.append(about[2])

    engine = app.extensions["pulse"].database.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", listen)


def make(shared: Tenant, by: Actor, entity: str, rows: list[dict[str, Any]]) -> None:
    with shared.writing(by) as ctx:
        outcomes = apply_batch(ctx, entity, [Create(values=row) for row in rows])
        assert not [outcome.refusal for outcome in outcomes if outcome.refusal]


@pytest.mark.parametrize("name", ["Ada", "Rae"])
def test_a_list_and_a_board_ask_as_much_for_many_records_as_for_few(
    app: Flask, shared: Tenant, people: dict[str, Actor], visit: Any, name: str
) -> None:
    visitor = visit(name)
    asked = {}
    for word, count in (("few", FEW), ("many", MANY)):
        with shared.writing(people[name]) as ctx:
            rows = [{"name": f"{word} {name} {at}"} for at in range(count)]
            found = apply_batch(ctx, "company", [Create(values=row) for row in rows])
        deals = [
            {"name": f"{word} {name} {at}", "company": each.id, "stage": "lead", "amount": "5 EUR"}
            for at, each in enumerate(found)
        ]
        make(shared, people[name], "deal", deals)
        for path in ("/views/all_deals", "/views/deal_board", "/views/all_companies"):
            visitor.get(f"{path}?q={word}+{name}")  # prepares what is prepared once
            with statements(app) as said:
                seen = visitor.get(f"{path}?q={word}+{name}")
            assert seen.words.count(f"{word} {name}") >= min(count, 25)
            asked[path, word] = len(said)

    for path in ("/views/all_deals", "/views/deal_board", "/views/all_companies"):
        assert asked[path, "many"] <= asked[path, "few"], asked
    assert max(asked.values()) <= 25, asked


def test_a_record_with_a_long_story_asks_no_more_than_one_with_a_short(
    app: Flask, shared: Tenant, people: dict[str, Actor], ada: Visitor
) -> None:
    counts = []
    for length in (2, 40):
        with shared.writing(people["Ada"]) as ctx:
            [company] = apply_batch(ctx, "company", [Create(values={"name": f"Story of {length}"})])
        about = {"entity": "company", "id": company.id}
        rows = [{"kind": "note", "subject": f"Said {at}", "about": about} for at in range(length)]
        make(shared, people["Ada"], "activity", rows)
        make(shared, people["Ada"], "contact",
             [{"name": f"Person {at}", "company": company.id} for at in range(length)])  # fmt: skip
        ada.get(f"/records/company/{company.id}")
        with statements(app) as said:
            ada.get(f"/records/company/{company.id}")
        counts.append(len(said))

    assert counts[1] <= counts[0]


def test_more_than_can_be_counted_quickly_is_said_so(
    shared: Tenant, people: dict[str, Actor], ada: Visitor
) -> None:
    rows = [{"name": f"Crowd {at}", "herd": "south"} for at in range(CAP + 1)]
    for at in range(0, len(rows), 2_000):
        make(shared, people["Ada"], "zebra", rows[at : at + 2_000])

    assert "10,000+ zebras" in ada.get("/views/all_zebras?q=Crowd").words


@pytest.mark.parametrize("kind", BUDGETS)
def test_scripts_and_styles_keep_to_their_budget(kind: str) -> None:
    built = json.loads((BUILT.parent / "manifest.json").read_text())
    entry = built["elements/main.ts"]
    file = BUILT.parent / (entry["css"][0] if kind == ".css" else entry["file"])

    assert len(gzip.compress(file.read_bytes())) <= BUDGETS[kind], "what every page loads"
    assert {each.name for each in BUILT.iterdir()} == {
        name.partition("/")[2] for chunk in built.values() for name in (chunk["file"], *chunk.get("css", ()))
    }, "built anew: make setup"
