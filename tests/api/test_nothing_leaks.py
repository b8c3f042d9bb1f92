"""Whoever may not read a field or a record can tell by nothing that it is another than before.

Kim may not read a zebra's secret, nor zebras of others. Every question she can ask is
asked before and after one of these changes, and nothing may differ: no byte, no status,
no order, no count, no ETag.

One thing is told on purpose: a record's version, and when and by whom it was changed, speak
of the whole record. Somebody who may see it may learn that something of it was changed, and
not what. They are masked where a closed field of an open record is changed, and nowhere else.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.access.tokens import create_token
from engine.api.application import make_application
from engine.context import Actor
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.api.calling import Answer, Caller
from tests.conftest import ZEBRA, make_actor, make_tenant

CAGED = """
overlay: entity/zebra
search: [secret, mother.secret]
unique: [[name, secret]]
fields:
  code: {type: text, unique: true}
  mood: {type: choice, choices: [merry, grim]}
  hidden_link: {type: link, to: zebra, inverse: hidden_children}
  hidden_friends: {type: links, to: zebra, inverse: hidden_friend_of}
  brood: {type: formula, result: integer, formula: "count(children)"}
  brood_size: {type: formula, result: decimal, formula: "sum(children.size)", index: true}
  heavy: {type: formula, result: boolean, formula: "brood_size + size > 8"}
  sound_length: {type: formula, result: integer, formula: "length(secret)"}
  sound_twice: {type: formula, result: integer, formula: "sound_length * 2"}
rules:
  harmless: {check: "name != 'never'", message: Never.}
---
entity: cage
title: label
fields:
  label: {type: text, required: true}
  holds: {type: link, to: zebra, inverse: cages}
  inside: {type: links, to: zebra, inverse: inside_of}
  weight: {type: formula, result: decimal, formula: "sum(inside.size)"}
  twice: {type: formula, result: decimal, formula: "weight * 2"}
  held: {type: formula, result: text, formula: "concat(holds.name, ' ', holds.brood)"}
  held_since: {type: formula, result: integer, formula: "days_between(holds.born, today())"}
  held_sound: {type: formula, result: text, formula: "holds.secret"}
  names: {type: formula, result: tags, formula: "list(inside.name)"}
---
view: by_secret
entity: zebra
where: secret == 'hush'
columns: [name]
"""
ROLES = ZEBRA.replace(
    "fields: {secret: none}}",
    "fields: {secret: none, code: none, mood: none, hidden_link: none, hidden_friends: none, '*': write}}\n"
    "  cage: {create: yes, read: all, update: all, delete: all}\ncan: [purge]",
)
OF_THE_WHOLE = re.compile(r'"(version|updated_at|updated_by)":("[^"]*"|\d+|null|\{[^}]*\})')


class World:
    """A tenant, Kim who asks, and Ada who changes what Kim may not see."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.app = make_application(tenant)
        self.ada, self.kim = self.join("Ada", "admin"), self.join("Kim", "keeper")
        mother = self.kim.made("zebra", name="Mother", size=3)
        self.mine = self.kim.made("zebra", name="Mine", size=2, mother=mother["id"], herd="north")["id"]
        self.second = self.kim.made("zebra", name="Second", size=1)["id"]
        self.gone = self.kim.made("zebra", name="Gone")["id"]
        self.kim.delete(f"/records/zebra/{self.gone}")
        self.hidden = self.ada.made("zebra", name="Hidden", size=9, secret="hush", code="code-1")["id"]
        self.cage = self.ada.made("cage", label="Cage", holds=self.hidden, inside=[self.mine, self.hidden])["id"]
        self.change("zebra", self.mine, secret="first", code="code-2", hidden_link=self.second, hidden_friends=[self.second])
        self.change("zebra", self.gone, trashed=True, secret="first")

    def join(self, name: str, role: str) -> Caller:
        actor: Actor = make_actor(self.tenant, name, role)
        with self.tenant.writing() as ctx:
            text, _ = create_token(ctx.connection, str(actor.id), "test", ctx.now())
        return Caller(self.app, text, id=str(actor.id))

    def change(self, entity: str, record_id: str, *, trashed: bool = False, **values: Any) -> None:
        path = f"/records/{entity}/{record_id}"
        if trashed:
            assert self.ada.post(f"{path}/restore").status == 200
        answer = self.ada.patch(path, values)
        assert answer.status == 200, answer.text
        if trashed:
            assert self.ada.delete(path).status == 204


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    tenant = make_tenant(
        database_url, tmp_path, SourceFile("local", "local/zebra.yaml", ROLES), SourceFile("local", "local/caged.yaml", CAGED)
    )  # fmt: skip
    yield World(tenant)
    tenant.database.close()


