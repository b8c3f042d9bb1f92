"""What the tests of files work in: a CRM with zebras, okapis and roles that may import, and an empty one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.conftest import ZEBRA, make_tenant

OKAPI = """
entity: okapi
title: name
fields:
  name: {type: text, required: true}
  about: {type: long_text}
  rich: {type: rich_text}
  count: {type: integer}
  weight: {type: decimal, scale: 3}
  share: {type: percent}
  price: {type: money}
  tame: {type: boolean}
  born: {type: date}
  seen: {type: datetime}
  nap: {type: duration}
  herd: {type: choice, choices: [{key: north, label: Up}, {key: south, label: Down}]}
  traits: {type: choices, choices: [wild, calm, "odd; one"]}
  words: {type: tags}
  stars: {type: rating}
  mail: {type: email}
  call: {type: phone}
  site: {type: url}
  home: {type: address}
  full: {type: person_name}
  number: {type: autonumber, format: "O-{number}"}
  facts: {type: json}
  paper: {type: file}
  face: {type: image}
  keeper: {type: user}
  pack: {type: team}
  mother: {type: link, to: okapi, inverse: children}
  friends: {type: links, to: okapi, inverse: friend_of}
  subject: {type: any_link, to: [okapi, company]}
  road: {type: pipeline, default: life}
  stage: {type: stage}
---
pipeline: life
entity: okapi
stages: {calf: {}, grown: {label: Grown up}}
---
role: looker
grants:
  okapi: {read: all, export: yes, fields: {"*": read, price: none, friends: none}}
---
role: writer
grants:
  okapi: {create: yes, read: all, update: all}
"""
ROLES = """
role: importer
grants:
  zebra: {create: yes, read: all, update: all, fields: {"*": write}}
  user: {read: all}
can: [import]
---
role: adder
grants:
  zebra: {create: yes, read: all, fields: {"*": write}}
can: [import]
---
role: loner
grants:
  zebra: {create: yes, read: own, update: own, fields: {"*": write}}
  user: {read: all}
can: [import]
---
role: contact_importer
grants:
  contact: {create: yes, read: all, update: all}
  company: {read: all}
can: [import]
"""
ANIMALS = SourceFile("local", "local/animals.yaml", "---".join([ZEBRA, OKAPI, ROLES]))


@pytest.fixture
def tenant(database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    """The sales CRM, the zebra, the okapi, which has a field of every type, and roles."""
    made = make_tenant(database_url, tmp_path, ANIMALS)
    yield made
    made.database.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Tenant]:
    """Another CRM of the same packs, with nothing in it."""
    made = make_tenant(None, tmp_path / "other", ANIMALS)
    yield made
    made.database.close()
