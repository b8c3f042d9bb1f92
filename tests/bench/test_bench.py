"""The bench measures what it says: both applications answer alike, and every line comes out."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.__main__ import QUICK, main
from tests.bench.rows import agree, rows

LINE = re.compile(r"^(\S.*?)( +[\d,.]+){2,5}$", re.MULTILINE)
COST = re.compile(r"^(\S.*?) +[\d,.]+ (?:times|ms|s|a second) +[<>] [\d,.e+]+$", re.MULTILINE)


COSTS = [
    "filling one formula", "a write with 5 formulas, 3 rollups", "re-parenting 500, all of it",
    "a list along a rollup, not a column", "quiet for 30 days, with open business",
]  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user may enter, as it may not those of the test run."""
    made = Path(tempfile.mkdtemp(prefix="pulse-bench-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_every_row_comes_out_on_both_databases(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = [row.name for row in rows(QUICK, {"sales_id": "", "own_id": ""})]
    wanted.append("import of 2,000 (CSV file)")

    main(["--quick"], within=folder)

    said = capsys.readouterr().out
    lines = [found[1] for found in LINE.finditer(said)]
    assert lines[: 2 * len(wanted)] == wanted * 2
    assert COST.findall(said) == COSTS * 2
    assert lines[2 * len(wanted) :] == ["20 entities of 40 fields", "one field changed"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"data": [{"id": "1", "title": "Ann"}]}, {"data": [{"id": "1", "title": "Ben"}]}),
        ({"data": [{"id": "1"}, {"id": "2"}]}, {"data": [{"id": "2"}, {"id": "1"}]}),
        ({"data": []}, {"data": [{"id": "1"}]}),
        ({"id": "1", "status": "customer"}, {"id": "2", "status": "partner"}),
        ({"succeeded": 10}, {"succeeded": 9}),
    ],
)
def test_different_answers_are_no_agreement(ours: object, theirs: object) -> None:
    assert not agree(ours, theirs)


def test_records_made_by_each_agree_but_for_ids_and_moments() -> None:
    ours = {"id": "1", "created_at": "2026-01-01T00:00:00Z", "title": "Ann", "version": 1}
    theirs = {"id": "2", "created_at": "2026-01-01T00:00:01Z", "title": "Ann", "version": 1}

    assert agree(ours, theirs)
