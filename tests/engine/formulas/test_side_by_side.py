"""Writers below one record at the same moment lose nothing of each other's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine.doctor.formulas import check_formulas
from engine.records.commands import change_record, create_record
from engine.tenant import Tenant

Make = Callable[..., str]
Value = Callable[[str, str, str], Any]


def test_a_sum_has_what_all_writers_added(kraals: Tenant, make: Make, value: Value) -> None:
    kraal = make("kraal", name="North", zone=make("zone", name="Veld"))

    def add(at: int) -> None:
        with kraals.writing() as ctx:
            create_record(ctx, "oryx", {"name": str(at), "size": 1, "kraal": kraal})

    with ThreadPoolExecutor(6) as writers:
        list(writers.map(add, range(48)))

    assert (value("kraal", kraal, "heads"), value("kraal", kraal, "weight")) == (48, 48)
    assert [finding.says for finding in check_formulas(kraals, 100) if finding.mend] == []


def test_records_that_move_between_two_are_counted_once(kraals: Tenant, make: Make, value: Value) -> None:
    homes = [make("kraal", name="North"), make("kraal", name="South")]
    oryxes = [make("oryx", name=str(at), size=1, kraal=homes[at % 2]) for at in range(12)]

    def move(at: int) -> None:
        with kraals.writing() as ctx:
            change_record(ctx, "oryx", oryxes[at], {"kraal": homes[(at + 1) % 2], "size": 2})

    with ThreadPoolExecutor(6) as writers:
        list(writers.map(move, range(12)))

    assert [value("kraal", home, "weight") for home in homes] == [12, 12]
    assert [finding.says for finding in check_formulas(kraals, 100) if finding.mend] == []
