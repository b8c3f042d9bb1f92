"""Rules and defaults speak of other records: over links, of many at once, of who acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.context import Actor, Context
from engine.errors import Invalid
from engine.records.commands import apply_batch, change_record, create_record
from engine.records.queries import find_record
from engine.records.writes import Change, Create
from engine.tenant import Tenant
from tests.engine.publishing import publish

HERDS = """
entity: pen
fields:
  name: {type: text, required: true}
  places: {type: integer, default: 2}
  closed: {type: boolean, default: false}
  keeper: {type: user}
---
entity: okapi
fields:
  name: {type: text, required: true}
  size: {type: decimal}
  pen: {type: link, to: pen, inverse: okapis}
  owner: {type: user, default: "= pen.keeper"}
  place: {type: text, default: "= concat(pen.name, '/', size)"}
  friends: {type: links, to: okapi, inverse: friend_of}
rules:
  room: {when: "pen != None", check: "count(pen.okapis) <= pen.places", message: The pen is full., field: pen}
  open: {when: "changed('pen')", check: "not pen.closed", message: This pen is closed., field: pen}
  stays: {when: "pen.closed", lock: [size], message: Nobody grows in a closed pen.}
  company: {when: "size > 100", check: "any(friends, size > parent.size / 2)", message: The large need friends., field: friends}
  moved: {when: "old.pen.name == 'Attic'", check: "pen.name != 'Cellar'", message: From the attic nobody goes to the cellar., field: pen}
"""


@pytest.fixture
def herds(tenant: Tenant, admin: Actor) -> dict[str, str]:
    publish(tenant, HERDS)
    with tenant.writing(admin) as ctx:
        return {name: create_record(ctx, "pen", {"name": name, "keeper": admin.id}).id for name in ("Attic", "Barn", "Cellar")}


@contextmanager
def refused(**messages: str) -> Iterator[None]:
    with pytest.raises(Invalid) as refusal:
        yield
    assert {p.pointer.strip("/"): p.message for p in refusal.value.problems} == messages


def okapi(ctx: Context, name: str, **values: Any) -> str:
    return create_record(ctx, "okapi", {"name": name, **values}).id


def test_a_default_follows_from_a_linked_record(tenant: Tenant, admin: Actor, herds: dict[str, str]) -> None:
    with tenant.writing(admin) as ctx:
        kept = find_record(ctx, "okapi", okapi(ctx, "Ann", pen=herds["Barn"], size="2.50"))
        free = find_record(ctx, "okapi", okapi(ctx, "Bob"))

    assert (kept.values["owner"].id, kept.values["place"]) == (admin.id, "Barn/2.5")
    assert (free.values["owner"], free.values["place"]) == (None, "/")


def test_a_rule_counts_what_the_write_makes_of_others(tenant: Tenant, admin: Actor, herds: dict[str, str]) -> None:
    with tenant.writing(admin) as ctx:
        okapi(ctx, "Ann", pen=herds["Barn"])
        second = okapi(ctx, "Bob", pen=herds["Barn"])
        with refused(pen="The pen is full."):
            okapi(ctx, "Cid", pen=herds["Barn"])
        third = okapi(ctx, "Cid")
        with refused(pen="The pen is full."):
            change_record(ctx, "okapi", third, {"pen": herds["Barn"]})
        change_record(ctx, "okapi", second, {"pen": None})
        change_record(ctx, "okapi", third, {"pen": herds["Barn"]})

        assert find_record(ctx, "okapi", third).values["pen"].id == herds["Barn"]


def test_a_batch_keeps_what_meets_the_rules(tenant: Tenant, admin: Actor, herds: dict[str, str]) -> None:
    with tenant.writing(admin) as ctx:
        change_record(ctx, "pen", herds["Cellar"], {"closed": True})
        writes = [Create(values={"name": str(at), "pen": herds["Cellar"] if at % 2 else None}) for at in range(6)]
        outcomes = apply_batch(ctx, "okapi", writes, atomic=False)

    assert [outcome.refusal is None for outcome in outcomes] == [True, False] * 3


def test_a_lock_looks_at_the_linked_record_as_it_was(tenant: Tenant, admin: Actor, herds: dict[str, str]) -> None:
    with tenant.writing(admin) as ctx:
        ann = okapi(ctx, "Ann", pen=herds["Barn"])
        change_record(ctx, "okapi", ann, {"size": 1})
        change_record(ctx, "pen", herds["Barn"], {"closed": True})

        with refused(size="Nobody grows in a closed pen."):
            change_record(ctx, "okapi", ann, {"size": 2, "pen": None})
        change_record(ctx, "okapi", ann, {"pen": None})
        change_record(ctx, "okapi", ann, {"size": 2})


def test_a_rule_asks_many_with_the_record_in_mind(tenant: Tenant, admin: Actor, herds: dict[str, str]) -> None:
    with tenant.writing(admin) as ctx:
        small, large = okapi(ctx, "Ann", size=50), okapi(ctx, "Bob", size=90)
        with refused(friends="The large need friends."):
            okapi(ctx, "Cid", size=120, friends=[small])
        cid = okapi(ctx, "Cid", size=120, friends=[small, large])
        with refused(friends="The large need friends."):
            change_record(ctx, "okapi", cid, {"friends": [small]})


def test_a_rule_knows_where_a_link_led_before(tenant: Tenant, admin: Actor, herds: dict[str, str]) -> None:
    with tenant.writing(admin) as ctx:
        ann = okapi(ctx, "Ann", pen=herds["Attic"])
        with refused(pen="From the attic nobody goes to the cellar."):
            change_record(ctx, "okapi", ann, {"pen": herds["Cellar"]})
        [outcome] = apply_batch(ctx, "okapi", [Change(id=ann, values={"pen": herds["Barn"]})])
        assert outcome.refusal is None
        change_record(ctx, "okapi", ann, {"pen": herds["Cellar"]})
