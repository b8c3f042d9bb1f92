"""A plan is applied whole or not at all, once, and every process works by it from then on."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Invalid, Refused, Unavailable
from engine.machine import Machine
from engine.plans.plan import Plan
from engine.settings import load_settings
from engine.tenant import Tenant
from tests.engine.publishing import OKAPI, breed, okapis, publish, state, with_okapi


@dataclass(frozen=True)
class Break:
    """A step that fails, as a machine that stops there would."""

    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        return "break"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        raise InterruptedError


@pytest.fixture
def other(tenant: Tenant, database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    """The same tenant in another process."""
    made = Tenant(load_settings({}, tmp_path, data_dir=tmp_path / "var", database_url=database_url))
    yield made
    made.database.close()


def breaking(plan: Plan, at: int) -> Plan:
    steps = list(plan.operations)
    return replace(plan, operations=(*steps[:at], Break(), *steps[at:]))


def test_a_plan_that_stops_anywhere_was_never_applied(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(tenant, name="Oki")
    more = OKAPI.replace("{type: decimal}", "{type: decimal, unique: true}") + (
        "  wild: {type: boolean, default: true}\n  kin: {type: links, to: okapi, inverse: kin_of}\n"
        "title: coat\n---\nentity: gnu\nfields: {name: {type: text}}\n---\nrole: ranger\ngrants: {okapi: {read: all}}\n"
    )
    plan = tenant.plan(with_okapi(tenant, more))
    before = state(tenant)

    for at in range(len(plan.operations) + 1):
        with pytest.raises(InterruptedError):
            tenant.apply(breaking(plan, at))
        assert state(tenant) == before

    tenant.apply(plan)
    assert okapis(tenant, "wild") == {None: True}


def test_bad_packs_leave_the_running_catalog_untouched(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    before = state(tenant)
    broken = OKAPI + "  wild: {type: bolean}\n  sise: {type: decimal, maxx: 3}\n---\nview: v\nentity: okapy\n"

    with pytest.raises(Invalid) as refusal:
        publish(tenant, broken)

    assert [(problem.code, problem.pointer) for problem in refusal.value.problems] == [
        ("field.unknown-type", "local/okapi0.yaml:8:16"),
        ("entity.unknown-key", "local/okapi0.yaml:9:25"),
        ("view.unknown-entity", "local/okapi0.yaml:12:9"),
    ]
    assert "Did you mean" in refusal.value.problems[0].message
    assert state(tenant) == before
    breed(tenant, name="Oki")


def test_another_process_works_by_the_new_revision_from_its_next_use(tenant: Tenant, other: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(other, name="Oki")

    publish(tenant, OKAPI + "  wild: {type: boolean, default: true}\n")

    assert okapis(other, "wild") == {"Oki": True}
    publish(other, OKAPI, accept_data_loss=True)
    assert okapis(tenant, "wild") == {"Oki": None}


def test_a_question_sees_one_catalog_from_start_to_end(tenant: Tenant, other: Tenant) -> None:
    publish(tenant, OKAPI)

    with other.reading() as ctx:
        publish(tenant, OKAPI + "  wild: {type: boolean}\n")
        assert "wild" not in other.context(ctx.connection, ctx.actor).machine.catalog.entities["okapi"].fields


def test_a_plan_made_before_another_was_applied_is_refused_with_nothing_done(
    tenant: Tenant, other: Tenant
) -> None:
    publish(tenant, OKAPI)
    mine = tenant.plan(with_okapi(tenant, OKAPI + "  wild: {type: boolean}\n"))
    theirs = other.plan(with_okapi(other, OKAPI + "  tame: {type: boolean}\n"))

    other.apply(theirs)
    before = state(tenant)
    with pytest.raises(Conflict) as refusal:
        tenant.apply(mine)

    assert (refusal.value.status, refusal.value.code) == (409, "plan.outdated")
    assert state(tenant) == before


def test_of_many_who_apply_at_once_one_does(tenant: Tenant, other: Tenant) -> None:
    publish(tenant, OKAPI)
    plans = [
        (each, each.plan(with_okapi(each, OKAPI + f"  wild_{at}: {{type: boolean, default: true}}\n")))
        for at, each in enumerate([tenant, other] * 3)
    ]
    outcomes: list[object] = []
    start = threading.Barrier(len(plans))

    def apply(each: Tenant, plan: Plan) -> None:
        start.wait()
        try:
            outcomes.append(each.apply(plan))
        except Refused as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=apply, args=pair) for pair in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, outcomes)) == sorted([str(plans[0][1].base + 1), *["plan.outdated"] * 5])
    columns = [name for name in state(tenant)["columns"]["e_okapi"] if name.startswith("f_wild")]
    assert len(columns) == 1


def test_records_written_since_the_plan_was_made_are_looked_at_too(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    plan = tenant.plan(with_okapi(tenant, OKAPI.replace("{type: decimal}", "{type: decimal, unique: true}")))
    breed(tenant, name="Oki", size=1)
    breed(tenant, name="Ndo", size=1)
    before = state(tenant)

    with pytest.raises(Refused) as refusal:
        tenant.apply(plan)

    assert refusal.value.code == "plan.not-unique"
    assert state(tenant) == before


def test_a_table_that_others_hold_is_waited_for_and_then_told(tenant: Tenant, other: Tenant) -> None:
    if tenant.database.is_sqlite:
        pytest.skip("SQLite has one writer, who is waited for anyway")
    publish(tenant, OKAPI)
    plan = tenant.plan(with_okapi(tenant, OKAPI + "  wild: {type: boolean}\n"))

    with other.database.reading() as connection:
        connection.execute(sa.text("SELECT * FROM e_okapi"))
        with pytest.raises(Unavailable) as refusal:
            tenant.apply(plan, attempts=1)

    assert refusal.value.code == "plan.busy"
    tenant.apply(plan)
