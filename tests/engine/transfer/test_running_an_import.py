"""An import is one act: tried out, allowed, told of, and safe to be cut off."""

import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.context import Actor
from engine.errors import Denied, Refused
from engine.records.commands import trash_record
from engine.records.history import list_history
from engine.records.transfer import importing
from engine.records.transfer.mapping import change_mapping, propose_mapping
from engine.storage.system import pulse_change
from engine.tenant import Tenant
from tests.conftest import make_actor
from tests.engine.transfer.bringing import bring_in, counts, records_of, sheet_of, shown

KILLED = """
import os, signal, sys
from pathlib import Path
from engine.records.transfer import importing
from engine.settings import load_settings
from engine.tenant import Tenant
from tests.engine.transfer.bringing import propose_mapping, sheet_of
importing.AT_ONCE = 2
tenant = Tenant(load_settings({}, Path("/nowhere"), data_dir=sys.argv[2], database_url=sys.argv[1]))
sheet = sheet_of(*sys.argv[3:])
with tenant.reading() as ctx:
    mapping = propose_mapping(ctx, "zebra", sheet)
importing.run_import(
    tenant, sheet, mapping,
    progress=lambda done, _: os.kill(os.getpid(), signal.SIGKILL) if done == 4 else None,
)
"""


@pytest.mark.parametrize("rows", [["A,north,Mum"] * 1 + ["B,west,", "C,,Mum", ",,"], [f"Z{at % 7},," for at in range(9)]])
def test_a_dry_run_writes_nothing_and_its_counts_come_true(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, rows: list[str]
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 3)
    sheet = sheet_of("Name,Herd,Mother", *rows)

    tried = bring_in(tenant, "zebra", sheet, dry_run=True)
    left = records_of(tenant, "zebra")
    done = bring_in(tenant, "zebra", sheet)

    assert left == []
    assert counts(tried) == counts(done)
    assert (tried.rejected, tried.made) == (done.rejected, done.made)


def test_an_import_is_one_changeset_with_its_cause(tenant: Tenant, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    sheet = sheet_of("Name,Mother", *(f"Z{at},Mum" for at in range(5)))

    result = bring_in(tenant, "zebra", sheet, actor=admin)

    with tenant.reading(admin) as ctx:
        logged = ctx.connection.execute(
            sa.select(pulse_change.c.cause, pulse_change.c.actor_id).where(
                pulse_change.c.changeset == result.changeset
            )
        ).all()
        [entry] = list_history(ctx, "zebra", records_of(tenant, "zebra")[0].id)
    assert len(logged) == 6
    assert {(cause["via"], actor) for cause, actor in logged} == {("import", admin.id)}
    assert entry.operation == "created"


def test_whoever_lacks_a_right_imports_nothing_or_as_much_as_they_may(
    tenant: Tenant, keeper: Actor
) -> None:
    adder = make_actor(tenant, "Abe", "adder")
    bring_in(tenant, "zebra", sheet_of("Name", "Old"))
    sheet = sheet_of("Name,Size", "Old,2", "New,1")

    with pytest.raises(Denied) as refusal:
        bring_in(tenant, "zebra", sheet, actor=keeper)
    result = bring_in(tenant, "zebra", sheet, actor=adder, match="name")

    assert refusal.value.message == 'This needs the capability "import".'
    assert result.rejected == {2: "You may not change zebras."}
    assert shown(tenant, "zebra", "name", "size", sort="name") == [("New", Decimal("1.00")), ("Old", None)]


def test_a_row_that_would_leave_its_authors_sight_is_rejected_alone(tenant: Tenant) -> None:
    loner = make_actor(tenant, "Lou", "loner")
    make_actor(tenant, "Bob", "admin")

    result = bring_in(tenant, "zebra", sheet_of("Name,Owner", "Mine,Lou", "His,Bob"), actor=loner)

    assert counts(result) == (1, 0, 0, 1)
    assert "no longer be open to you" in result.rejected[3]


def test_a_role_lost_on_the_way_stops_the_import(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    actor = make_actor(tenant, "Ida", "importer")
    sheet = sheet_of("Name", "A", "B")
    with tenant.reading(actor) as ctx:
        mapping = propose_mapping(ctx, "zebra", sheet)

    def dismiss(done: int, total: int) -> None:
        with tenant.writing() as ctx:
            trash_record(ctx, "user", str(actor.id))

    with pytest.raises(Refused):
        importing.run_import(tenant, sheet, mapping, actor=actor, progress=dismiss)

    assert shown(tenant, "zebra", "name") == [("A",)]


def test_an_import_that_was_killed_is_run_again_without_doing_anything_twice(
    tenant: Tenant, tmp_path: Path
) -> None:
    lines = ["Name,Mother", *(f"Z{at},Mum" for at in range(7))]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, tenant.settings.database_url, str(tmp_path / "var"), *lines],
        cwd=Path(__file__).parents[3], check=False,
    )  # fmt: skip
    kept = [name for (name,) in shown(tenant, "zebra", "name")]

    again = bring_in(tenant, "zebra", sheet_of(*lines), match="name")

    assert killed.returncode == -signal.SIGKILL
    assert sorted(map(str, kept)) == ["Mum", "Z0", "Z1", "Z2", "Z3"]
    assert (counts(again), again.made) == ((3, 0, 4, 0), {})


def test_progress_is_told_as_it_is_made(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    sheet = sheet_of("Name", "A", "B", "C")
    with tenant.reading() as ctx:
        mapping = change_mapping(ctx, propose_mapping(ctx, "zebra", sheet), {})
    told: list[tuple[int, int]] = []

    importing.run_import(tenant, sheet, mapping, progress=lambda *each: told.append(each))

    assert told == [(2, 3), (3, 3)]
