"""A field is explained in the terminal: in words, in JSON, or with the name that was meant."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.conftest import make_tenant


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_tenant(None, tmp_path).database.close()
    return tmp_path


@pytest.mark.parametrize("name", ["deal.weighted", "entity/deal.weighted"])
def test_a_formula_is_explained_in_words(folder: Path, name: str) -> None:
    ran = run(folder, "explain", name)

    assert ran.returncode == 0
    assert "Why: Nothing but records decides its value" in ran.stdout
    assert "Amount (amount)" in ran.stdout


def test_it_is_told_in_json(folder: Path) -> None:
    ran = run(folder, "explain", "deal.weighted", "--json")

    found = json.loads(ran.stdout)
    assert (found["name"], found["mode"]) == ("deal.weighted", "stored")


def test_an_unknown_name_is_answered_with_the_nearest(folder: Path) -> None:
    ran = run(folder, "explain", "deal.wieghted")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert 'Did you mean "deal.weighted"?' in ran.stderr
