"""A formula comes to a person, a record or a choice as it does to a number, and is one wherever such a value is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.context import Actor
from engine.errors import Refused
from engine.records.commands import change_record, create_record, destroy_record, trash_record
from engine.records.queries import Query, find_record, list_records
from engine.records.transfer.exporting import export_records
from engine.tenant import Tenant
from tests.conftest import make_actor
from tests.engine.publishing import publish

PENS = """
entity: pen
fields:
  name: {type: text, required: true}
  keeper: {type: user}
  place: {type: choice, choices: &places [{key: north, label: Far north}, south]}
  okapis: {type: formula, result: integer, formula: "count(inmates)"}
---
entity: okapi
fields:
  name: {type: text, required: true}
  pen: {type: link, to: pen, inverse: inmates}
  mother: {type: link, to: okapi, inverse: children}
  own_keeper: {type: user}
  keeper: {type: formula, result: user, formula: "coalesce(own_keeper, pen.keeper)", index: true}
  home: {type: formula, result: link, to: pen, formula: "first(children.pen)"}
  region: {type: formula, result: choice, choices: [{key: north, label: Far north}, south], formula: pen.place}
  nurse: {type: formula, result: user, formula: "home.keeper"}
  seen_by: {type: formula, result: user, formula: me}
  grandmother: {type: formula, result: link, to: okapi, formula: "mother.mother", publish: true}
"""
Make = Callable[..., str]


@pytest.fixture
def pens(tenant: Tenant) -> Tenant:
    """Pens with okapis and their keepers."""
    publish(tenant, PENS.replace("&places ", ""))
    return tenant


def made(tenant: Tenant, entity: str, **values: Any) -> str:
    """A new record."""
    with tenant.writing() as ctx:
        return create_record(ctx, entity, values).id


def shown(tenant: Tenant, actor: Actor, record: str, *keys: str) -> list[str]:
    """What somebody is shown of an okapi."""
    with tenant.reading(actor) as ctx:
        values = find_record(ctx, "okapi", record, fields=keys).values
        return [
            "" if values[key] is None else ctx.machine.behaviour("okapi", key).show(values[key], actor.reader) for key in keys
        ]


@pytest.fixture
def herd(pens: Tenant, admin: Actor) -> dict[str, str]:
    """A mother without a pen, and her children in two."""
    kim, lou = make_actor(pens, "Kim", "admin"), make_actor(pens, "Lou", "admin")
    north = made(pens, "pen", name="North", keeper=kim.id, place="north")
    south = made(pens, "pen", name="South", keeper=lou.id, place="south")
    mother = made(pens, "okapi", name="Mother")
    first = made(pens, "okapi", name="First", pen=north, mother=mother)
    second = made(pens, "okapi", name="Second", pen=south, mother=first, own_keeper=admin.id)
    return {"kim": kim.id or "", "lou": lou.id or "", "north": north, "south": south, "mother": mother, "first": first, "second": second}


def test_it_follows_from_links_and_is_kept_true(pens: Tenant, admin: Actor, herd: dict[str, str]) -> None:
    assert shown(pens, admin, herd["first"], "keeper", "region", "seen_by") == ["Kim", "Far north", "Ada"]
    assert shown(pens, admin, herd["second"], "keeper", "grandmother") == ["Ada", "Mother"]
    assert shown(pens, admin, herd["mother"], "keeper", "home", "nurse") == ["", "North", "Kim"]

    with pens.writing() as ctx:
        change_record(ctx, "okapi", herd["first"], {"pen": herd["south"]})
        change_record(ctx, "pen", herd["south"], {"keeper": herd["kim"], "place": "north"})
    assert shown(pens, admin, herd["first"], "keeper", "region") == ["Kim", "Far north"]
    assert shown(pens, admin, herd["mother"], "home", "nurse") == ["South", "Kim"]


def test_it_is_filtered_sorted_expanded_and_exported(pens: Tenant, admin: Actor, herd: dict[str, str]) -> None:
    def titles(*where: str, sort: str = "name") -> list[str | None]:
        with pens.reading(admin) as ctx:
            return [each.title for each in list_records(ctx, Query(entity="okapi", where=where, sort=(sort,))).records]

    assert titles(f"keeper == '{herd['kim']}'") == ["First"]
    assert titles("keeper == me") == ["Second"]
    assert titles("keeper.name == 'Kim'") == ["First"]
    assert titles("home.place == 'north'") == ["Mother"]
    assert titles("region == 'south'") == ["Second"]
    assert titles("is_empty(keeper)") == ["Mother"]
    assert titles("seen_by == me") == ["First", "Mother", "Second"]
    assert titles("not is_empty(keeper)", sort="-keeper") == ["First", "Second"]
    with pens.reading(admin) as ctx:
        [row] = list_records(ctx, Query(entity="okapi", where=("name == 'Mother'",), expand=("home",))).records
        file = export_records(ctx, Query(entity="okapi", fields=("name", "keeper", "region"), sort=("name",)), "csv")
        text = b"".join(file).decode() if not isinstance(file, bytes) else file.decode()
    assert row.expanded["home"].values["name"] == "North"
    assert ctx.machine.behaviour("okapi", "home").dump(row.values["home"]) == {"id": herd["north"], "title": "North"}
    assert "First,Kim" in text
    assert herd["kim"] in text


def test_its_title_is_only_for_those_who_may_read_it(pens: Tenant, herd: dict[str, str]) -> None:
    publish(pens, PENS.replace("&places ", ""), "role: groom\ngrants:\n  okapi: {read: own, create: yes}")
    groom = make_actor(pens, "Gil", "groom")
    with pens.writing(groom) as ctx:
        mine = create_record(ctx, "okapi", {"name": "Mine"}).id
    with pens.writing() as ctx:
        change_record(ctx, "okapi", mine, {"mother": herd["second"]})

    with pens.reading(groom) as ctx:
        grandmother = find_record(ctx, "okapi", mine, fields=["grandmother"]).values["grandmother"]
        found = list_records(ctx, Query(entity="okapi", where=("grandmother.name == 'First'",))).records

    assert (grandmother.id, grandmother.title) == (herd["first"], None)
    assert found == []


def test_what_it_leads_to_may_go(pens: Tenant, admin: Actor, herd: dict[str, str]) -> None:
    with pens.writing(admin) as ctx:
        trash_record(ctx, "pen", herd["north"])
        destroy_record(ctx, "pen", herd["north"])

    assert shown(pens, admin, herd["first"], "keeper", "region") == ["", ""]
    assert shown(pens, admin, herd["mother"], "home", "nurse") == ["", ""]


def test_nobody_writes_it(pens: Tenant, admin: Actor, herd: dict[str, str]) -> None:
    with pens.writing(admin) as ctx, pytest.raises(Refused) as refusal:
        change_record(ctx, "okapi", herd["first"], {"keeper": herd["lou"]})

    assert "keeper" in json.dumps([problem.pointer for problem in getattr(refusal.value, "problems", ())])
