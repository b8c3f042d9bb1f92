"""A server works off the formulas that were put off, and whoever kills it only makes it wait."""

import os
import signal
from pathlib import Path

import pytest

from engine.doctor.formulas import check_formulas
from engine.formulas.catching_up import is_behind
from engine.formulas.graph import graph_of
from engine.formulas.putting_off import put_off
from engine.records.commands import apply_batch, create_record
from engine.records.writes import Create
from engine.settings import load_settings
from engine.tenant import Tenant
from tests.cli.running import serving, wait_until
from tests.conftest import make_tenant

COUNT = 3_000


@pytest.fixture
def behind(tmp_path: Path) -> Tenant:
    """A CRM in which every deal of a company waits for a formula that was written over."""
    tenant = make_tenant(None, tmp_path)
    with tenant.writing() as ctx:
        company = create_record(ctx, "company", {"name": "Acme"}).id
        deals = [Create(values={"name": str(at), "amount": "10 EUR", "company": company}) for at in range(COUNT)]
        ids = [str(each.id) for each in apply_batch(ctx, "deal", deals)]
        table = ctx.machine.tables.of("deal")
        ctx.connection.execute(table.update().values({ctx.machine.tables.columns("deal", "weighted")[0].name: 1}))
        for at in range(0, COUNT, 20):
            put_off(ctx, graph_of(ctx.machine).formulas["deal", "weighted"], ids[at : at + 20])
    tenant.database.close()
    return Tenant(load_settings({}, tmp_path, data_dir=tmp_path / "var"))


def left(tenant: Tenant) -> int:
    with tenant.database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM pulse_refresh").scalar() or 0)


def test_a_killed_server_goes_on_where_it_was(behind: Tenant, tmp_path: Path) -> None:
    all_of_it = left(behind)
    with serving(tmp_path) as server:
        wait_until(lambda: left(behind) < all_of_it)
        for worker in server.workers():
            os.kill(worker, signal.SIGKILL)

        wait_until(lambda: not is_behind(behind))

    assert [finding.says for finding in check_formulas(behind, COUNT) if finding.mend] == []
    behind.database.close()
