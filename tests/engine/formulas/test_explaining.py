"""A field is explained by what it reads and what reads it, and tells of nothing that is closed."""

import pytest

from engine.errors import NotFound
from engine.formulas.explaining import CLOSED, Explanation, explain_field
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.conftest import make_actor

TOLD = """
overlay: entity/zebra
fields:
  told: {type: formula, result: text, formula: "concat(name, secret)", publish: true}
  sound: {type: formula, result: integer, formula: "length(secret)"}
"""


def explained(tenant: Tenant, entity: str, key: str) -> Explanation:
    with tenant.reading() as ctx:
        return explain_field(ctx, entity, key)


def test_a_stored_formula_names_what_it_reads_and_what_reads_it(kraals: Tenant) -> None:
    found = explained(kraals, "kraal", "weight")

    assert (found.mode, found.result) == ("stored", "decimal")
    assert found.expression == "sum(oryxes.size)"
    assert found.words == "the sum of size of oryxes"
    assert "oryxes.size" in [each.path for each in found.inputs]
    assert {"formula kraal.per_head", "formula zone.weight", "formula oryx.share"} <= set(found.dependents)


@pytest.mark.parametrize("key", ["young", "line", "value", "visited"])
def test_the_sql_is_one_that_the_database_at_hand_takes(kraals: Tenant, key: str) -> None:
    found = explained(kraals, "oryx", key)

    assert found.sql.startswith(("SELECT", "WITH"))


def test_a_formula_of_the_moment_says_why_it_is_not_stored(kraals: Tenant) -> None:
    assert "depends on the time" in explained(kraals, "oryx", "young").why
    assert "it says so" in explained(kraals, "oryx", "line").why


def test_a_field_that_is_given_has_dependents_and_no_inputs(kraals: Tenant) -> None:
    found = explained(kraals, "oryx", "size")

    assert (found.mode, found.inputs, found.sql) == ("given", (), "")
    assert "formula oryx.twice" in found.dependents


def test_every_field_there_is_can_be_explained(kraals: Tenant) -> None:
    with kraals.reading() as ctx:
        names = [(each.key, key) for each in ctx.machine.catalog.entities.values() for key in each.fields]

        found = [explain_field(ctx, *name) for name in names]

    assert [each.name for each in found] == [".".join(name) for name in names]
    assert all(each.words and each.sql for each in found if each.expression)


def test_an_unknown_field_is_refused_with_the_nearest(kraals: Tenant) -> None:
    with pytest.raises(NotFound, match=r'Did you mean "kraal\.weight"'):
        explained(kraals, "kraal", "wieght")


def test_a_published_formula_tells_nothing_of_what_is_closed(tenant: Tenant) -> None:
    tenant.apply(tenant.plan([*tenant.files, SourceFile("local", "local/told.yaml", TOLD)]))
    kim = make_actor(tenant, "Kim", "keeper")

    with tenant.reading(kim) as ctx:
        found = explain_field(ctx, "zebra", "told")
        over_name = explain_field(ctx, "zebra", "name")

    assert [each.label for each in found.inputs] == ["Name", CLOSED]
    assert "secret" not in str(found).lower()
    assert "formula zebra.told" not in over_name.dependents


@pytest.mark.parametrize("key", ["secret", "sound"])
def test_a_closed_field_is_as_unknown_as_one_that_there_is_not(tenant: Tenant, key: str) -> None:
    tenant.apply(tenant.plan([*tenant.files, SourceFile("local", "local/told.yaml", TOLD)]))
    kim = make_actor(tenant, "Kim", "keeper")

    with tenant.reading(kim) as ctx, pytest.raises(NotFound) as refusal:
        explain_field(ctx, "zebra", key)

    assert refusal.value.code == "field.unknown"
    assert "Did you mean \"zebra.secret\"" not in refusal.value.message