def questions(world: World) -> Iterator[str]:
    """Every address that answers a question, with every way to put it."""
    words = ["hush", "other", "hidden", "first", "code-", "mine", "e"]
    sorts = ["name", "-size", "mother", "secret", "-secret", "mother.secret", "code", "hidden_link", "updated_at",
             "mother.name", "owner", "stage", "brood_size", "-heavy", "sound_length", "mother.brood_size"]  # fmt: skip
    conditions = [
        "secret == 'hush'", "secret != None", "is_empty(secret)", "contains(secret, 'h')", "mother.secret == 'x'",
        "any(children, secret == 'first')", "count(children, secret == 'x') > 0", "count(children) > 0", "size > 8",
        "name == 'Hidden'", "any(hidden_children, True)", "count(hidden_children) == 1", "hidden_link == None",
        "hidden_link.name == 'Second'", "any(hidden_friend_of, True)", "any(cages, True)", "any(inside_of, label == 'Cage')",
        "code == 'code-1'", "secert == 'x'", "mother.nmae == 1", "owner == me", "me.name == 'Kim'", "brood > 0", "brood_size == 9", "heavy", "sound_length == 4", "sound_twice > 1",
        "mother.heavy", "any(cages, weight > 8)", "any(inside_of, twice == 22)",
    ]  # fmt: skip
    fields = ["secret", "name,secret", "mother.secret", "code", "hidden_children", "hidden_friends", "cages", "children",
              "friends", "name,mother.name", "hidden_link", "secert",
              "brood,brood_size,heavy", "sound_length", "mother.sound_twice", "mother.brood"]  # fmt: skip
    expansions = ["mother", "children", "cages", "inside_of", "hidden_link", "hidden_children", "hidden_friends",
                  "hidden_friend_of", "friends", "mother.children"]  # fmt: skip
    for trash in ("", "&trash=true"):
        yield f"/records/zebra?count=exact{trash}"
        yield from (f"/records/zebra?q={word}&count=exact{trash}" for word in words)
        yield from (f"/records/zebra?sort={sort}&limit=1{trash}" for sort in sorts)
        yield from (f"/records/zebra?where={where}&count=capped{trash}" for where in conditions)
        yield from (f"/records/zebra?fields={names}{trash}" for names in fields)
        yield from (f"/records/zebra?expand={names}{trash}" for names in expansions)
    yield from ("/records/zebra?view=by_secret", "/records/zebra?view=all_zebras&count=exact")
    for record_id in (world.mine, world.second, world.hidden, world.gone):
        yield f"/records/zebra/{record_id}"
        yield f"/records/zebra/{record_id}/history"
        yield from (f"/records/zebra/{record_id}?fields={names}" for names in fields)
        yield from (f"/records/zebra/{record_id}?expand={names}" for names in expansions)
    yield from ("/records/cage", f"/records/cage/{world.cage}", "/records/cage?sort=holds", "/records/cage?sort=holds.size")
    yield from ("/records/cage?expand=holds,inside", "/records/cage?fields=holds.name,inside,holds.secret")
    yield from (f"/records/cage?where={where}&count=exact" for where in (
        "holds.name == 'Hidden'", "holds.size > 8", "any(inside, size > 8)", "count(inside) == 2", "holds.secret == 'hush'",
        "is_empty(holds.name)", f"holds == '{world.hidden}'", "weight > 8", "twice == 22", "contains(held, 'Hidden')",
        "held_since > 0", "held_sound == 'hush'", "contains(names, 'Hidden')"))  # fmt: skip
    yield from ("/records/cage?sort=weight", "/records/cage?sort=-held", "/records/cage?fields=held_sound")
    yield from ("/records/cage?q=hidden", f"/records/cage/{world.cage}/history")
    for kind in ("entity", "view", "layout", "pipeline", "app", "choices", "translation", "role", "sample"):
        yield f"/metadata/{kind}?layers=true"
    yield from ("/metadata", "/metadata/entity/zebra", "/openapi.json", "/me", f"/files/{world.hidden}")


