"""A stored formula is true again when a write is done, however what it looks at was moved."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import Invalid
from engine.fields.money import Money
from engine.records.commands import (
    apply_batch,
    change_record,
    destroy_record,
    restore_record,
    trash_record,
)
from engine.records.history import list_history
from engine.records.queries import Query, list_records
from engine.records.writes import Create
from engine.tenant import Tenant
from tests.engine.publishing import statements

Make = Callable[..., str]
Value = Callable[[str, str, str], Any]


def change(tenant: Tenant, entity: str, record: str, **values: Any) -> None:
    with tenant.writing() as ctx:
        change_record(ctx, entity, record, values)


def test_a_formula_over_the_record_itself_is_there_at_once(make: Make, value: Value) -> None:
    oryx = make("oryx", name="Ann", size="1.5", price="100 EUR", stage="half")

    assert value("oryx", oryx, "twice") == Decimal("3.00")
    assert value("oryx", oryx, "fourfold") == Decimal("6.00")
    assert value("oryx", oryx, "value") == Money(Decimal("50.00"), "EUR")


def test_a_rollup_begins_with_nothing(make: Make, value: Value) -> None:
    kraal = make("kraal", name="North")

    assert (value("kraal", kraal, "heads"), value("kraal", kraal, "weight")) == (0, Decimal("0.00"))
    assert value("kraal", kraal, "per_head") is None


def test_a_new_record_counts(make: Make, value: Value) -> None:
    kraal = make("kraal", name="North")

    make("oryx", name="Ann", size=3, kraal=kraal, born="2020-02-29", price="10 EUR", stage="grown")
    make("oryx", name="Bob", size=1, kraal=kraal, born="2021-02-28", price="10 EUR", stage="half")

    assert value("kraal", kraal, "heads") == 2
    assert value("kraal", kraal, "weight") == Decimal("4.00")
    assert value("kraal", kraal, "worth") == Money(Decimal("15.00"), "EUR")
    assert value("kraal", kraal, "oldest") == date(2020, 2, 29)
    assert value("kraal", kraal, "names") == ["Ann"]
    assert value("kraal", kraal, "per_head") == Decimal("2.00")


def test_a_value_that_changes_reaches_all_above(make: Make, value: Value, kraals: Tenant) -> None:
    zone = make("zone", name="Veld")
    kraal = make("kraal", name="North", zone=zone)
    oryx = make("oryx", name="Ann", size=3, kraal=kraal)

    change(kraals, "oryx", oryx, size=200)

    assert value("kraal", kraal, "weight") == 200
    assert value("zone", zone, "weight") == 200
    assert value("zone", zone, "has_big") is True
    assert value("oryx", oryx, "share") == 1


def test_a_stage_that_changes_reaches_what_counts_stages(make: Make, value: Value, kraals: Tenant) -> None:
    kraal = make("kraal", name="North")
    oryx = make("oryx", name="Ann", kraal=kraal, price="10 EUR", stage="half")

    change(kraals, "oryx", oryx, stage="grown")

    assert value("kraal", kraal, "grown") == 1
    assert value("kraal", kraal, "worth") == Money(Decimal("10.00"), "EUR")


def test_a_record_that_is_linked_elsewhere_leaves_one_sum_and_joins_the_other(
    make: Make, value: Value, kraals: Tenant
) -> None:
    north, south = make("kraal", name="North", zone=make("zone", name="Veld")), make("kraal", name="South")
    ann, bob = (make("oryx", name=name, size=3, kraal=north) for name in ("Ann", "Bob"))

    change(kraals, "oryx", ann, kraal=south)

    assert [value("kraal", each, "weight") for each in (north, south)] == [3, 3]
    assert [value("oryx", each, "share") for each in (ann, bob)] == [1, 1]
    assert [value("oryx", each, "place") for each in (ann, bob)] == ["South in", "North in Veld"]
    assert [value("oryx", each, "siblings") for each in (ann, bob)] == [1, 1]


def test_a_link_that_is_emptied_counts_no_more(make: Make, value: Value, kraals: Tenant) -> None:
    kraal = make("kraal", name="North")
    oryx = make("oryx", name="Ann", size=3, kraal=kraal)

    change(kraals, "oryx", oryx, kraal=None)

    assert (value("kraal", kraal, "weight"), value("kraal", kraal, "heads")) == (0, 0)
    assert value("oryx", oryx, "share") is None


def test_a_name_that_changes_is_looked_up_anew(make: Make, value: Value, kraals: Tenant) -> None:
    zone = make("zone", name="Veld")
    kraal = make("kraal", name="North", zone=zone)
    oryx = make("oryx", name="Ann", kraal=kraal)

    change(kraals, "zone", zone, name="Bush")
    change(kraals, "kraal", kraal, name="East")

    assert value("oryx", oryx, "place") == "East in Bush"


def test_links_to_many_count_from_both_sides(make: Make, value: Value, kraals: Tenant) -> None:
    ann, bob = make("oryx", name="Ann", size=3), make("oryx", name="Bob", size=4)
    kraal = make("kraal", name="North", rent="20 EUR", guests=[ann])

    change(kraals, "kraal", kraal, guests=[bob])
    assert value("kraal", kraal, "guest_weight") == 4
    assert [value("oryx", each, "visited") for each in (ann, bob)] == [0, 1]

    change(kraals, "oryx", bob, size=5)
    change(kraals, "kraal", kraal, rent="5 EUR")
    assert value("kraal", kraal, "guest_weight") == 5
    assert value("oryx", bob, "visited") == 0


def test_what_links_to_one_of_several_kinds_counts(make: Make, value: Value, kraals: Tenant) -> None:
    kraal, oryx = make("kraal", name="North"), make("oryx", name="Ann")
    jotting = make("jotting", at="2026-01-31T10:00:00Z", about={"entity": "kraal", "id": kraal})
    assert str(value("kraal", kraal, "notes_at")) == "2026-01-31 10:00:00+00:00"

    change(kraals, "jotting", jotting, about={"entity": "oryx", "id": oryx})

    assert value("kraal", kraal, "notes_at") is None


def test_the_trash_counts_for_nothing_until_it_is_emptied_or_brought_back(
    make: Make, value: Value, kraals: Tenant
) -> None:
    kraal = make("kraal", name="North")
    ann, bob = (make("oryx", name=name, size=3, kraal=kraal) for name in ("Ann", "Bob"))

    with kraals.writing() as ctx:
        trash_record(ctx, "oryx", ann)
        trash_record(ctx, "oryx", bob)
    assert (value("kraal", kraal, "weight"), value("kraal", kraal, "heads")) == (0, 0)

    with kraals.writing() as ctx:
        restore_record(ctx, "oryx", ann)
        destroy_record(ctx, "oryx", bob)
    assert (value("kraal", kraal, "weight"), value("oryx", ann, "share")) == (3, 1)


def test_what_leads_to_a_record_in_the_trash_shows_nothing_of_it(
    make: Make, value: Value, kraals: Tenant
) -> None:
    kraal = make("kraal", name="North", zone=make("zone", name="Veld"))
    oryx = make("oryx", name="Ann", size=2, kraal=kraal)

    with kraals.writing() as ctx:
        trash_record(ctx, "kraal", kraal)
    assert (value("oryx", oryx, "place"), value("oryx", oryx, "share")) == ("in", None)

    with kraals.writing() as ctx:
        restore_record(ctx, "kraal", kraal)
    assert value("oryx", oryx, "place") == "North in Veld"


def test_many_writes_at_once_are_kept_up_with_once(make: Make, value: Value, kraals: Tenant) -> None:
    kraal = make("kraal", name="North")
    with kraals.writing() as ctx, statements(kraals) as said:
        writes = [Create(values={"name": str(at), "size": at, "kraal": kraal}) for at in range(50)]
        apply_batch(ctx, "oryx", writes)

    assert value("kraal", kraal, "weight") == sum(range(50))
    assert sum("UPDATE" in each for each in said) <= 12


def test_a_write_that_changes_no_input_refreshes_nothing(make: Make, kraals: Tenant) -> None:
    oryx = make("oryx", name="Ann", size=3, kraal=make("kraal", name="North"))
    eve = make("oryx", name="Eve")

    with statements(kraals) as said:
        change(kraals, "oryx", oryx, mother=eve)

    assert not [each for each in said if "worked" in each]


def test_a_refreshed_record_keeps_its_version_and_its_history(
    make: Make, value: Value, kraals: Tenant
) -> None:
    kraal = make("kraal", name="North")

    make("oryx", name="Ann", size=3, kraal=kraal)

    assert value("kraal", kraal, "version") == 1
    with kraals.reading() as ctx:
        assert [entry.operation for entry in list_history(ctx, "kraal", kraal)] == ["created"]


def test_nobody_writes_a_formula(make: Make, kraals: Tenant) -> None:
    with pytest.raises(Invalid) as refused:
        make("oryx", name="Ann", twice=3)

    assert [problem.code for problem in refused.value.problems] == ["field.read-only"]


def test_what_depends_on_the_day_is_asked_anew(make: Make, kraals: Tenant) -> None:
    make("oryx", name="Ann", born="2026-01-31")

    def young(now: datetime) -> list[Any]:
        with kraals.reading(clock=lambda: now) as ctx:
            page = list_records(ctx, Query(entity="oryx", where=("young",), sort=("-young", "name")))
            return [record.values["young"] for record in page.records]

    assert young(datetime(2026, 2, 1, tzinfo=UTC)) == [True]
    assert young(datetime(2027, 2, 1, tzinfo=UTC)) == []
