"""What is too much for one write is worked off soon after, whoever is stopped in between."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine.context import Context
from engine.doctor.formulas import check_formulas
from engine.formulas import filling, upkeep
from engine.formulas.catching_up import catch_up, catch_up_some
from engine.formulas.putting_off import waiting
from engine.records.commands import apply_batch, change_record
from engine.records.dumping import dump_record
from engine.records.queries import find_record
from engine.records.writes import Create
from engine.tenant import Tenant
from tests.engine.publishing import breed, okapis, publish

Make = Callable[..., str]
TWICE = "entity: okapi\nfields:\n  name: {type: text, required: true}\n  size: {type: decimal}\n"
MORE = '  twice: {type: formula, result: decimal, formula: "size * 2"}\n  more: {type: formula, result: decimal, formula: "twice * 2 + version"}\n'


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "MOST_AT_ONCE", 4)
    monkeypatch.setattr(filling, "AT_ONCE", 4)


@pytest.fixture
def crowded(kraals: Tenant, make: Make) -> str:
    """A kraal with more oryxes than are refreshed while somebody waits."""
    kraal = make("kraal", name="North")
    for _ in range(3):
        with kraals.writing() as ctx:
            apply_batch(ctx, "oryx", [Create(values={"name": "One", "size": 1, "kraal": kraal})] * 4)
        catch_up(kraals)
    return kraal


def be_killed_in_a_portion(ctx: Context) -> None:
    assert catch_up_some(ctx)
    raise KeyboardInterrupt


def shown(tenant: Tenant, key: str) -> list[dict[str, Any]]:
    with tenant.reading() as ctx:
        ids = ctx.connection.execute(sa.text("SELECT id FROM e_oryx")).scalars()
        return [dump_record(ctx.machine, find_record(ctx, "oryx", each, fields=[key])) for each in ids]


def test_a_large_fan_out_is_put_off_and_says_so(kraals: Tenant, crowded: str) -> None:
    with kraals.writing() as ctx:
        change_record(ctx, "kraal", crowded, {"name": "South"})

    assert {(each["place"], *each["updating"]) for each in shown(kraals, "place")} == {("North in", "place")}
    assert catch_up(kraals) > 0
    assert {(each["place"], "updating" in each) for each in shown(kraals, "place")} == {("South in", False)}
    assert [finding.says for finding in check_formulas(kraals, 100) if finding.mend] == []


def test_nothing_is_lost_when_a_portion_is_broken_off(kraals: Tenant, crowded: str) -> None:
    with kraals.writing() as ctx:
        change_record(ctx, "kraal", crowded, {"name": "South"})

    with pytest.raises(KeyboardInterrupt), kraals.writing() as ctx:
        be_killed_in_a_portion(ctx)

    catch_up(kraals)
    assert {each["place"] for each in shown(kraals, "place")} == {"South in"}


def test_a_new_formula_over_many_records_is_filled_after_the_plan(tenant: Tenant) -> None:
    publish(tenant, TWICE)
    for at in range(9):
        breed(tenant, name=str(at), size=at)

    publish(tenant, TWICE + MORE)
    breed(tenant, name="9", size=9)
    with tenant.reading() as ctx:
        assert waiting(ctx) == {("okapi", "twice"), ("okapi", "more")}
    catch_up(tenant)

    assert list(okapis(tenant, "more").values()) == [at * 4 + 1 for at in range(10)]
    assert [finding.says for finding in check_formulas(tenant, 100) if finding.mend] == []


def test_a_formula_that_is_gone_is_forgotten(tenant: Tenant) -> None:
    publish(tenant, TWICE)
    for at in range(9):
        breed(tenant, name=str(at), size=at)
    publish(tenant, TWICE + MORE)

    publish(tenant, TWICE, accept_data_loss=True)

    assert catch_up(tenant) == 2
