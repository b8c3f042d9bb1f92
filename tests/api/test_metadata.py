"""Metadata is read over the API: whole by who designs it, and by others as far as it is open to them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.access.tokens import create_token
from engine.api.application import make_application
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.api.calling import Caller
from tests.conftest import ZEBRA, make_actor, make_tenant

# Everything in which a document may speak of a field; the keeper may not know `secret`.
SPEAKING = """
overlay: entity/zebra
search: [secret, name]
unique: [[name, secret], [name, size]]
duplicates: [{match: {secret: exact}}, {match: {name: exact}}]
fields:
  herd: {help: From the overlay.}
  kind_of_secret: {type: choice, choices: secrets}
  copied: {type: text, default: "= secret"}
rules:
  no_secret: {when: "secret == 'x'", check: "name != 'a'"}
  changing: {when: "changed('secret')", check: "old.secret == None or name != 'a'"}
  locks_it: {when: "name == 'x'", lock: [secret]}
  harmless: {check: "name != 'x'", field: name}
---
choices: secrets
values: [hidden_one, hidden_two]
---
choices: herds
values: [east, west]
---
view: by_secret
entity: zebra
where: secret == 'x'
columns: [name]
---
view: by_secret_children
entity: zebra
where: any(children, secret == 'x')
columns: [name]
---
view: grouped_by_secret
entity: zebra
kind: kanban
group: kind_of_secret
columns: [name]
---
view: speaking
entity: zebra
columns: [name, secret, mother.secret, owner.email]
sort: [-secret, name]
---
layout: speaking
entity: zebra
kind: record
highlights: [secret, size]
tabs:
  - label: One
    sections: [{label: Some, fields: [name, secret]}]
related: [{relation: children, columns: [name, secret]}]
composer: [{label: Child, entity: zebra, relation: children, fields: [name, secret], values: {secret: x}}]
---
app: zoo
label: Zoo
groups:
  - label: Zebras
    items: [{view: by_secret}, {view: speaking}]
  - label: Not for keepers
    items: [{view: all_companies}]
---
translation: fr
texts:
  entity: {zebra: {label: Zèbre, fields: {secret: {label: Caché}, name: {label: Nom}}}, company: {label: Firme}}
  view: {by_secret: {label: Par secret}, speaking: {label: Parlant}}
