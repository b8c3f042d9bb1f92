"""What somebody may do is what their roles add up to, record by record and field by field."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.access.tokens import create_token
from engine.api.application import make_application
from engine.records.commands import create_record
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.api.calling import Caller
from tests.conftest import make_actor, make_tenant

ZOO = """
entity: lemur
title: name
fields:
  name: {type: text, required: true}
  owner: {type: user, default: "= me"}
  size: {type: integer}
  note: {type: text}
---
entity: bite
title: text
access: {inherit: lemur}
fields:
  text: {type: text}
  lemur: {type: link, to: lemur, inverse: bites}
---
entity: notice
title: text
access: read
fields: {text: {type: text}}
---
role: none_of_it
---
role: own
grants: {lemur: {create: yes, read: own, update: own, delete: own}}
---
role: team
grants: {lemur: {create: yes, read: team, update: own, delete: no}}
---
role: all
grants: {lemur: {create: yes, read: all, update: all, delete: all}, bite: {create: yes}}
---
role: reader
grants: {lemur: {read: all, fields: {note: none, size: read, "*": read}}}
---
role: writer_of_size
grants: {lemur: {read: all, update: all, fields: {size: write, "*": read}}}
---
role: no_deleting
deny: {lemur: {delete: all}}
---
role: no_notes
deny: {lemur: {fields: {note: none}}}
---
role: no_fields
deny: {lemur: {fields: {"*": read}}}
---
role: no_bites
deny: {bite: {read: all}}
"""
Join = Callable[..., Caller]


@pytest.fixture
def zoo(database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    made = make_tenant(database_url, tmp_path, SourceFile("local", "local/zoo.yaml", ZOO))
    yield made
    made.database.close()


@pytest.fixture
def join(zoo: Tenant) -> Join:
    app = make_application(zoo)

    def someone(name: str, *roles: str) -> Caller:
        actor = make_actor(zoo, name, *roles)
        with zoo.writing() as ctx:
            text, _ = create_token(ctx.connection, str(actor.id), "test", ctx.now())
        return Caller(app, text, id=str(actor.id))

    return someone


def verbs(caller: Caller, lemur: str) -> list[int]:
    """How reading, changing and deleting a record are answered; it is there again afterwards."""
    path = f"/records/lemur/{lemur}"
    answers = [caller.get(path).status, caller.patch(path, {"size": 1}).status, caller.delete(path).status]
    if answers[-1] == 204:
        assert caller.post(f"{path}/restore").status == 200
    return answers


def test_a_scope_says_of_which_records(join: Join, zoo: Tenant) -> None:
    ann, bob = join("Ann", "own"), join("Bob", "team")
    cat, dan, eve = join("Cat", "all"), join("Dan", "none_of_it"), join("Eve", "own")
    with zoo.writing() as ctx:
        create_record(ctx, "team", {"name": "T", "members": [ann.id, bob.id]})
    of_ann, of_eve = ann.made("lemur", name="A")["id"], eve.made("lemur", name="E")["id"]

    assert verbs(ann, of_ann) == [200, 200, 204]
    assert verbs(eve, of_ann) == [404, 404, 404]
    assert verbs(bob, of_ann) == [200, 403, 403]  # a mate's
    assert verbs(bob, of_eve) == [404, 404, 403]
    assert verbs(cat, of_ann) == [200, 200, 204]
    assert verbs(dan, of_ann) == [403, 403, 403]
    assert dan.get("/records/lemur").status == 403
    assert (ann.titles("lemur"), bob.titles("lemur"), eve.titles("lemur")) == (["A"], ["A"], ["E"])


def test_a_lost_team_or_role_counts_at_once(join: Join, zoo: Tenant) -> None:
    ann, bob, ada = join("Ann", "own"), join("Bob", "team"), join("Ada", "admin")
    lemur = ann.made("lemur", name="A")["id"]
    team = ada.made("team", name="T", members=[ann.id, bob.id])
    assert bob.get(f"/records/lemur/{lemur}").status == 200

    ada.patch(f"/records/team/{team['id']}", {"members": [ann.id]})
    assert bob.get(f"/records/lemur/{lemur}").status == 404
    ada.patch(f"/records/user/{ann.id}", {"roles": []})
    assert ann.get("/records/lemur").status == 403
    ada.delete(f"/records/user/{bob.id}")
    assert bob.get("/me").status == 401


def test_nobody_gives_away_what_they_could_not_see_afterwards(join: Join) -> None:
    ann, eve, cat = join("Ann", "own"), join("Eve", "own"), join("Cat", "all")
    lemur = ann.made("lemur", name="A")["id"]

    refused = ann.patch(f"/records/lemur/{lemur}", {"owner": eve.id})
    made = ann.post("/records/lemur", {"name": "B", "owner": eve.id})

    assert {refused.body["code"], made.body["code"]} == {"access.out-of-sight"}
    assert ann.titles("lemur") == ["A"]
    assert eve.titles("lemur") == []
    assert cat.patch(f"/records/lemur/{lemur}", {"owner": eve.id}).status == 200
    assert ann.get(f"/records/lemur/{lemur}").status == 404


def test_roles_add_up(join: Join) -> None:
    cat, both = join("Cat", "all"), join("Bo", "own", "reader")
    lemur = cat.made("lemur", name="A", size=1, note="n")["id"]

    shown = both.get(f"/records/lemur/{lemur}").body

    assert shown["note"] == "n"  # what one role closes, the other opens
    assert verbs(both, lemur) == [200, 403, 403]
    assert verbs(both, both.made("lemur", name="B")["id"]) == [200, 200, 204]


def test_a_field_is_closed_read_or_written(join: Join) -> None:
    cat, reader, sizer = join("Cat", "all"), join("Rea", "reader"), join("Siz", "writer_of_size")
    lemur = cat.made("lemur", name="A", size=1, note="n")["id"]
    path = f"/records/lemur/{lemur}"

    assert "note" not in reader.get(path).body
    assert reader.get(path).body["size"] == 1
    assert sizer.patch(path, {"size": 2}).status == 200
    refused = sizer.patch(path, {"name": "B"})
    assert (refused.status, refused.body["field"]) == (403, "name")
    assert refused.body["detail"] == 'You may not change the field "name" of lemurs.'


@pytest.mark.parametrize("others", [("all",), ("all", "own"), ("admin",), ("all", "admin")])
def test_a_denial_beats_every_grant(join: Join, others: tuple[str, ...]) -> None:
    cat = join("Cat", "all")
    lemur = cat.made("lemur", name="A", size=1, note="n")["id"]
    path = f"/records/lemur/{lemur}"
    kept, silent = join("Kept", "no_deleting", *others), join("Silent", "no_notes", *others)
    fixed = join("Fixed", "no_fields", *others)

    assert verbs(kept, lemur) == [200, 200, 403]
    assert "note" not in silent.get(path).body
    assert silent.patch(path, {"note": "x"}).body["field"] == "note"
    assert fixed.get(path).body["note"] == "n"
    assert fixed.patch(path, {"size": 5}).body["field"] == "size"


def test_a_record_is_as_open_as_its_parent_unless_that_is_denied(join: Join) -> None:
    ann, cat = join("Ann", "own"), join("Cat", "all")
    barred = join("Bar", "own", "no_bites")
    of_ann, of_cat = ann.made("lemur", name="A")["id"], cat.made("lemur", name="C")["id"]
    cat.made("bite", text="at A", lemur=of_ann)
    other = cat.made("bite", text="at C", lemur=of_cat)["id"]

    assert ann.titles("bite") == ["at A"]
    assert ann.get(f"/records/bite/{other}").status == 404
    [own] = ann.get("/records/bite").body["data"]
    assert ann.patch(f"/records/bite/{own['id']}", {"text": "healed"}).status == 200
    assert ann.post("/records/bite", {"text": "x", "lemur": of_ann}).status == 403  # making is not lent
    assert barred.get("/records/bite").status == 403
    cat.patch(f"/records/lemur/{of_ann}", {"owner": cat.id})
    assert ann.titles("bite") == []
    assert ann.get(f"/records/bite/{own['id']}/history").status == 404


def test_what_is_open_to_everyone_is_read_and_not_written(join: Join) -> None:
    ada, dan = join("Ada", "admin"), join("Dan", "none_of_it")
    notice = ada.made("notice", text="Hello")["id"]

    assert dan.titles("notice") == ["Hello"]
    assert dan.patch(f"/records/notice/{notice}", {"text": "Bye"}).status == 403
    assert dan.post("/records/notice", {"text": "Mine"}).status == 403
    assert dan.delete(f"/records/notice/{notice}").status == 403
