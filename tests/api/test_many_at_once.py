"""Many write at once: nobody hears of locks, one wins a version, and a unique value is given once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from time import monotonic
from typing import Any, TypeVar

import pytest

from engine.access.tokens import create_token
from engine.api.application import make_application
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.api.calling import Answer, Caller
from tests.conftest import make_actor, make_tenant

SECONDS = 3
T = TypeVar("T")


def at_once(callers: list[Caller], act: Callable[[Caller, int], T]) -> list[T]:
    """What each answers when all begin at the same moment."""
    ready = Barrier(len(callers))

    def begin(pair: tuple[int, Caller]) -> T:
        ready.wait()
        return act(pair[1], pair[0])

    with ThreadPoolExecutor(len(callers)) as pool:
        return list(pool.map(begin, enumerate(callers)))


@pytest.fixture
def crowd(ada: Caller) -> list[Caller]:
    """Sixteen clients of one person."""
    return [Caller(ada.app, ada.token) for _ in range(16)]


def statuses(answers: list[Answer]) -> Counter[int]:
    found = Counter(answer.status for answer in answers)
    assert 500 not in found, [answer.text for answer in answers if answer.status == 500][:1]
    return found


def test_sixteen_writers_are_all_served(ada: Caller, crowd: list[Caller]) -> None:
    shared = ada.made("zebra", name="Shared", size=0)["id"]
    end = monotonic() + SECONDS

    def work(caller: Caller, number: int) -> list[Answer]:
        answers, at = [], 0
        while monotonic() < end:
            at += 1
            made = caller.post("/records/zebra", {"name": f"z{number}-{at}"})
            answers += [
                made,
                caller.patch(f"/records/zebra/{shared}", {"size": at}),
                caller.get("/records/zebra?limit=5&sort=name"),
                caller.delete(f"/records/zebra/{made.body['id']}") if at % 3 == 0 else caller.get("/me"),
            ]
        return answers

    worked = at_once(crowd, work)

    answers = [answer for each in worked for answer in each]
    assert set(statuses(answers)) <= {200, 201, 204}
    assert all(worked)
    made = sum(answer.status == 201 for answer in answers)
    gone = sum(answer.status == 204 for answer in answers)
    assert ada.get("/records/zebra?count=exact&limit=1").body["count"] == 1 + made - gone


def test_of_parallel_edits_of_one_version_one_wins(ada: Caller, crowd: list[Caller]) -> None:
    zebra = ada.made("zebra", name="Zed", size=0)
    path = f"/records/zebra/{zebra['id']}"

    answers = at_once(crowd, lambda c, at: c.patch(path, {"size": at + 1}, headers={"If-Match": '"1"'}))

    assert statuses(answers) == {200: 1, 412: 15}
    [won] = [answer for answer in answers if answer.status == 200]
    assert all(answer.body["current"]["version"] == 2 for answer in answers if answer.status == 412)
    assert ada.get(path).body == won.body
    assert len(ada.get(f"{path}/history").body["data"]) == 2


def test_edits_of_different_fields_are_all_kept(ada: Caller, crowd: list[Caller]) -> None:
    zebra = ada.made("zebra", name="Zed")
    path = f"/records/zebra/{zebra['id']}"
    values: list[dict[str, Any]] = [
        {"size": "5.00"}, {"herd": "north"}, {"born": "2020-01-01"}, {"traits": ["calm"]}, {"secret": "x"},
    ]  # fmt: skip

    answers = at_once(crowd[: len(values)], lambda c, at: c.patch(path, values[at]))

    after = ada.get(path).body
    assert statuses(answers) == {200: len(values)}
    assert {key: after[key] for each in values for key in each} == {k: v for each in values for k, v in each.items()}
    assert after["version"] == 1 + len(values)


def test_a_unique_value_is_given_to_one(ada: Caller, crowd: list[Caller]) -> None:
    answers = at_once(crowd, lambda c, _: c.post("/records/zebra", {"name": "Zed"}))

    assert statuses(answers) == {201: 1, 409: 15}
    assert {answer.body["code"] for answer in answers if answer.status == 409} == {"unique.taken"}
    assert ada.titles("zebra") == ["Zed"]


def test_one_id_is_given_to_one(ada: Caller, crowd: list[Caller]) -> None:
    own = "018f0000-aaaa-7000-8000-00000000abcd"

    answers = at_once(crowd, lambda c, at: c.post("/records/zebra", {"id": own, "name": f"z{at}"}))

    assert statuses(answers) == {201: 1, 409: 15}
    assert {answer.body["code"] for answer in answers if answer.status == 409} == {"record.exists"}


def test_a_value_is_upserted_into_one_record(ada: Caller, crowd: list[Caller]) -> None:
    answers = at_once(crowd, lambda c, at: c.call("PUT", "/records/zebra/by/name/Zed", {"size": at}))

    assert set(statuses(answers)) <= {200, 201, 409}
    assert statuses(answers)[201] == 1
    assert ada.titles("zebra") == ["Zed"]


def test_bulks_over_the_same_records_wait_for_each_other(ada: Caller, crowd: list[Caller]) -> None:
    herd = [ada.made("zebra", name=f"z{at}", size=0)["id"] for at in range(20)]

    def work(caller: Caller, number: int) -> Answer:
        order = herd if number % 2 else list(reversed(herd))
        rows = [{"id": each, "size": number + 1} for each in order]
        return caller.post("/records/zebra/bulk", {"update": rows})

    answers = at_once(crowd[:8], work)

    assert statuses(answers) == {200: 8}
    sizes = {each["size"] for each in ada.get("/records/zebra?fields=size").body["data"]}
    assert len(sizes) == 1  # each was done whole, one after the other


def test_a_record_is_trashed_by_one(ada: Caller, crowd: list[Caller]) -> None:
    mother = ada.made("zebra", name="Mother")
    ada.made("zebra", name="Child", mother=mother["id"])

    answers = at_once(crowd, lambda c, _: c.delete(f"/records/zebra/{mother['id']}"))

    assert statuses(answers) == {204: 1, 404: 15}


@pytest.mark.parametrize("again", range(2))
def test_values_unique_together_are_given_to_one(database_url: str, tmp_path: Path, again: int) -> None:
    pairs = "entity: pair\ntitle: one\nunique: [[one, two]]\nfields: {one: {type: text}, two: {type: integer}}\n"
    tenant: Tenant = make_tenant(database_url, tmp_path, SourceFile("local", "local/pair.yaml", pairs))
    app, actor = make_application(tenant), make_actor(tenant, "Ada", "admin")
    first = Caller(app, token_of(tenant, str(actor.id)))

    answers = at_once(
        [Caller(app, first.token) for _ in range(12)],
        lambda c, at: c.post("/records/pair", {"one": "x", "two": at % 2}),
    )
    tenant.database.close()

    assert statuses(answers) == {201: 2, 409: 10}


def token_of(tenant: Tenant, user_id: str) -> str:
    with tenant.writing() as ctx:
        return create_token(ctx.connection, user_id, "test", ctx.now())[0]
