"""A token acts for its user as far as its scopes go, until it ends, and makes nothing wider."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.access.tokens import create_token
from engine.context import Actor
from engine.storage.system import pulse_token
from engine.tenant import Tenant
from tests.api.calling import Caller

CallAs = Callable[..., Caller]


def test_the_text_of_a_token_is_shown_once_and_kept_nowhere(ada: Caller, tenant: Tenant) -> None:
    made = ada.post("/tokens", {"name": "mine", "scopes": ["read"], "expires_in": 7})

    listed = ada.get("/tokens")

    text = made.body["token"]
    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/tokens/{made.body['id']}"
    assert text.startswith(f"pulse_{made.body['id']}_")
    assert len(text.rpartition("_")[2]) >= 22 or len(text) >= 80  # 128 random bits and more
    assert {"mine", "test"} == {each["name"] for each in listed.body["data"]}
    assert text.split("_", 2)[2] not in listed.text
    with tenant.reading() as ctx:
        rows = ctx.connection.execute(sa.select(pulse_token)).all()
    assert text.split("_", 2)[2] not in str(rows)


def test_a_token_signs_in_without_a_cookie_and_needs_no_csrf(app: object, ada: Caller) -> None:
    text = ada.post("/tokens", {"name": "mine"}).body["token"]

    caller = Caller(ada.app, text)

    assert caller.get("/me").body["scopes"] is None
    assert caller.post("/records/zebra", {"name": "Zed"}).status == 201


@pytest.mark.parametrize(
    "header",
    ["Bearer nonsense", "Bearer pulse_x_y", "Bearer", "Basic YWRhOng=", "Bearer pulse__", "Bearer é_ö_ü"],
)
def test_what_is_no_token_is_nobodys(ada: Caller, header: str) -> None:
    answer = Caller(ada.app, headers={"Authorization": header}).get("/me")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="PulseCRM"'


def test_the_id_of_a_token_without_its_secret_opens_nothing(ada: Caller) -> None:
    token_id = ada.token.split("_")[1]

    assert Caller(ada.app, f"pulse_{token_id}_x").get("/me").status == 401
    assert Caller(ada.app, f"pulse_{token_id}_").get("/me").status == 401


def test_a_token_that_reads_writes_nothing(caller: CallAs, ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed")
    reader = caller("Ada", ["read"])

    assert reader.titles("zebra") == ["Zed"]
    assert reader.post("/records/zebra", {"name": "New"}).status == 403
    assert reader.patch(f"/records/zebra/{zebra['id']}", {"size": 1}).status == 403
    assert reader.delete(f"/records/zebra/{zebra['id']}").status == 403
    assert reader.delete(f"/records/zebra/{zebra['id']}?permanent=true").status == 403
    bulk = reader.post("/records/zebra/bulk", {"update": [{"id": zebra["id"], "size": 1}]})
    assert bulk.status == 403


def test_a_token_for_one_entity_reaches_no_other(caller: CallAs, ada: Caller) -> None:
    ada.made("company", name="Acme")
    zebras = caller("Ada", ["write:zebra"])

    assert zebras.made("zebra", name="Zed")["owner"] == {"id": ada.id, "title": None}
    assert zebras.titles("zebra") == ["Zed"]
    assert zebras.get("/records/company").status == 403
    assert zebras.post("/records/company", {"name": "Other"}).status == 403


def test_a_token_for_one_entity_sees_nothing_that_hangs_on_it(caller: CallAs, ada: Caller) -> None:
    company = ada.made("company", name="Acme")
    ada.made("comment", body="Hm", about={"entity": "company", "id": company["id"]})

    narrow = caller("Ada", ["read:company"])

    assert narrow.get("/records/comment").status == 403
    assert caller("Ada", ["read:company", "read:comment"]).titles("comment") == ["Hm"]


def test_a_token_with_no_scope_at_all_may_do_nothing(caller: CallAs) -> None:
    nothing = caller("Ada", [])

    assert nothing.get("/records/zebra").status == 403
    assert nothing.get("/me").body["capabilities"] == []


def test_scopes_never_widen_what_the_user_may_do(caller: CallAs, ada: Caller) -> None:
    ada.made("zebra", name="Of Ada", secret="hush")

    writer = caller("Kim", ["write"])

    assert writer.titles("zebra") == []
    assert writer.post("/records/company", {"name": "Acme"}).status == 403


def test_metadata_is_read_whole_by_a_token_for_it(caller: CallAs) -> None:
    designer, keeper = caller("Ada", ["metadata"]), caller("Kim", ["metadata"])

    assert "secret" in designer.get("/metadata/entity/zebra").body["document"]["fields"]
    assert designer.get("/metadata/role/keeper").status == 200
    assert designer.get("/records/zebra").status == 403
    assert keeper.get("/metadata/role/keeper").status == 404


def test_a_narrowed_token_makes_lists_and_ends_none(caller: CallAs, ada: Caller) -> None:
    for scopes in (["read"], ["write"], ["metadata"], []):
        narrow = caller("Ada", scopes)

        assert narrow.post("/tokens", {"name": "wider"}).status == 403
        assert narrow.get("/tokens").status == 403
        assert narrow.delete(f"/tokens/{ada.token.split('_')[1]}").status == 403


def test_a_token_makes_none_that_outlives_it(ada: Caller, tenant: Tenant, people: dict[str, Actor]) -> None:
    with tenant.writing() as ctx:
        end = ctx.now() + timedelta(days=2)
        text, _ = create_token(ctx.connection, str(people["Ada"].id), "short", ctx.now(), expires_at=end)
    short = Caller(ada.app, text)

    assert short.post("/tokens", {"name": "longer"}).status == 403
    assert short.post("/tokens", {"name": "longer", "expires_in": 3}).status == 403
    assert short.post("/tokens", {"name": "shorter", "expires_in": 1}).status == 201


def test_a_token_ends_on_its_day(ada: Caller) -> None:
    text = ada.post("/tokens", {"name": "short", "expires_in": 1}).body["token"]
    caller = Caller(ada.app, text)
    assert caller.get("/me").status == 200

    tomorrow = ada.app.extensions["pulse"].clock() + timedelta(days=1)
    ada.app.extensions["pulse"].clock = lambda: tomorrow

    assert caller.get("/me").status == 401


def test_a_revoked_token_is_good_for_nothing_from_then_on(ada: Caller) -> None:
    made = ada.post("/tokens", {"name": "mine"}).body
    caller = Caller(ada.app, made["token"])
    assert caller.get("/me").status == 200

    assert ada.delete(f"/tokens/{made['id']}").status == 204

    assert caller.get("/me").status == 401
    assert ada.delete(f"/tokens/{made['id']}").status == 404


def test_nobody_ends_or_sees_the_token_of_another(ada: Caller, kim: Caller) -> None:
    token_id = ada.token.split("_")[1]

    assert kim.delete(f"/tokens/{token_id}").status == 404
    assert kim.delete("/tokens/%00").status == 404
    assert token_id not in kim.get("/tokens").text
    assert ada.get("/me").status == 200


def test_the_last_use_of_a_token_is_remembered(ada: Caller) -> None:
    assert ada.get("/tokens").body["data"][0]["last_used_at"] is None  # it is noted after the answer

    assert ada.get("/tokens").body["data"][0]["last_used_at"] is not None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({}, "/name"),
        ({"name": "x", "scopes": ["everything"]}, "/scopes"),
        ({"name": "x", "scopes": ["purge"]}, "/scopes"),
        ({"name": "x", "scopes": ["write:"]}, "/scopes"),
        ({"name": "x", "scopes": "read"}, "/scopes"),
        ({"name": "x", "expires_in": 0}, "/expires_in"),
        ({"name": "x", "expires_in": 1.5}, "/expires_in"),
        ({"name": "x", "secret": "mine"}, "/secret"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(ada: Caller, body: dict[str, object], pointer: str) -> None:
    answer = ada.post("/tokens", body)

    assert answer.status == 422
    assert [each["pointer"] for each in answer.body["errors"]] == [pointer]
