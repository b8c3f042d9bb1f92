"""A write that is sent again with its Idempotency-Key is done once, and answered as the first time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.api.calling import Answer, Caller

KEY = {"Idempotency-Key": "a-key-of-the-client"}


def same(one: Answer, other: Answer) -> bool:
    kept = ("Content-Type", "ETag", "Location")
    return (one.status, one.content, [one.headers.get(k) for k in kept]) == (
        other.status, other.content, [other.headers.get(k) for k in kept],
    )  # fmt: skip


def test_a_creation_is_answered_alike_and_done_once(ada: Caller) -> None:
    first = ada.post("/records/zebra", {"name": "Zed"}, headers=KEY)
    ada.patch(f"/records/zebra/{first.body['id']}", {"size": 1})

    again = ada.post("/records/zebra", {"name": "Zed"}, headers=KEY)

    assert first.status == 201
    assert same(first, again)
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert ada.titles("zebra") == ["Zed"]


def test_every_kind_of_write_may_be_repeated(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed", size=1)
    path = f"/records/zebra/{zebra['id']}"
    calls = [
        ("PATCH", path, {"size": 2}, {"If-Match": '"1"'}),
        ("DELETE", path, None, {}),
        ("POST", f"{path}/restore", None, {}),
        ("PUT", "/records/zebra/by/name/New", {"size": 1}, {}),
        ("POST", "/records/zebra/bulk", {"create": [{"name": "x"}]}, {}),
        ("DELETE", f"{path}?permanent=true", None, {}),
    ]

    for at, (method, where, body, headers) in enumerate(calls):
        key = {"Idempotency-Key": f"key-{at}", **headers}
        first = ada.call(method, where, body, headers=key)
        again = ada.call(method, where, body, headers=key)
        assert first.status < 300, first.text
        assert same(first, again), method


def test_an_upload_may_be_repeated(ada: Caller) -> None:
    def upload(content: bytes) -> Answer:
        body = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\n" + content + b"\r\n--x--\r\n"
        return ada.post("/files", data=body, content_type="multipart/form-data; boundary=x", headers=KEY)

    first, again, other = upload(b"one"), upload(b"one"), upload(b"two")

    assert same(first, again)
    assert (first.status, other.status) == (201, 422)


def test_a_key_is_good_for_one_request(ada: Caller) -> None:
    ada.post("/records/zebra", {"name": "Zed"}, headers=KEY)

    others = [
        ada.post("/records/zebra", {"name": "Other"}, headers=KEY),
        ada.post("/records/company", {"name": "Zed"}, headers=KEY),
        ada.call("PUT", "/records/zebra/by/name/Zed", {}, headers=KEY),
    ]

    assert {(answer.status, answer.body["code"]) for answer in others} == {(422, "idempotency.reused")}


def test_the_keys_of_people_and_their_tokens_are_their_own(ada: Caller, kim: Caller, caller: object) -> None:
    first = ada.post("/records/zebra", {"name": "One"}, headers=KEY)
    second = kim.post("/records/zebra", {"name": "Two"}, headers=KEY)
    other = Caller(ada.app, ada.post("/tokens", {"name": "x"}).body["token"])
    third = other.post("/records/zebra", {"name": "Three"}, headers=KEY)

    assert (first.status, second.status, third.status) == (201, 201, 201)


def test_a_refusal_changed_nothing_and_leaves_the_key_free(ada: Caller) -> None:
    ada.made("zebra", name="Zed")
    assert ada.post("/records/zebra", {"name": "Zed"}, headers=KEY).status == 409

    assert ada.post("/records/zebra", {"name": "Other"}, headers=KEY).status == 201


def test_a_key_is_remembered_for_a_day(ada: Caller) -> None:
    tenant = ada.app.extensions["pulse"]
    begun = tenant.clock()
    first = ada.post("/records/zebra", {"name": "Zed"}, headers=KEY)

    tenant.clock = lambda: begun + timedelta(hours=23, minutes=59)
    assert same(ada.post("/records/zebra", {"name": "Zed"}, headers=KEY), first)
    tenant.clock = lambda: begun + timedelta(hours=24, minutes=1)
    assert ada.post("/records/zebra", {"name": "Zed"}, headers=KEY).status == 409
    assert ada.post("/records/zebra", {"name": "Other"}, headers=KEY).status == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "é"])
def test_a_key_that_is_none_is_refused(ada: Caller, key: str) -> None:
    answer = ada.post("/records/zebra", {"name": "Zed"}, headers={"Idempotency-Key": key})

    assert (answer.status, answer.body["code"]) == (400, "idempotency.key")
    assert ada.titles("zebra") == []


def test_where_a_secret_is_shown_once_a_key_is_refused(ada: Caller) -> None:
    assert ada.post("/tokens", {"name": "x"}, headers=KEY).body["code"] == "idempotency.secret"
    login = {"email": "ada@example.com", "password": "x"}
    assert ada.post("/auth/login", login, headers=KEY).body["code"] == "idempotency.secret"


def test_the_same_write_sent_many_times_at_once_is_done_once(ada: Caller) -> None:
    callers = [Caller(ada.app, ada.token) for _ in range(6)]

    with ThreadPoolExecutor(len(callers)) as pool:
        answers = list(pool.map(lambda c: c.post("/records/zebra", {"name": "Zed"}, headers=KEY), callers))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert ada.titles("zebra") == ["Zed"]
