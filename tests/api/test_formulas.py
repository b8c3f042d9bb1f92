"""The API reads formulas like any other field, and takes them from nobody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.access.tokens import create_token
from engine.api.application import make_application
from engine.settings import load_settings
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.api.calling import Caller
from tests.conftest import copy_prepared, make_actor

FORMULAS = """
overlay: entity/zebra
fields:
  brood: {type: formula, result: integer, formula: "count(children)"}
  worth: {type: formula, result: money, formula: "price * 2"}
  told: {type: formula, result: text, formula: "concat(name, secret)", publish: true}
  sound: {type: formula, result: integer, formula: "length(secret)"}
  mine: {type: formula, result: boolean, formula: "owner == me"}
"""


@pytest.fixture
def tenant(database_url: str, tmp_path: Path, prepared: dict[str, str]) -> Iterator[Tenant]:
    copy_prepared(database_url, prepared)
    made = Tenant(load_settings({}, tmp_path, data_dir=tmp_path / "var", database_url=database_url))
    made.apply(made.plan([*made.files, SourceFile("local", "local/formulas.yaml", FORMULAS)]))
    yield made
    made.database.close()


@pytest.fixture
def ada(tenant: Tenant) -> Caller:
    return join(tenant, "Ada", "admin")


def join(tenant: Tenant, name: str, role: str) -> Caller:
    actor = make_actor(tenant, name, role)
    with tenant.writing() as ctx:
        text, _ = create_token(ctx.connection, str(actor.id), "test", ctx.now())
    return Caller(make_application(tenant), text, id=str(actor.id))


def test_formulas_are_shown_sorted_by_and_asked_for(ada: Caller) -> None:
    one = ada.made("zebra", name="One", price="10 EUR")
    ada.made("zebra", name="Two", mother=one["id"], price="30 EUR")

    found = ada.get("/records/zebra?sort=-worth&where=worth > 5 and mine&fields=name,brood,worth").body["data"]

    assert [(each["name"], each["brood"], each["worth"]["amount"]) for each in found] == [
        ("Two", 0, "60.00"),
        ("One", 1, "20.00"),
    ]


def test_a_formula_is_not_written(ada: Caller) -> None:
    answer = ada.post("/records/zebra", {"name": "One", "worth": "3 EUR"})

    assert (answer.status, answer.pointers) == (422, ["/worth"])


def test_the_description_says_that_a_formula_is_read_only(ada: Caller) -> None:
    schemas = ada.get("/openapi.json").body["components"]["schemas"]

    assert "worth" in schemas["zebra"]["properties"]
    assert "worth" not in schemas["zebra_new"]["properties"]
    assert "worth" not in schemas["zebra_change"]["properties"]


def test_a_tag_tells_of_formulas_and_a_match_asks_about_the_version(ada: Caller) -> None:
    one = ada.made("zebra", name="One")
    path = f"/records/zebra/{one['id']}"
    tag = ada.get(path).headers["ETag"]
    assert ada.get(path, headers={"If-None-Match": tag}).status == 304

    ada.made("zebra", name="Two", mother=one["id"])

    assert ada.get(path, headers={"If-None-Match": tag}).status == 200
    assert ada.get(path).body["version"] == 1
    assert ada.patch(path, {"size": 3}, headers={"If-Match": tag}).status == 200
    assert ada.patch(path, {"size": 4}, headers={"If-Match": tag}).status == 412


def test_a_formula_is_as_closed_as_what_it_looks_at_unless_it_is_published(
    ada: Caller, tenant: Tenant
) -> None:
    kim = join(tenant, "Kim", "keeper")
    record = kim.made("zebra", name="One")
    ada.patch(f"/records/zebra/{record['id']}", {"secret": "hush"})

    shown: dict[str, Any] = kim.get(f"/records/zebra/{record['id']}").body

    assert shown.keys() & {"secret", "sound"} == set()
    assert (shown["told"], shown["mine"]) == ("Onehush", True)
    assert kim.get("/records/zebra?sort=sound").body["code"] == "access.field"


def test_the_metadata_shows_no_formula_that_names_what_is_closed(ada: Caller, tenant: Tenant) -> None:
    fields = join(tenant, "Kim", "keeper").get("/metadata/entity/zebra").body["document"]["fields"]

    assert "formula" in fields["worth"]
    assert "sound" not in fields
    assert "formula" not in fields["told"]
