"""Every answer is hardened, names its request, and says what went wrong and nothing of how."""

import logging
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.storage.system import pulse_change
from engine.tenant import Tenant
from tests.api.calling import Answer, Caller

Ask = Callable[[Caller], Answer]
ANSWERS: list[Ask] = [
    lambda c: c.get("/me"),
    lambda c: c.get("/records/zebra"),
    lambda c: c.post("/records/zebra", {"name": "Zed"}),
    lambda c: c.post("/records/zebra", {"size": "big"}),
    lambda c: c.get("/records/zebra/nonsense"),
    lambda c: c.get("/nowhere/at/all"),
    lambda c: c.call("PUT", "/me"),
    lambda c: c.get("/healthz"),
    lambda c: c.get("/readyz"),
    lambda c: c.get("/openapi.json"),
    lambda c: Caller(c.app).get("/me"),
]


@pytest.mark.parametrize("ask", ANSWERS)
def test_every_answer_is_hardened(ada: Caller, ask: Ask) -> None:
    headers = ask(ada).headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] in (
        "application/json; charset=utf-8", "application/problem+json; charset=utf-8",
    )  # fmt: skip
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("ask", ANSWERS)
def test_every_answer_names_its_request(ada: Caller, ask: Ask) -> None:
    ada.headers = {"X-Request-Id": "client.42:a-b_c"}

    assert ask(ada).headers["X-Request-Id"] == "client.42:a-b_c" or ask is ANSWERS[-1]


@pytest.mark.parametrize("given", ["", "a b", "x" * 101, "é", "a\tb", "<script>"])
def test_a_name_that_can_not_be_logged_is_replaced(ada: Caller, given: str) -> None:
    answer = ada.get("/me", headers={"X-Request-Id": given})

    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-Id"])


def test_the_change_log_remembers_the_request(ada: Caller, tenant: Tenant) -> None:
    zebra = ada.post("/records/zebra", {"name": "Zed"}, headers={"X-Request-Id": "mine-7"})

    with tenant.reading() as ctx:
        row = ctx.connection.execute(sa.select(pulse_change)).mappings().one()
    assert (row["record_id"], row["request_id"], row["cause"]["root"]) == (zebra.body["id"], "mine-7", "mine-7")
    assert row["actor_id"] == ada.id
    assert row["token_id"] == ada.token.split("_")[1]


def test_a_problem_has_the_members_of_rfc_9457(ada: Caller) -> None:
    answer = ada.post("/records/zebra", {"size": "big"})

    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer.body.items() >= {
        "type": "urn:pulsecrm:problem:record.invalid",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "record.invalid",
        "instance": "/api/v1/records/zebra",
    }.items()
    assert answer.body["errors"][0].keys() == {"pointer", "code", "message"}


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "body.malformed"),
        (b"", "application/json", 400, "body.malformed"),
        (b'{"name": "\xff"}', "application/json", 400, "body.malformed"),
        (b'{"name": "\\ud800"}', "application/json", 400, "body.malformed"),
        (b'{"size": NaN}', "application/json", 400, "body.malformed"),
        (b"[]", "application/json", 422, "body.not-an-object"),
        (b'"text"', "application/json", 422, "body.not-an-object"),
        (b"null", "application/json", 422, "body.not-an-object"),
        (b"[" * 30 + b"]" * 30, "application/json", 422, "body.not-an-object"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "application/json", 400, "body.too-deep"),
        (b"[" * 100_000, "application/json", 400, "body.malformed"),
        (b"name=Zed", "application/x-www-form-urlencoded", 415, "body.media-type"),
        (b"{}", "text/plain", 415, "body.media-type"),
        (b"{}", "", 415, "body.media-type"),
        (b"{}", "application/xml", 415, "body.media-type"),
    ],
)
def test_a_body_that_can_not_be_read_is_refused(
    ada: Caller, body: bytes, kind: str, status: int, code: str
) -> None:
    for method, path in (("POST", "/records/zebra"), ("POST", "/records/zebra/bulk"), ("POST", "/auth/login")):
        answer = ada.call(method, path, data=body, content_type=kind)
        assert (answer.status, answer.body["code"]) == (status, code)