def tried(world: World) -> Iterator[tuple[str, str, Any]]:
    """Writes that are refused, or change nothing, and might tell something by how."""
    hidden, mine = f"/records/zebra/{world.hidden}", f"/records/zebra/{world.mine}"
    yield from (("PATCH", mine, {key: "hush"}) for key in ("secret", "code", "hidden_link", "secert"))
    yield from (("PATCH", mine, {"size": 2}), ("PATCH", mine, {"size": "x", "secret": 1}))
    yield from (("PATCH", hidden, {"size": 1}), ("DELETE", hidden, None), ("POST", f"{hidden}/restore", None))
    yield from (("DELETE", f"{hidden}?permanent=true", None), ("PUT", "/records/zebra/by/code/code-1", {"name": "x"}))
    yield ("PUT", "/records/zebra/by/secret/hush", {"name": "x"})
    yield ("POST", "/records/zebra", {"name": "New", "secret": "hush"})
    yield ("POST", "/records/zebra", {"name": "New", "mother": world.hidden})
    yield ("POST", "/records/cage", {"label": "New", "holds": world.hidden})
    yield ("POST", "/records/zebra/bulk", {"update": [{"id": world.hidden, "size": 1}], "delete": [world.hidden]})
    yield ("POST", "/records/zebra/bulk", {"upsert": {"by": "code", "rows": [{"code": "code-1", "name": "y"}]}})
    yield ("POST", "/records/zebra/bulk", {"create": [{"name": "z", "code": "code-1"}], "atomic": False})


def seen(world: World) -> dict[str, str]:
    """All that Kim is answered. What she is told once, such as a request's name, is left out."""
    answers = {address: world.kim.get(address) for address in questions(world)}
    for method, path, body in tried(world):
        answers[f"{method} {path} {body}"] = world.kim.call(method, path, body)
    assert {answer.status for answer in answers.values()} <= {200, 400, 403, 404, 422}, {
        address: answer.text for address, answer in answers.items() if answer.status in {201, 409, 500}
    }
    return {address: told(answer) for address, answer in answers.items()}


def told(answer: Answer) -> str:
    headers = {name: answer.headers.get(name) for name in ("ETag", "Link", "Location", "Content-Length", "Allow")}
    text = re.sub(r'"changeset":"[^"]*"', '"changeset":0', answer.text)
    return f"{answer.status} {headers} {text}"


def masked(answers: dict[str, str]) -> dict[str, str]:
    """The same answers without what speaks of the record as a whole, and what follows from that."""
    kept = {}
    for address, text in answers.items():
        if "updated_at" not in address:
            text = re.sub(r"'ETag': '[^']*'", "", OF_THE_WHOLE.sub("", text))
            kept[address] = re.sub(r"'Content-Length': '\d+'|after=[^>]*|\"next\":\"[^\"]*\"", "", text)
    return kept


def test_a_closed_field_can_not_be_told(world: World) -> None:
    before = masked(seen(world))

    world.change("zebra", world.mine, secret="other", code="code-9", hidden_link=world.mine, hidden_friends=[])
    changed = masked(seen(world))
    world.change("zebra", world.mine, secret=None, code=None, hidden_link=None)
    emptied = masked(seen(world))

    assert differences(before, changed) == {}
    assert differences(before, emptied) == {}


