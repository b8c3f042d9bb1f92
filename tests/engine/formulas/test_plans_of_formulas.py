"""Publishing a formula fills it; changing what it says recomputes it and what stands on it, and no other."""

from dataclasses import replace
from typing import Any

import pytest

from engine.doctor.formulas import check_formulas
from engine.plans.drift import differences
from engine.plans.plan import Plan
from engine.records.queries import Query, list_records
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.conftest import make_actor
from tests.engine.publishing import breed, okapis, publish, steps

BASE = """
entity: okapi
fields:
  name: {type: text, required: true}
  size: {type: decimal}
  stage: {type: stage}
  mother: {type: link, to: okapi, inverse: calves}
"""
ROAD = "---\npipeline: path\nentity: okapi\nstages: {calf: {probability: %s}, grown: {category: won}}\n"
TWICE = '  twice: {type: formula, result: decimal, formula: "size * 2"}\n'
ABOVE = '  above: {type: formula, result: decimal, formula: "sum(calves.twice)"}\n'


def with_formulas(*fields: str, probability: int = 10) -> str:
    return BASE + "".join(fields) + ROAD % probability


@pytest.fixture
def family(tenant: Tenant) -> Tenant:
    publish(tenant, with_formulas())
    mother = breed(tenant, name="Ann", size=1)
    breed(tenant, name="Bob", size=3, mother=mother)
    return tenant


def recomputed(plan: Plan) -> list[str]:
    return [step for step in steps(plan) if "recompute" in step]


def numbers(tenant: Tenant, field: str) -> list[Any]:
    assert [finding.says for finding in check_formulas(tenant, 100) if finding.mend] == []
    return list(okapis(tenant, field).values())


def test_a_new_formula_is_filled(family: Tenant) -> None:
    plan = publish(family, with_formulas(TWICE, ABOVE))

    assert recomputed(plan) == ["~ recompute okapi.twice", "~ recompute okapi.above"]
    assert numbers(family, "twice") == [2, 6]
    assert numbers(family, "above") == [6, 0]


def test_a_changed_formula_is_recomputed_with_what_stands_on_it(family: Tenant) -> None:
    publish(family, with_formulas(TWICE, ABOVE))

    plan = publish(family, with_formulas(TWICE.replace("* 2", "* 3"), ABOVE))

    assert recomputed(plan) == ["~ recompute okapi.twice", "~ recompute okapi.above"]
    assert numbers(family, "above") == [9, 0]


def test_a_renamed_field_recomputes_nothing(family: Tenant) -> None:
    publish(family, with_formulas(TWICE, ABOVE))

    renamed = with_formulas(TWICE, ABOVE).replace("  size: {", "  length: {was: size, ")
    plan = publish(family, renamed)

    assert recomputed(plan) == []
    breed(family, name="Cid", length=5)
    assert numbers(family, "twice") == [2, 6, 10]


def test_what_stages_are_may_change(family: Tenant) -> None:
    chance = '  chance: {type: formula, result: percent, formula: "stage.probability"}\n'
    publish(family, with_formulas(chance))

    publish(family, with_formulas(chance, probability=30))

    assert numbers(family, "chance") == [30, 30]


def test_a_formula_may_begin_or_cease_to_be_stored(family: Tenant) -> None:
    read = TWICE.replace("}", ", mode: read}")
    publish(family, with_formulas(read))
    assert numbers(family, "twice") == [2, 6]

    publish(family, with_formulas(TWICE))
    assert numbers(family, "twice") == [2, 6]

    publish(family, with_formulas(read))
    assert numbers(family, "twice") == [2, 6]


def test_publishing_the_same_formulas_again_plans_nothing(family: Tenant) -> None:
    publish(family, with_formulas(TWICE, ABOVE))

    assert steps(publish(family, with_formulas(TWICE, ABOVE))) == []


def test_what_follows_documents_is_followed_by_formulas(tenant: Tenant) -> None:
    rank = 'overlay: entity/user\nfields:\n  ranks: {type: formula, result: tags, formula: "list(roles.name)"}\n'
    others = [*tenant.files, SourceFile("local", "local/rank.yaml", rank)]
    named = SourceFile("local", "local/boss.yaml", "role: boss\nlabel: Boss\n")
    tenant.apply(tenant.plan([*others, named]))
    make_actor(tenant, "Kim", "boss")

    tenant.apply(tenant.plan([*others, replace(named, text="role: boss\nlabel: Chief\n")]))
    with tenant.reading() as ctx:
        [kim] = list_records(ctx, Query(entity="user", where=("name == 'Kim'",), fields=("ranks",))).records

    assert kim.values["ranks"] == ["Chief"]
    assert [finding.says for finding in check_formulas(tenant, 100) if finding.mend] == []


def test_a_formula_may_come_to_something_else(family: Tenant) -> None:
    indexed = TWICE.replace("}", ", index: true}")
    publish(family, with_formulas(indexed, ABOVE))

    publish(family, with_formulas(indexed.replace("decimal,", "decimal, scale: 1,"), ABOVE))
    assert numbers(family, "twice") == [2, 6]

    publish(family, with_formulas('  twice: {type: formula, result: text, formula: "name"}\n'))
    assert numbers(family, "twice") == ["Ann", "Bob"]
    with family.database.reading() as connection:
        assert list(differences(connection, family.machine(connection))) == []
