"""What a formula costs is told by the database's own plan, and by how far a change spreads."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.formulas import costs
from engine.formulas.costs import Cost, Spread
from engine.formulas.explaining import explain_field
from engine.storage.explaining import looks
from engine.tenant import Tenant


def cost(tenant: Tenant, entity: str, key: str) -> Cost:
    with tenant.reading() as ctx:
        found = explain_field(ctx, entity, key).cost
    assert found is not None
    return found


def spread(tenant: Tenant, entity: str, key: str) -> dict[str, tuple[int, int]]:
    return {each.of: (each.usual, each.most) for each in cost(tenant, entity, key).spread}


@pytest.fixture
def _herds(make: Callable[..., str]) -> None:
    """Three kraals with one, two and six oryxes, two of them in a zone."""
    zone = make("zone", name="Zone")
    for number, within in ((1, None), (2, zone), (6, zone)):
        kraal = make("kraal", name="Kraal", zone=within)
        for _ in range(number):
            make("oryx", name="Oryx", kraal=kraal, size="1")


@pytest.mark.parametrize("name", [("kraal", "weight"), ("oryx", "share"), ("oryx", "young"), ("kraal", "guest_weight")])
def test_the_plan_names_what_is_looked_at(kraals: Tenant, name: tuple[str, str]) -> None:
    plan = cost(kraals, *name).plan

    assert plan
    assert all(": found by an index of " in each or ": every one is read" in each for each in plan)
    assert len(set(plan)) == len(plan)


def test_an_index_is_told_from_reading_everything(kraals: Tenant) -> None:
    with kraals.reading() as ctx:
        table = ctx.machine.tables.of("oryx")
        by_index = looks(ctx.connection, sa.select(table.c.title).where(table.c.id == "x"), {})
        everything = looks(ctx.connection, sa.select(table.c.title).where(table.c.title > "x"), {})

        assert [(each.table, bool(each.index)) for each in by_index] == [(table.name, True)]
        assert [(each.table, each.index) for each in everything] == [(table.name, "")]


@pytest.mark.usefixtures("_herds")
def test_what_is_below_spreads_to_one_and_what_is_above_to_many(kraals: Tenant) -> None:
    assert spread(kraals, "kraal", "weight") == {"one of its oryxes": (1, 1)}
    assert spread(kraals, "oryx", "share") == {"": (1, 1), "its kraal": (3, 6)}
    assert spread(kraals, "oryx", "place") == {
        "": (1, 1), "its kraal": (3, 6), "its zone of Kraal": (8, 8)
    }  # fmt: skip


@pytest.mark.usefixtures("_herds")
def test_what_is_worked_out_when_read_spreads_nowhere(kraals: Tenant) -> None:
    assert cost(kraals, "oryx", "young").spread == ()


@pytest.mark.usefixtures("_herds")
def test_counting_is_broken_off_and_says_so(kraals: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "MOST_COUNTED", 4)

    [_, found] = cost(kraals, "oryx", "share").spread

    assert found.is_capped
    assert "at least " in found.words


def test_the_numbers_are_said_in_a_sentence() -> None:
    assert Spread("").words == "When the record itself changes, it alone is refreshed."
    assert Spread("one of its deals", 1, 1).words == "When one of its deals changes, one record is refreshed."
    assert Spread("its company", 3, 6_000).words == (
        "When its company changes, 3 records are refreshed as a rule, and 6,000 at most. "
        "So many are refreshed soon after."
    )