def test_a_closed_record_can_not_be_told(world: World) -> None:
    before = seen(world)

    world.change("zebra", world.hidden, name="Another", size=0, secret="other", code="code-9", mother=world.second,
                 hidden_link=world.mine, friends=[world.mine], hidden_friends=[world.mine, world.second])  # fmt: skip
    world.ada.made("zebra", name="Third", secret="hush", mother=world.mine, hidden_link=world.mine)
    changed = seen(world)
    world.ada.delete(f"/records/zebra/{world.hidden}")
    gone = seen(world)

    assert differences(before, changed) == {}
    assert differences(before, gone) == {}


def differences(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    """What was answered otherwise, by what was asked."""
    return {asked: (before[asked], after[asked]) for asked in before if before[asked] != after[asked]}


def test_kim_is_told_nothing_that_she_may_not_know(world: World) -> None:
    whole = " ".join(text for address, text in seen(world).items() if "secert" not in address)

    for word in ("Hidden", "hush", "code-1", "code-2"):
        assert word not in re.sub(r"\"instance\":\"[^\"]*\"|%20\w+|'hush'", "", whole), word


def test_a_closed_field_is_refused_by_its_name_wherever_it_is_named(world: World) -> None:
    kim = world.kim
    answers = [
        kim.get("/records/zebra?sort=-secret"),
        kim.get("/records/zebra?where=secret == 'x'"),
        kim.get("/records/zebra?where=any(children, secret == 'x')"),
        kim.get("/records/zebra?fields=secret"),
        kim.get("/records/zebra?fields=mother.secret"),
        kim.get("/records/cage?where=holds.secret == 'x'"),
        kim.get("/records/zebra?view=by_secret"),
        kim.patch(f"/records/zebra/{world.mine}", {"secret": "x"}),
        kim.post("/records/zebra", {"name": "x", "secret": "x"}),
        kim.call("PUT", "/records/zebra/by/secret/x", {}),
    ]

    assert {(answer.status, answer.body["code"], answer.body["field"]) for answer in answers} == {
        (403, "access.field", "secret")
    }


def test_a_clash_of_values_tells_neither_the_record_nor_a_closed_field(world: World) -> None:
    world.change("zebra", world.second, secret="first")

    taken = world.kim.post("/records/zebra", {"name": "Hidden"})
    together = world.kim.patch(f"/records/zebra/{world.second}", {"name": "Mine"})

    for answer in (taken, together):
        assert answer.status == 409
        assert world.hidden not in answer.text
        assert "secret" not in answer.text.lower()
        assert answer.pointers == ["/name"]


def test_a_closed_name_is_never_offered_for_a_mistyped_one(world: World) -> None:
    answers = [
        world.kim.get("/records/zebra?fields=secert"),
        world.kim.get("/records/zebra?sort=secert"),
        world.kim.get("/records/zebra?expand=hiden_children"),
        world.kim.get("/records/zebra?where=secert == 'x'"),
        world.kim.get("/records/cage?where=holds.secert == 'x'"),
        world.kim.post("/records/zebra", {"name": "x", "secert": "x"}),
    ]

    assert {answer.status for answer in answers} == {400, 422}
    for answer in answers:
        assert not re.search("secret|hidden_|mood", answer.text)


def test_the_choices_of_a_closed_field_are_not_told(world: World) -> None:
    answer = world.kim.get("/records/zebra?where=mood == 'sad'")

    assert (answer.status, answer.body["field"]) == (403, "mood")
    assert "merry" not in answer.text


def test_search_goes_on_where_a_closed_field_would_be_searched(world: World) -> None:
    assert world.kim.titles("zebra", q="mine") == ["Mine"]
    assert world.kim.titles("zebra", q="first") == []
    assert world.ada.titles("zebra", q="first") == ["Mine"]
