"""What is deleted goes to the trash with what belongs to it, and comes back or goes for good."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.access.tokens import create_token
from engine.api.application import make_application
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.api.calling import Caller
from tests.conftest import ZEBRA, make_actor, make_tenant

HERDS = """
entity: herd
title: name
fields:
  name: {type: text, required: true}
---
entity: keeper_note
title: text
fields:
  text: {type: text}
  herd: {type: link, to: herd, inverse: notes, on_delete: restrict}
  by: {type: user, default: "= me"}
owner: by
---
entity: pen
title: name
fields:
  name: {type: text}
  herd: {type: link, to: herd, inverse: pens, on_delete: cascade}
  next: {type: link, to: pen, inverse: before, on_delete: cascade}
---
role: herder
grants:
  herd: {create: yes, read: all, update: all, delete: all}
  pen: {read: all}
  keeper_note: {create: yes, read: own}
can: [purge]
"""


@pytest.fixture
def farm(database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    """A tenant with herds: their pens go along with them, and notes hold them."""
    made = make_tenant(
        database_url, tmp_path, SourceFile("local", "local/zebra.yaml", ZEBRA),
        SourceFile("local", "local/herds.yaml", HERDS),
    )  # fmt: skip
    yield made
    made.database.close()


def someone(farm: Tenant, app: Flask, name: str, role: str) -> Caller:
    actor = make_actor(farm, name, role)
    with farm.writing() as ctx:
        text, _ = create_token(ctx.connection, str(actor.id), "test", ctx.now())
    return Caller(app, text, id=str(actor.id))


@pytest.fixture
def admin(farm: Tenant) -> Caller:
    """Somebody who may do everything on the farm."""
    return someone(farm, make_application(farm), "Eva", "admin")


def test_what_belongs_to_a_record_goes_and_comes_back_with_it(ada: Caller) -> None:
    mother = ada.made("zebra", name="Mother")
    child = ada.made("zebra", name="Child", mother=mother["id"])
    ada.made("zebra", name="Grandchild", mother=child["id"])

    assert ada.delete(f"/records/zebra/{mother['id']}").status == 204
    assert ada.titles("zebra") == []
    assert ada.titles("zebra", trash="true") == ["Mother"]
    alone = ada.post(f"/records/zebra/{child['id']}/restore")
    back = ada.post(f"/records/zebra/{mother['id']}/restore")

    assert (alone.status, alone.body["code"]) == (409, "trash.went-along")
    assert (back.status, back.headers["ETag"]) == (200, '"3"')
    assert ada.titles("zebra", sort="name") == ["Child", "Grandchild", "Mother"]
    operations = [entry["operation"] for entry in ada.get(f"/records/zebra/{child['id']}/history").body["data"]]
    assert operations == ["restored", "trashed", "created"]


def test_what_was_in_the_trash_before_stays_there(ada: Caller) -> None:
    mother = ada.made("zebra", name="Mother")
    early = ada.made("zebra", name="Early", mother=mother["id"])
    ada.delete(f"/records/zebra/{early['id']}")

    ada.delete(f"/records/zebra/{mother['id']}")
    ada.post(f"/records/zebra/{mother['id']}/restore")

    assert ada.titles("zebra") == ["Mother"]
    assert ada.post(f"/records/zebra/{early['id']}/restore").status == 200


def test_a_circle_of_belonging_goes_at_once(ada: Caller) -> None:
    one = ada.made("zebra", name="One")
    two = ada.made("zebra", name="Two", mother=one["id"])
    ada.patch(f"/records/zebra/{one['id']}", {"mother": two["id"]})

    assert ada.delete(f"/records/zebra/{one['id']}").status == 204

    assert ada.titles("zebra") == []
    assert ada.delete(f"/records/zebra/{one['id']}?permanent=true").status == 204
    assert ada.titles("zebra", trash="true") == []


def test_a_long_line_of_belonging_goes_at_once(admin: Caller) -> None:
    herd = admin.made("herd", name="Herd")
    last = admin.made("pen", name="0", herd=herd["id"])["id"]
    for at in range(1, 60):
        last = admin.made("pen", name=str(at), next=last)["id"]

    admin.delete(f"/records/herd/{herd['id']}")

    assert admin.get("/records/pen?count=exact").body["count"] == 0


def test_what_is_in_the_trash_is_not_there_for_anybody_else(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed")
    path = f"/records/zebra/{zebra['id']}"
    ada.delete(path)

    assert ada.get(path).status == 404
    assert ada.patch(path, {"size": 1}).status == 404
    assert ada.delete(path).status == 404
    assert ada.get(f"{path}/history").status == 200
    assert ada.made("zebra", name="Zed")["title"] == "Zed"  # its unique values are free again
    assert ada.post(f"{path}/restore").body["code"] == "trash.values-taken"


def test_a_record_that_is_not_in_the_trash_is_not_restored(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed")

    assert ada.post(f"/records/zebra/{zebra['id']}/restore").status == 404


def test_the_version_known_is_asked_for_before_a_deletion(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed")
    path = f"/records/zebra/{zebra['id']}"
    ada.patch(path, {"size": 1})

    for question in ("", "?permanent=true"):
        moved = ada.delete(path + question, headers={"If-Match": '"1"'})
        assert (moved.status, moved.body["current"]["version"]) == (412, 2)
    assert ada.delete(path, headers={"If-Match": '"2"'}).status == 204


def test_destroying_needs_the_capability_and_leaves_no_link(ada: Caller, kim: Caller) -> None:
    own = kim.made("zebra", name="Of Kim")
    friend = ada.made("zebra", name="Friend", friends=[own["id"]])
    company = ada.made("company", name="Acme")
    contact = ada.made("contact", name="Ann Lee", company=company["id"])

    refused = kim.delete(f"/records/zebra/{own['id']}?permanent=true")
    assert (refused.status, refused.body["code"]) == (403, "access.capability")
    assert ada.delete(f"/records/zebra/{own['id']}?permanent=true").status == 204
    assert ada.delete(f"/records/company/{company['id']}?permanent=true").status == 204

    after = ada.get(f"/records/zebra/{friend['id']}?fields=friends").body
    assert (after["friends"], after["version"]) == ([], 2)
    left = ada.get(f"/records/contact/{contact['id']}").body
    assert (left["company"], left["version"]) == (None, 2)
    [change, _] = ada.get(f"/records/contact/{contact['id']}/history").body["data"]
    assert change["fields"]["company"] == {"from": {"id": company["id"], "title": None}, "to": None}
    assert ada.get(f"/records/company/{company['id']}/history").status == 404


def test_a_record_in_the_trash_is_destroyed_with_what_went_along(ada: Caller, tenant: Tenant) -> None:
    mother = ada.made("zebra", name="Mother")
    child = ada.made("zebra", name="Child", mother=mother["id"], friends=[mother["id"]])
    ada.delete(f"/records/zebra/{mother['id']}")

    alone = ada.delete(f"/records/zebra/{child['id']}?permanent=true")
    whole = ada.delete(f"/records/zebra/{mother['id']}?permanent=true")

    assert (alone.status, whole.status) == (409, 204)
    with tenant.reading() as ctx:
        for table in (ctx.machine.tables.of("zebra"), ctx.machine.tables.link("zebra", "friends")):
            assert ctx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_what_holds_a_record_is_named_and_counted_as_far_as_it_is_open(
    farm: Tenant, admin: Caller
) -> None:
    herder = someone(farm, admin.app, "Han", "herder")
    herd = admin.made("herd", name="Herd")
    pen = admin.made("pen", name="Pen", herd=herd["id"])
    path = f"/records/herd/{herd['id']}"
    admin.made("keeper_note", text="Theirs", herd=herd["id"])

    for question in ("", "?permanent=true"):
        hidden = herder.delete(path + question)
        assert (hidden.status, hidden.body["code"]) == (409, "trash.restricted")
        assert hidden.body["detail"] == (
            "Something that is not open to you still belongs to this herd. Move or delete it first."
        )
        assert "dependants" not in hidden.body
    herder.made("keeper_note", text="Mine", herd=herd["id"])
    seen = herder.delete(path)
    assert seen.body["detail"].startswith("1 keeper note still belongs to this herd.")
    assert seen.body["dependants"] == 1
    assert admin.delete(path).body["dependants"] == 2
    assert admin.get(f"/records/pen/{pen['id']}").body["version"] == 1  # nothing of it was done


def test_a_refused_row_of_a_bulk_leaves_nothing_half_done(admin: Caller) -> None:
    held, free = admin.made("herd", name="Held"), admin.made("herd", name="Free")
    pen = admin.made("pen", name="Pen", herd=held["id"])
    admin.made("keeper_note", text="Holds", herd=held["id"])

    answer = admin.post("/records/herd/bulk", {"delete": [held["id"], free["id"]], "atomic": False})

    assert [each["status"] for each in answer.body["results"]] == [409, 200]
    assert admin.titles("herd") == ["Held"]
    assert admin.get(f"/records/pen/{pen['id']}").status == 200
