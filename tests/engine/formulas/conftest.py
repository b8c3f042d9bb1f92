"""Herds, their zebras, and the formulas that go from one to the other."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.records.commands import create_record
from engine.records.queries import find_record
from engine.tenant import Tenant
from metadata.source import SourceFile

KRAAL = """
entity: kraal
fields:
  name: {type: text, required: true}
  rent: {type: money}
  zone: {type: link, to: zone, inverse: kraals}
  guests: {type: links, to: oryx, inverse: visits}
  heads: {type: formula, result: integer, formula: "count(oryxes)"}
  grown: {type: formula, result: integer, formula: "count(oryxes, is_won)"}
  weight: {type: formula, result: decimal, formula: "sum(oryxes.size)"}
  worth: {type: formula, result: money, formula: "sum(oryxes.value)"}
  oldest: {type: formula, result: date, formula: "min(oryxes.born)"}
  names: {type: formula, result: tags, formula: "list(oryxes.name, size > 1)"}
  per_head: {type: formula, result: decimal, formula: "weight / heads"}
  guest_weight: {type: formula, result: decimal, formula: "sum(guests.size)"}
  notes_at: {type: formula, result: datetime, formula: "max(jottings.at)"}
---
entity: zone
fields:
  name: {type: text, required: true}
  weight: {type: formula, result: decimal, formula: "sum(kraals.weight)"}
  has_big: {type: formula, result: boolean, formula: "any(kraals, any(oryxes, size > 100))"}
---
entity: oryx
fields:
  name: {type: text, required: true}
  size: {type: decimal}
  price: {type: money}
  born: {type: date}
  stage: {type: stage}
  kraal: {type: link, to: kraal, inverse: oryxes}
  mother: {type: link, to: oryx, inverse: children}
  twice: {type: formula, result: decimal, formula: "size * 2"}
  fourfold: {type: formula, result: decimal, formula: "twice * 2"}
  value: {type: formula, result: money, formula: "price * stage.probability / 100"}
  place: {type: formula, result: text, formula: "concat(kraal.name, ' in ', kraal.zone.name)"}
  share: {type: formula, result: decimal, scale: 4, formula: "size / kraal.weight"}
  line: {type: formula, result: decimal, formula: "sum(children.size)", mode: read}
  visited: {type: formula, result: integer, formula: "count(visits, rent > 10)"}
  siblings: {type: formula, result: integer, formula: "count(kraal.oryxes, parent.rent != 1)"}
  young: {type: formula, result: boolean, formula: "born > today() - months(12)"}
---
pipeline: horns
entity: oryx
stages: {calf: {probability: 10}, half: {probability: 50}, grown: {category: won, probability: 100}}
---
entity: jotting
fields:
  at: {type: datetime}
  about: {type: any_link, to: [kraal, oryx], inverse: jottings}
"""


@pytest.fixture
def kraals(tenant: Tenant) -> Tenant:
    """A tenant with kraals and oryxes."""
    tenant.apply(tenant.plan([*tenant.files, SourceFile("local", "local/kraal.yaml", KRAAL)]))
    return tenant


@pytest.fixture
def make(kraals: Tenant) -> Callable[..., str]:
    """Make a record, and answer with its id."""

    def made(entity: str, **values: Any) -> str:
        with kraals.writing() as ctx:
            return create_record(ctx, entity, values).id

    return made


@pytest.fixture
def value(kraals: Tenant) -> Callable[[str, str, str], Any]:
    """The value that a record shows in a field."""

    def read(entity: str, record: str, key: str) -> Any:
        with kraals.reading() as ctx:
            return find_record(ctx, entity, record, fields=[key]).values[key]

    return read