"""
CLOSED = ZEBRA.replace("fields: {secret: none}", "fields: {secret: none, kind_of_secret: none, '*': write}")


@pytest.fixture
def zoo(database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    """A tenant whose documents speak of a secret wherever they can."""
    made = make_tenant(
        database_url, tmp_path, SourceFile("local", "local/zebra.yaml", CLOSED),
        SourceFile("local", "local/speaking.yaml", SPEAKING),
    )  # fmt: skip
    yield made
    made.database.close()


@pytest.fixture
def as_role(zoo: Tenant) -> Callable[[str], Caller]:
    app: Flask = make_application(zoo)

    def call_as(role: str) -> Caller:
        actor = make_actor(zoo, role, role)
        with zoo.writing() as ctx:
            text, _ = create_token(ctx.connection, str(actor.id), "test", ctx.now())
        return Caller(app, text)

    return call_as


def test_kinds_are_counted_with_the_revision(ada: Caller) -> None:
    answer = ada.get("/metadata")

    counts = {each["kind"]: each["count"] for each in answer.body["kinds"]}
    assert answer.body["revision"] == 1
    assert (counts["entity"], counts["role"]) == (len(ada.get("/metadata/entity").body["data"]), 6)
    assert {"view", "layout", "pipeline", "choices", "app", "translation", "sample", "pack"} <= counts.keys()


def test_a_document_is_shown_as_it_stands(ada: Caller) -> None:
    answer = ada.get("/metadata/entity/zebra")

    assert answer.status == 200
    assert (answer.body["kind"], answer.body["key"], answer.body["layer"]) == ("entity", "zebra", "local")
    assert answer.body["document"]["fields"]["size"] == {"type": "decimal"}
    assert "layers" not in answer.body


def test_the_schema_of_a_kind_is_one(ada: Caller) -> None:
    answer = ada.get("/metadata/schema/entity")

    assert answer.body["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert answer.body["properties"]["fields"]["type"] == "object"


@pytest.mark.parametrize(
    "path",
    ["/metadata/nonsense", "/metadata/entity/nonsense", "/metadata/schema/nonsense", "/metadata/entity/__class__",
     "/metadata/entity%00", "/metadata/role/"],
)  # fmt: skip
def test_what_is_no_document_is_not_found(ada: Caller, path: str) -> None:
    assert ada.get(path).status in ({200} if path.endswith("role/") else {404})


def test_parameters_that_make_no_sense_are_refused(ada: Caller) -> None:
    assert ada.get("/metadata/entity?layers=maybe").status == 400
    assert ada.get("/metadata/entity/zebra?nonsense=1").status == 400


def test_each_property_tells_its_layer(as_role: Callable[[str], Caller]) -> None:
    designer = as_role("admin")

    plain = designer.get("/metadata/entity/zebra").body
    told = designer.get("/metadata/entity/zebra?layers=true").body

    assert plain["document"]["fields"]["herd"]["help"] == "From the overlay."
    assert told["layers"]["fields/herd/help"] == "local"
    assert told["document"] == plain["document"]


def test_a_document_says_nothing_of_what_is_closed(as_role: Callable[[str], Caller]) -> None:
    designer, keeper = as_role("admin"), as_role("keeper")
    kinds = [each["kind"] for each in designer.get("/metadata").body["kinds"]]

    whole = " ".join(designer.get(f"/metadata/{kind}?layers=true").text for kind in kinds)
    shown = " ".join(keeper.get(f"/metadata/{kind}?layers=true").text for kind in kinds)
    shown += keeper.get("/openapi.json").text

    for word in ("secret", "hidden_one", "Caché", "Par secret", "by_secret"):
        assert word in whole
        assert word not in shown.replace("secretary", "")
    assert "company" not in shown


def test_what_is_open_in_such_documents_is_still_there(as_role: Callable[[str], Caller]) -> None:
    keeper = as_role("keeper")

    entity = keeper.get("/metadata/entity/zebra").body["document"]
    view = keeper.get("/metadata/view/speaking").body["document"]
    layout = keeper.get("/metadata/layout/speaking").body["document"]
    texts = keeper.get("/metadata/translation/fr").body["document"]["texts"]

    assert entity["search"] == ["name"]
    assert entity["unique"] == [["name", "size"]]
    assert entity["duplicates"] == [{"match": {"name": "exact"}}]
    assert list(entity["rules"]) == ["harmless"]
    assert entity["fields"]["copied"] == {"type": "text"}
    assert entity["fields"].keys() >= {"name", "size", "herd", "mother"}
    assert (view["columns"], view["sort"]) == (["name", "owner.email"], ["name"])
    assert layout["highlights"] == ["size"]
    assert layout["tabs"][0]["sections"][0]["fields"] == ["name"]
    assert layout["related"] == [{"relation": "children", "columns": ["name"]}]
    assert (layout["composer"][0]["fields"], layout["composer"][0]["values"]) == (["name"], {})
    assert keeper.get("/metadata/app/zoo").body["document"]["groups"] == [
        {"label": "Zebras", "items": [{"view": "speaking"}]}
    ]
    assert texts == {
        "entity": {"zebra": {"label": "Zèbre", "fields": {"name": {"label": "Nom"}}}},
        "view": {"speaking": {"label": "Parlant"}},
    }


@pytest.mark.parametrize(
    "path",
    ["/metadata/view/by_secret", "/metadata/view/by_secret_children", "/metadata/view/grouped_by_secret", "/metadata/choices/secrets", "/metadata/entity/company",
     "/metadata/view/all_companies", "/metadata/layout/company_record", "/metadata/role/keeper", "/metadata/choices/herds",
     "/metadata/sample/starter"],
)  # fmt: skip
def test_a_document_that_is_closed_is_not_there(as_role: Callable[[str], Caller], path: str) -> None:
    assert as_role("keeper").get(path).status == 404


def test_a_view_that_uses_a_closed_field_is_refused_with_its_name(as_role: Callable[[str], Caller]) -> None:
    keeper = as_role("keeper")

    for view in ("by_secret", "speaking"):
        answer = keeper.get(f"/records/zebra?view={view}")
        assert (answer.status, answer.body["code"], answer.body["field"]) == (403, "access.field", "secret")
    assert keeper.get("/records/zebra?view=all_zebras").status == 200