def test_a_body_that_is_too_large_is_refused(ada: Caller) -> None:
    answer = ada.post("/records/zebra", data=b" " * (27 * 1024 * 1024), content_type="application/json")

    assert (answer.status, answer.body["code"]) == (413, "body.too-large")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"])
def test_json_may_be_called_by_its_other_names(ada: Caller, content_type: str) -> None:
    answer = ada.post("/records/zebra", data='{"name": "Zed"}', content_type=content_type)

    assert answer.status == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/records/zebra"), ("DELETE", "/records/zebra"), ("PATCH", "/me"), ("POST", "/metadata"), ("TRACE", "/me"),
     ("POST", "/records/zebra/x/history"), ("GET", "/records/zebra/x/restore"), ("GET", "/auth/login")],
)  # fmt: skip
def test_a_method_an_address_does_not_have_is_answered_with_those_it_has(
    ada: Caller, method: str, path: str
) -> None:
    answer = ada.call(method, path)

    assert (answer.status, answer.body["code"]) == (405, "method.not-allowed")
    assert answer.headers["Allow"]
    assert method not in answer.headers["Allow"].split(", ")


def test_a_bug_is_answered_with_a_reference_and_nothing_else(
    ada: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.disable(logging.CRITICAL)

    def broken(*_: object, **__: object) -> None:
        raise sa.exc.ProgrammingError("SELECT secret FROM e_zebra", {}, Exception("syntax error"))

    monkeypatch.setattr("engine.api.records.list_records", broken)
    answer = ada.get("/records/zebra")
    logging.disable(logging.NOTSET)

    assert (answer.status, answer.body["code"]) == (500, "server.error")
    for word in ("SELECT", "e_zebra", "syntax", "Traceback", "engine/", "sqlalchemy"):
        assert word not in answer.text
    reference = re.search(r"Reference: ([0-9a-f-]{36})\.", answer.body["detail"])
    assert reference is not None
    assert reference[1] in capsys.readouterr().out


def test_it_is_alive_and_ready(ada: Caller, tenant: Tenant) -> None:
    stranger = Caller(ada.app)

    assert stranger.get("/healthz").body == {"status": "alive"}
    assert stranger.get("/readyz").body == {"status": "ready", "revision": 1}


def test_without_its_database_it_is_alive_and_not_ready(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ada.app.extensions["pulse"].database.engine
    broken = sa.exc.OperationalError("SELECT 1", {}, Exception("unable to open database file"))

    def connect() -> None:
        raise broken

    monkeypatch.setattr(engine, "connect", connect)
    ready, asked = ada.get("/readyz"), ada.get("/records/zebra")

    assert ada.get("/healthz").status == 200
    assert (ready.status, asked.status) == (503, 503)
    assert int(ready.headers["Retry-After"]) == int(asked.headers["Retry-After"]) > 0
    assert "SELECT" not in asked.text


def test_what_is_asked_by_nobody_is_answered_to_nobody(app: Flask) -> None:
    stranger = Caller(app)
    paths = ["/me", "/tokens", "/records/zebra", "/records/unicorn", "/records/zebra/x", "/records/zebra/x/history",
             "/metadata", "/metadata/entity", "/metadata/entity/zebra", "/metadata/schema/entity", "/metadata/nonsense",
             "/openapi.json", "/files/x", "/records/zebra?nonsense=1"]  # fmt: skip
    writes = [("POST", "/records/zebra"), ("PATCH", "/records/zebra/x"), ("DELETE", "/records/zebra/x"), ("POST", "/tokens"),
              ("POST", "/records/zebra/bulk"), ("PUT", "/records/zebra/by/name/x"), ("POST", "/files"),
              ("POST", "/auth/logout"), ("POST", "/records/zebra/x/restore"), ("DELETE", "/tokens/x")]  # fmt: skip

    answers = [stranger.get(path) for path in paths] + [stranger.call(m, path, {}) for m, path in writes]

    assert {(answer.status, answer.body["code"]) for answer in answers} == {(401, "auth.signed-out")}
