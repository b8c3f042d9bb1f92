"""A field takes only what it offers: choices on conditions, and linked records that fit."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.context import Actor, Context
from engine.errors import Invalid
from engine.records.commands import apply_batch, change_record, create_record
from engine.records.writes import Create
from engine.tenant import Tenant
from tests.engine.publishing import publish

PARK = """
entity: park
fields:
  name: {type: text}
  region: {type: choice, choices: [north, south]}
  budget: {type: money}
---
entity: keeper
fields:
  name: {type: text}
  region: {type: choice, choices: [north, south]}
  skills: {type: tags}
  wage: {type: money}
  since: {type: date}
---
entity: okapi
fields:
  name: {type: text}
  park: {type: link, to: park, inverse: okapis}
  size: {type: decimal}
  born: {type: date}
  food:
    type: choice
    choices: {grass: Grass, hay: Hay, leaves: Leaves}
    choices_when: {hay: size >= 10, leaves: park.region == 'south'}
  keeper: {type: link, to: keeper, filter: region == parent.park.region and (since == None or since <= parent.born)}
  helpers: {type: links, to: keeper, filter: "contains(skills, parent.name)"}
"""


@pytest.fixture
def ctx(tenant: Tenant, admin: Actor) -> Iterator[Context]:
    publish(tenant, PARK)
    with tenant.writing(admin) as writing:
        yield writing


def made(ctx: Context, entity: str, **values: Any) -> str:
    return create_record(ctx, entity, values).id


def refused(ctx: Context, **values: Any) -> tuple[str, str, str]:
    with pytest.raises(Invalid) as refusal:
        create_record(ctx, "okapi", values)
    [problem] = refusal.value.problems
    return problem.pointer, problem.code, problem.message


def test_a_choice_is_taken_only_while_its_condition_holds(ctx: Context) -> None:
    south = made(ctx, "park", region="south")

    assert made(ctx, "okapi", size="10", food="hay")
    assert made(ctx, "okapi", park=south, food="leaves")
    assert made(ctx, "okapi", food="grass")
    assert refused(ctx, size="9.99", food="hay") == (
        "/food", "choice.not-offered", '"Hay" is not offered here. You can choose: Grass.'
    )  # fmt: skip
    assert refused(ctx, size="12", food="leaves")[2].endswith("You can choose: Grass, Hay.")


def test_a_choice_that_was_made_before_stays(ctx: Context) -> None:
    okapi = made(ctx, "okapi", size="10", food="hay")

    change_record(ctx, "okapi", okapi, {"size": "5"})
    change_record(ctx, "okapi", okapi, {"food": "hay", "name": "Ada"})

    with pytest.raises(Invalid):
        change_record(ctx, "okapi", made(ctx, "okapi", size="5"), {"food": "hay"})


def test_only_records_that_fit_are_linked(ctx: Context) -> None:
    south = made(ctx, "park", region="south")
    near, far = made(ctx, "keeper", region="south"), made(ctx, "keeper", region="north")
    late = made(ctx, "keeper", region="south", since="2024-03-01")

    assert made(ctx, "okapi", park=south, keeper=near)
    assert made(ctx, "okapi", park=south, keeper=late, born="2024-03-01")
    assert refused(ctx, park=south, keeper=far) == (
        "/keeper",
        "link.filtered",
        "This keeper doesn't fit Park and Born. Choose one that does, or change Park and Born first.",
    )
    assert refused(ctx, park=south, keeper=late, born="2024-02-28")[1] == "link.filtered"


def test_each_of_several_linked_records_must_fit(ctx: Context) -> None:
    one, other = made(ctx, "keeper", skills=["Ada"]), made(ctx, "keeper", skills=["Bob"])

    assert made(ctx, "okapi", name="Ada", helpers=[one])
    assert refused(ctx, name="Ada", helpers=[one, other])[:2] == ("/helpers", "link.filtered")


def test_many_writes_are_looked_at_together(ctx: Context) -> None:
    parks = {region: made(ctx, "park", region=region) for region in ("north", "south")}
    keeper = made(ctx, "keeper", region="south")
    rows = [{"park": parks[region], "keeper": keeper} for region in ("north", "south", "north")]

    outcomes = apply_batch(ctx, "okapi", [Create(values=row) for row in rows], atomic=False)

    assert [outcome.refusal is None for outcome in outcomes] == [False, True, False]
