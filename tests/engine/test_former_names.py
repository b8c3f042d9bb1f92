"""Whoever asks by the name that a field had before is answered, on both databases and without DDL."""

import pytest

from engine.context import Actor
from engine.errors import Denied
from engine.records.queries import Query, list_records
from engine.tenant import Tenant
from tests.conftest import make_actor
from tests.engine.publishing import OKAPI, breed, publish, statements, steps
from tests.engine.test_plans import DDL

VIEW = "view: large\nentity: okapi\ncolumns: [name, size]\nsort: [size]\nwhere: size > 1\n"
RULE = 'overlay: entity/okapi\nfields: {size: {help: In hands}}\nrules: {sane: {check: size < 90, message: Too large, field: size}}\n'
ROLE = "role: measurer\ngrants: {okapi: {read: all, fields: {size: none}}}\n"
RENAMED = OKAPI.replace("size: {type: decimal}", "height: {type: decimal, was: size}")


@pytest.fixture
def renamed(tenant: Tenant) -> Tenant:
    publish(tenant, OKAPI, VIEW, RULE, ROLE)
    for size in (3, 1, 2):
        breed(tenant, name=f"Oki {size}", size=size)
    publish(tenant, RENAMED, VIEW, RULE, ROLE)
    return tenant


def names(tenant: Tenant, query: Query, actor: Actor | None = None) -> list[str | None]:
    with tenant.reading(actor) if actor else tenant.reading() as ctx:
        return [record.title for record in list_records(ctx, query).records]


def test_conditions_orders_and_fields_may_use_the_former_name(renamed: Tenant) -> None:
    query = Query(entity="okapi", where=("size > 1",), sort=("-size",), fields=("name", "size"))

    with renamed.reading() as ctx:
        found = list_records(ctx, query).records

    assert [record.title for record in found] == ["Oki 3", "Oki 2"]
    assert [str(record.values["height"]) for record in found] == ["3.00", "2.00"]


def test_a_view_that_says_the_former_name_shows_what_it_did(renamed: Tenant) -> None:
    with renamed.reading() as ctx:
        view = ctx.machine.catalog.views["large"]

    assert view.where is not None
    assert view.where.source == "height > 1"
    assert names(renamed, Query(entity="okapi", where=(view.where,), sort=view.sort)) == ["Oki 2", "Oki 3"]


def test_what_was_closed_stays_closed_by_either_name(renamed: Tenant) -> None:
    measurer = make_actor(renamed, "Mia", "measurer")

    for name in ("size", "height"):
        with pytest.raises(Denied) as refusal:
            names(renamed, Query(entity="okapi", where=(f"{name} > 1",)), measurer)
        assert refusal.value.facts["field"] == "height"


def test_renaming_and_renaming_back_says_nothing_to_the_tables(tenant: Tenant) -> None:
    publish(tenant, OKAPI, VIEW, RULE)

    with statements(tenant) as said:
        there = publish(tenant, RENAMED, VIEW, RULE)
        back = publish(tenant, OKAPI.replace("size: {", "size: {was: height, "), VIEW, RULE)

    assert steps(there)[0] == "~ rename field okapi.size to okapi.height"
    assert steps(back)[0] == "~ rename field okapi.height to okapi.size"
    assert [each for each in said if DDL.match(each)] == []
