"""Many writes go in one request, all or those that can, with a result for each."""

import pytest

from engine.ids import new_id
from tests.api.calling import Caller


@pytest.fixture
def herd(ada: Caller) -> list[str]:
    """Three zebras, by id."""
    return [ada.made("zebra", name=name, size=1)["id"] for name in ("a", "b", "c")]


def test_creates_changes_upserts_and_deletions_are_answered_in_this_order(
    ada: Caller, herd: list[str]
) -> None:
    own = new_id()

    answer = ada.post(
        "/records/zebra/bulk",
        {
            "delete": [herd[2]],
            "upsert": {"by": "name", "rows": [{"name": "b", "size": 3}, {"name": "e", "size": 4}]},
            "update": [{"id": herd[0], "size": 2}],
            "create": [{"name": "d"}, {"id": own, "name": "f"}],
        },
    )

    assert answer.status == 200
    results = answer.body["results"]
    assert [(each["action"], each["status"]) for each in results] == [
        ("create", 201), ("create", 201), ("update", 200), ("update", 200), ("create", 201), ("delete", 200),
    ]  # fmt: skip
    assert (results[1]["id"], results[2]["id"], results[3]["id"], results[5]["id"]) == (own, herd[0], herd[1], herd[2])
    assert (answer.body["succeeded"], answer.body["failed"]) == (6, 0)
    assert ada.titles("zebra", sort="name") == ["a", "b", "d", "e", "f"]
    assert ada.titles("zebra", sort="size,name", where="size > 1") == ["a", "b", "e"]


def test_one_bad_row_undoes_all_and_every_fault_is_told(ada: Caller, herd: list[str]) -> None:
    answer = ada.post(
        "/records/zebra/bulk",
        {
            "create": [{"name": "d"}, {"name": "a"}, {"nmae": "e"}, {"id": 7, "name": "g"}],
            "update": [{"id": herd[0], "size": "big"}, {"id": new_id(), "size": 1}, {"id": herd[1], "size": 5}],
            "delete": [herd[2], "nonsense"],
        },
    )

    assert answer.status == 422
    assert [each["status"] for each in answer.body["results"]] == [424, 409, 422, 422, 422, 404, 424, 424, 404]
    assert answer.body["results"][4]["error"]["errors"][0]["pointer"] == "/size"
    assert (answer.body["succeeded"], answer.body["failed"]) == (0, 6)
    assert ada.titles("zebra", sort="name") == ["a", "b", "c"]
    assert ada.titles("zebra", where="size > 1") == []


def test_without_atomic_the_good_rows_are_kept(ada: Caller, herd: list[str]) -> None:
    answer = ada.post(
        "/records/zebra/bulk",
        {"create": [{"name": "d"}, {"name": "d"}, {"size": 1}], "delete": [herd[0], herd[0]], "atomic": False},
    )

    assert answer.status == 200
    assert [each["status"] for each in answer.body["results"]] == [201, 409, 422, 200, 404]
    assert (answer.body["succeeded"], answer.body["failed"]) == (2, 3)
    assert ada.titles("zebra", sort="name") == ["b", "c", "d"]


def test_a_record_named_twice_is_changed_twice(ada: Caller, herd: list[str]) -> None:
    rows = [{"id": herd[0], "name": "renamed"}, {"id": herd[0], "size": 7}, {"id": herd[0], "size": 8}]

    answer = ada.post("/records/zebra/bulk", {"update": rows})

    assert answer.status == 200
    after = ada.get(f"/records/zebra/{herd[0]}").body
    assert (after["title"], after["name"], after["size"], after["version"]) == ("renamed", "renamed", "8.00", 4)
    steps = [each["fields"] for each in ada.get(f"/records/zebra/{herd[0]}/history").body["data"]]
    assert steps[0] == {"size": {"from": "7.00", "to": "8.00"}}


def test_a_row_that_would_leave_its_authors_sight_is_refused_alone(ada: Caller, kim: Caller) -> None:
    mine, other = kim.made("zebra", name="mine")["id"], kim.made("zebra", name="other")["id"]
    rows = [{"id": mine, "owner": ada.id}, {"id": other, "size": 3}]

    atomic = kim.post("/records/zebra/bulk", {"update": rows})
    single = kim.post("/records/zebra/bulk", {"update": rows, "atomic": False})

    assert [each["status"] for each in atomic.body["results"]] == [403, 424]
    assert [each["status"] for each in single.body["results"]] == [403, 200]
    assert kim.get(f"/records/zebra/{mine}").body["owner"]["title"] == "Kim"
    assert kim.get(f"/records/zebra/{other}").body["size"] == "3.00"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"create": {"name": "x"}}, "/create"),
        ({"create": ["x"]}, "/create/0"),
        ({"update": [{"size": 1}]}, "/update/0/id"),
        ({"update": [{"id": 7}]}, "/update/0/id"),
        ({"delete": [7]}, "/delete/0"),
        ({"upsert": {"rows": []}}, "/upsert/by"),
        ({"upsert": {"by": "name"}}, "/upsert/rows"),
        ({"upsert": {"by": "name", "rows": [{"name": "x"}, {"size": 1}]}}, "/1/name"),
        ({"atomic": "no"}, "/atomic"),
        ({"remove": []}, "/remove"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_whole(
    ada: Caller, body: dict[str, object], pointer: str
) -> None:
    answer = ada.post("/records/zebra/bulk", body)

    assert (answer.status, answer.pointers) == (422, [pointer])


def test_upserting_by_what_is_not_unique_is_refused(ada: Caller) -> None:
    answer = ada.post("/records/zebra/bulk", {"upsert": {"by": "size", "rows": [{"size": 1}]}})

    assert (answer.status, answer.body["code"]) == (400, "upsert.not-unique")


def test_more_than_ten_thousand_rows_are_too_many(ada: Caller) -> None:
    body = {"create": [{}] * 6_000, "upsert": {"by": "name", "rows": [{"name": "x"}] * 4_001}}

    answer = ada.post("/records/zebra/bulk", body)

    assert (answer.status, answer.body["code"]) == (413, "bulk.too-many")


def test_who_may_not_do_it_once_may_not_do_it_often(wes: Caller, kim: Caller) -> None:
    own = kim.made("zebra", name="mine")["id"]

    for body in ({"create": [{"name": "x"}]}, {"update": [{"id": own, "size": 1}]}, {"delete": [own]},
                 {"create": [{"name": "y"}], "atomic": False}):  # fmt: skip
        answer = wes.post("/records/zebra/bulk", body)
        refusals = {each["status"] for each in answer.body.get("results", [])}
        assert answer.status == 403 or refusals == {403}
    assert wes.titles("zebra") == ["mine"]


def test_nothing_to_do_is_done(ada: Caller) -> None:
    assert ada.post("/records/zebra/bulk", {}).body["results"] == []
