"""Whether stored formulas are true can be proved, and an untrue one is named with both its values."""

from collections.abc import Callable

import sqlalchemy as sa

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
