"""An entity that comes from a text gets all that any other has, and no line of Python knows its name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.access.tokens import create_token
from engine.api.application import make_application
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.api.calling import Caller
from tests.conftest import make_actor, make_tenant

# A word that stands nowhere else in this house.
QUOKKA = """
entity: quokka
label: Quokka
plural: Quokkas
title: called
search: [island]
fields:
  called: {type: text, required: true, unique: true}
  island: {type: choice, choices: [rottnest, bald]}
  smiles: {type: integer}
  worth: {type: money}
  watched_by: {type: user, default: "= me"}
  parent_of: {type: links, to: quokka, inverse: child_of}
  host: {type: link, to: company, inverse: quokkas}
  diary: {type: long_text}
owner: watched_by
---
view: smiling_quokkas
entity: quokka
columns: [called, smiles]
where: smiles > 0
sort: [-smiles]
---
role: ranger
grants:
  quokka: {create: yes, read: own, update: own, delete: own, fields: {diary: none}}
"""
Join = Callable[[str, str], Caller]


@pytest.fixture
def join(database_url: str, tmp_path: Path) -> Iterator[Join]:
    """Somebody with a role, in a tenant whose newest entity is the quokka."""
    tenant: Tenant = make_tenant(database_url, tmp_path, SourceFile("local", "local/quokka.yaml", QUOKKA))
    app = make_application(tenant)

    def someone(name: str, role: str) -> Caller:
        actor = make_actor(tenant, name, role)
        with tenant.writing() as ctx:
            text, _ = create_token(ctx.connection, str(actor.id), "test", ctx.now())
        return Caller(app, text, id=str(actor.id))

    yield someone
    tenant.database.close()


def test_its_records_are_written_listed_put_away_and_brought_back(join: Join) -> None:
    ada = join("Ada", "admin")
    company = ada.made("company", name="Acme")
    first = ada.made("quokka", called="Quin", smiles=3, worth="5 EUR", host=company["id"])
    path = f"/records/quokka/{first['id']}"

    ada.patch(path, {"smiles": 4, "island": "bald"}, headers={"If-Match": '"1"'})
    ada.call("PUT", "/records/quokka/by/called/Quill", {"smiles": 0})
    bulk = ada.post("/records/quokka/bulk", {"create": [{"called": "Quest", "parent_of": [first["id"]]}]})

    assert bulk.body["succeeded"] == 1
    assert ada.titles("quokka", sort="-smiles,called") == ["Quin", "Quill", "Quest"]
    assert ada.titles("quokka", where="host.name == 'Acme' and smiles > 3") == ["Quin"]
    assert ada.titles("quokka", q="quin") == ["Quin"]
    assert ada.titles("quokka", view="smiling_quokkas") == ["Quin"]
    expanded = ada.get(f"/records/company/{company['id']}?expand=quokkas").body
    assert [each["called"] for each in expanded["quokkas"]] == ["Quin"]
    ada.delete(path)
    assert ada.titles("quokka", trash="true") == ["Quin"]
    assert ada.post(f"{path}/restore").body["version"] == 4
    told = [entry["operation"] for entry in ada.get(f"{path}/history").body["data"]]
    assert told == ["restored", "trashed", "updated", "created"]


def test_roles_and_scopes_hold_for_it(join: Join) -> None:
    ada, rae, reader = join("Ada", "admin"), join("Rae", "ranger"), join("Rob", "read_only")
    theirs = ada.made("quokka", called="Of Ada", diary="hush")
    mine = rae.made("quokka", called="Of Rae")

    assert rae.titles("quokka") == ["Of Rae"]
    assert "diary" not in mine
    assert rae.get("/records/quokka?sort=diary").body["field"] == "diary"
    assert rae.get(f"/records/quokka/{theirs['id']}").status == 404
    assert sorted(map(str, reader.titles("quokka"))) == ["Of Ada", "Of Rae"]
    assert reader.patch(f"/records/quokka/{mine['id']}", {"smiles": 1}).status == 403


def test_its_metadata_and_its_calls_are_told(join: Join) -> None:
    ada, rae, rep = join("Ada", "admin"), join("Rae", "ranger"), join("Sam", "sales_rep")

    document = ada.get("/metadata/entity/quokka").body["document"]
    calls = ada.get("/openapi.json").body

    assert "diary" in document["fields"]
    assert "diary" not in rae.get("/metadata/entity/quokka").body["document"]["fields"]
    assert rep.get("/metadata/entity/quokka").status == 404
    for path in ("", "/{id}", "/{id}/restore", "/{id}/history", "/bulk"):
        assert f"/records/quokka{path}" in calls["paths"]
    assert "diary" not in str(rae.get("/openapi.json").body["components"]["schemas"]["quokka"])


def test_no_line_of_code_knows_it() -> None:
    root = Path(__file__).parents[2]
    rooms = ("engine", "ui_builder", "metadata")

    knowing = [
        path.relative_to(root).as_posix()
        for room in rooms
        for path in (root / room).rglob("*.py")
        if "quokka" in path.read_text().lower()
    ]

    assert knowing == []
