"""What depends on the time or the reader is worked out anew for each question, and does all that a column does."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.context import Actor
from engine.records.commands import create_record
from engine.records.queries import Query, find_record, list_records
from engine.records.totals import group_totals
from engine.records.transfer.exporting import export_records
from engine.records.transfer.mapping import propose_mapping
from engine.records.transfer.sheets import read_sheet
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.conftest import make_actor

FORMULAS = """
overlay: entity/zebra
fields:
  age: {type: formula, result: integer, formula: "days_between(born, today())"}
  is_mine: {type: formula, result: boolean, formula: "owner == me"}
  pay: {type: formula, result: money, formula: "price * (2 if is_mine else 1)"}
  brood: {type: formula, result: integer, formula: "count(children, size > 0)"}
  late: {type: formula, result: date, formula: "today() + days(age)"}
  by: {type: formula, result: text, formula: "concat('by ', me.name)"}
"""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def zebras(tenant: Tenant) -> dict[str, Actor]:
    tenant.apply(tenant.plan([*tenant.files, SourceFile("local", "local/formulas.yaml", FORMULAS)]))
    people = {name: make_actor(tenant, name, "watcher", "keeper") for name in ("Kim", "Wes")}
    for at, (name, who) in enumerate(people.items(), start=1):
        with tenant.writing(who) as ctx:
            create_record(ctx, "zebra", {"name": name, "born": f"2026-02-{at:02}", "price": f"{at}0 EUR"})
    return people


def asked(tenant: Tenant, who: Actor, *fields: str, now: datetime = NOW, **question: Any) -> list[tuple[Any, ...]]:
    with tenant.reading(who, clock=lambda: now) as ctx:
        page = list_records(ctx, Query(entity="zebra", fields=fields, **question))
    return [tuple(record.values[each] for each in fields) for record in page.records]


def test_each_reader_gets_an_answer_of_their_own(tenant: Tenant, zebras: dict[str, Actor]) -> None:
    for name, who in [*zebras.items(), *zebras.items()]:
        assert asked(tenant, who, "name", where=("is_mine",)) == [(name,)]
        assert asked(tenant, who, "name", "is_mine", sort=("name",)) == [("Kim", name == "Kim"), ("Wes", name == "Wes")]


def test_each_reader_is_named_in_an_answer_of_their_own(tenant: Tenant, zebras: dict[str, Actor]) -> None:
    for name, who in [*zebras.items(), *zebras.items()]:
        assert asked(tenant, who, "by", sort=("name",)) == [(f"by {name}",), (f"by {name}",)]


def test_each_day_gets_an_answer_of_its_own(tenant: Tenant, zebras: dict[str, Actor]) -> None:
    later = datetime(2026, 3, 11, 12, tzinfo=UTC)

    assert asked(tenant, zebras["Kim"], "age", sort=("-age",)) == [(28,), (27,)]
    assert asked(tenant, zebras["Kim"], "age", sort=("-age",), now=later) == [(38,), (37,)]
    assert asked(tenant, zebras["Kim"], "name", where=("age > 37",), now=later) == [("Kim",)]


def test_pages_go_on_along_a_formula(tenant: Tenant, zebras: dict[str, Actor]) -> None:
    with tenant.reading(zebras["Wes"], clock=lambda: NOW) as ctx:
        first = list_records(ctx, Query(entity="zebra", sort=("-pay",), limit=1))
        second = list_records(ctx, Query(entity="zebra", sort=("-pay",), limit=1, after=first.next))

    assert [page.records[0].title for page in (first, second)] == ["Wes", "Kim"]


def test_groups_and_sums_are_made_of_formulas(tenant: Tenant, zebras: dict[str, Actor]) -> None:
    with tenant.reading(zebras["Wes"], clock=lambda: NOW) as ctx:
        found = group_totals(ctx, "zebra", "is_mine", ["pay"])

    assert {bool(key): totals.sums["pay"]["EUR"] for key, totals in found.items()} == {
        True: Decimal(40),
        False: Decimal(10),
    }


def test_one_record_shows_them_all(tenant: Tenant, zebras: dict[str, Actor]) -> None:
    with tenant.reading(zebras["Kim"], clock=lambda: NOW) as ctx:
        [kim, _] = list_records(ctx, Query(entity="zebra", sort=("name",))).records
        record = find_record(ctx, "zebra", kim.id)

    assert (record.values["age"], record.values["late"].isoformat(), record.values["brood"]) == (28, "2026-03-29", 0)


def test_files_have_formulas_and_bring_none(tenant: Tenant, zebras: dict[str, Actor], admin: Actor) -> None:
    with tenant.reading(admin, clock=lambda: NOW) as ctx:
        query = Query(entity="zebra", fields=("name", "age", "pay"), sort=("name",))
        lines = b"".join(export_records(ctx, query, "csv")).decode("utf-8-sig").splitlines()
        mapping = propose_mapping(ctx, "zebra", read_sheet(b"Name,Age,Brood\nAnn,1,2\n", "file.csv"))

    assert lines[0] == "name,age,pay,pay.currency"
    assert lines[1:] == ["Kim,28,10.00,EUR", "Wes,27,20.00,EUR"]
    assert mapping.as_json() == {"Name": "name", "Age": None, "Brood": None}
