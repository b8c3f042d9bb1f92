"""A field is explained in the terminal: in words, in JSON, or with the name that was meant."""

import json
from pathlib import Path

import pytest

from engine.records.commands import create_record
from engine.settings import load_settings
from engine.tenant import Tenant
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
    assert "Why: Its value follows from nothing but records" in ran.stdout
    assert "Amount (amount)" in ran.stdout


@pytest.mark.parametrize("name", ["company.pipeline_value", "entity/company.pipeline_value"])
def test_a_records_values_are_put_in(folder: Path, name: str) -> None:
    tenant = Tenant(load_settings({}, folder, data_dir=folder / "var"))
    with tenant.writing() as ctx:
        company = create_record(ctx, "company", {"name": "Acme"}).id
        for amount in ("10 EUR", "10 USD"):
            create_record(ctx, "deal", {"name": f"For {amount}", "company": company, "stage": "lead", "amount": amount})
    tenant.database.close()

    ran = run(folder, "explain", name, "--id", company)

    assert ran.returncode == 0, ran.stderr
    assert "The sum of amount of deals that are open: empty (of 2: For 10 USD, For 10 EUR)" in ran.stdout
    assert "Comes to: nothing. There are amounts in different currencies: EUR and USD." in ran.stdout


def test_its_cost_is_told(folder: Path) -> None:
    ran = run(folder, "explain", "company.pipeline_value")

    assert "Looks at: Deals: found by an index of Company" in ran.stdout
    assert "Cost: When one of its deals changes, one record is refreshed." in ran.stdout


def test_a_record_that_there_is_not_is_refused(folder: Path) -> None:
    ran = run(folder, "explain", "deal.weighted", "--id", "nonsense")

    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "There is no such deal.\n")


def test_it_is_told_in_json(folder: Path) -> None:
    ran = run(folder, "explain", "deal.weighted", "--json")

    found = json.loads(ran.stdout)
    assert (found["name"], found["mode"]) == ("deal.weighted", "stored")


def test_an_unknown_name_is_answered_with_the_nearest(folder: Path) -> None:
    ran = run(folder, "explain", "deal.wieghted")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert 'Did you mean "deal.weighted"?' in ran.stderr
