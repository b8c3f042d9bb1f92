"""Whether stored formulas are true can be proved, and an untrue one is named with both its values."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from engine.cli import cli
from engine.cli.base import Rooms
from engine.doctor.findings import State
from engine.doctor.formulas import check_formulas
from engine.formulas.filling import fill
from engine.formulas.graph import graph_of
from engine.tenant import Tenant

Make = Callable[..., str]


def test_formulas_are_true_of_what_was_written(make: Make, kraals: Tenant) -> None:
    make("oryx", name="Ann", size=3, kraal=make("kraal", name="North"))

    [finding] = check_formulas(kraals, 10)

    assert finding.state == State.OK


def test_an_untrue_value_is_named_and_mended(make: Make, kraals: Tenant) -> None:
    kraal = make("kraal", name="North")
    with kraals.database.writing() as connection:
        connection.execute(sa.text("UPDATE e_kraal SET f_grown = 7"))

    [finding] = check_formulas(kraals, 10)
    assert finding.state == State.FAILED
    assert finding.says == f"kraal.grown of {kraal} is 7, and should be 0."

    with kraals.writing() as ctx:
        assert fill(ctx, graph_of(ctx.machine).formulas["kraal", "grown"]) == 1
    assert [each.state for each in check_formulas(kraals, 10)] == [State.OK]


def test_the_doctor_says_so_in_the_terminal(kraals: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_DATABASE_URL", kraals.settings.database_url)
    monkeypatch.setenv("PULSE_DATA_DIR", str(kraals.settings.data_dir))

    said = CliRunner().invoke(cli, ["doctor", "--formulas", "--sample", "5"], obj=Rooms(lambda _: None))  # type: ignore[arg-type, return-value]

    assert "stored formulas are true, in 5 records each" in said.output


def test_recompute_mends_in_the_terminal(
    make: Make, kraals: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_DATABASE_URL", kraals.settings.database_url)
    make("kraal", name="North")
    with kraals.database.writing() as connection:
        connection.execute(sa.text("UPDATE e_kraal SET f_weight = 7"))

    mended = CliRunner().invoke(cli, ["recompute", "kraal.weight"])
    unknown = CliRunner().invoke(cli, ["recompute", "kraal.wieght"])

    assert "kraal.weight: 1 records changed." in mended.output
    assert 'Did you mean "kraal.weight"?' in unknown.output
    assert [each.state for each in check_formulas(kraals, 10)] == [State.OK]
