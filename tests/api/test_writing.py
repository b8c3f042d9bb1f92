"""Records are created, read and changed; what is wrong with a payload is told at once, beside its field."""

import re
from collections.abc import Callable

import pytest

from engine.ids import new_id
from tests.api.calling import Answer, Caller

ABSENT = "018f0000-aaaa-7000-8000-00000000abcd"


def test_a_record_is_created_where_its_answer_says(ada: Caller) -> None:
    made = ada.post("/records/zebra", {"name": "Zed", "size": 2, "price": {"amount": "10", "currency": "EUR"}})

    assert made.status == 201
    assert made.headers["ETag"] == '"1"'
    assert made.headers["Location"] == f"/api/v1/records/zebra/{made.body['id']}"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made.body["id"])
    assert (made.body["size"], made.body["price"]) == ("2.00", {"amount": "10.00", "currency": "EUR"})
    assert made.body["created_by"] == {"id": ada.id, "title": "Ada"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", made.body["created_at"])
    assert ada.call("GET", made.headers["Location"]).body == made.body


def test_a_client_may_bring_its_own_id_once(ada: Caller) -> None:
    own = new_id()

    made = ada.post("/records/zebra", {"id": own, "name": "Zed"})
    again = ada.post("/records/zebra", {"id": own, "name": "Other"})
    ada.delete(f"/records/zebra/{own}")
    in_the_trash = ada.post("/records/zebra", {"id": own, "name": "Third"})

    assert (made.status, made.body["id"]) == (201, own)
    assert {again.status, in_the_trash.status} == {409}
    assert again.body["code"] == in_the_trash.body["code"] == "record.exists"


@pytest.mark.parametrize("own", ["1", "", 5, True, [], {}, "A" * 36, "../x", ABSENT.upper()])
def test_an_id_that_is_none_is_refused(ada: Caller, own: object) -> None:
    answer = ada.post("/records/zebra", {"id": own, "name": "Zed"})

    assert (answer.status, answer.pointers) == (422, ["/id"])


def test_everything_wrong_with_a_payload_is_told_at_once(ada: Caller) -> None:
    answer = ada.post(
        "/records/zebra",
        {"nmae": "x", "herd": "west", "size": [], "born": "tomorrow?", "version": 3, "created_by": ada.id,
         "mother": {"id": "no"}, "friends": "x", "price": {"amount": 1, "currency": "XXXX"}, "a/b~c": 1},
    )  # fmt: skip

    assert answer.status == 422
    codes = {each["pointer"]: each["code"] for each in answer.body["errors"]}
    assert codes == {
        "/nmae": "field.unknown",
        "/a~1b~0c": "field.unknown",
        "/herd": "choice.unknown",
        "/size": "decimal.not-a-number",
        "/born": "date.not-a-date",
        "/version": "field.read-only",
        "/created_by": "field.read-only",
        "/mother": "link.not-an-id",
        "/friends": "links.not-an-id",
        "/price": "money.unknown-currency",
        "/name": "field.required",
    }
    assert any('Did you mean "name"?' in each["message"] for each in answer.body["errors"])


@pytest.mark.parametrize("values", [{"mother": ABSENT}, {"friends": [ABSENT]}, {"owner": ABSENT}])
def test_a_link_to_what_is_not_there_is_refused(ada: Caller, values: dict[str, object]) -> None:
    answer = ada.post("/records/zebra", {"name": "Zed", **values})

    assert answer.status == 422
    assert [each["code"] for each in answer.body["errors"]] == ["link.not-found"]


def test_a_link_to_what_is_in_the_trash_is_refused_and_a_kept_one_stays(ada: Caller) -> None:
    friend = ada.made("zebra", name="Friend")
    zebra = ada.made("zebra", name="Zed", friends=[friend["id"]])
    company = ada.made("company", name="Acme")
    contact = ada.made("contact", name="Ann Lee", company=company["id"])

    ada.delete(f"/records/company/{company['id']}")
    ada.delete(f"/records/zebra/{friend['id']}")

    assert ada.post("/records/zebra", {"name": "New", "friends": [friend["id"]]}).status == 422
    assert ada.patch(f"/records/contact/{contact['id']}", {"job_title": "Boss"}).status == 200
    kept = ada.patch(f"/records/contact/{contact['id']}", {"company": company["id"]}).body["company"]
    assert kept == {"id": company["id"], "title": None}
    assert ada.get(f"/records/zebra/{zebra['id']}?fields=friends").body["friends"] == []


@pytest.mark.parametrize("record_id", [ABSENT, "nonsense", "%00", "..", "x" * 300, "'; DROP TABLE e_zebra; --"])
def test_what_is_not_there_is_not_found_whatever_is_asked_of_it(ada: Caller, record_id: str) -> None:
    path = f"/records/zebra/{record_id}"

    answers = [
        ada.get(path),
        ada.patch(path, {"size": 1}),
        ada.delete(path),
        ada.delete(f"{path}?permanent=true"),
        ada.post(f"{path}/restore"),
        ada.get(f"{path}/history"),
    ]

    assert {answer.status for answer in answers} == {404}


def test_a_record_out_of_sight_is_answered_as_one_that_is_not_there(ada: Caller, kim: Caller) -> None:
    hidden = ada.made("zebra", name="Of Ada")["id"]
    absent = new_id()

    calls: list[Callable[[str], Answer]] = [
        lambda record_id: kim.get(f"/records/zebra/{record_id}"),
        lambda record_id: kim.patch(f"/records/zebra/{record_id}", {"size": 1}),
        lambda record_id: kim.patch(f"/records/zebra/{record_id}", {"size": 1}, headers={"If-Match": '"9"'}),
        lambda record_id: kim.patch(f"/records/zebra/{record_id}", {"size": "big", "nmae": 1}),
        lambda record_id: kim.delete(f"/records/zebra/{record_id}"),
        lambda record_id: kim.post(f"/records/zebra/{record_id}/restore"),
        lambda record_id: kim.get(f"/records/zebra/{record_id}/history"),
        lambda record_id: kim.post("/records/zebra", {"name": "Child", "mother": record_id}),
        lambda record_id: kim.post("/records/zebra/bulk", {"update": [{"id": record_id, "size": 1}]}),
        lambda record_id: kim.post("/records/zebra/bulk", {"delete": [record_id]}),
    ]
    for call in calls:
        seen, unseen = call(hidden), call(absent)
        assert seen.status == unseen.status != 500
        assert strip(seen.text, hidden) == strip(unseen.text, absent)


def strip(text: str, record_id: str) -> str:
    return re.sub(r'"changeset":"[^"]*"', "", text.replace(record_id, "ID"))


def test_a_patch_changes_the_named_fields_only(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed", size=2, traits=["calm"])

    changed = ada.patch(f"/records/zebra/{zebra['id']}", {"herd": "north", "traits": None})

    assert changed.status == 200
    assert changed.headers["ETag"] == '"2"'
    assert changed.body == {
        **zebra, "herd": "north", "traits": None, "version": 2, "updated_at": changed.body["updated_at"],
    }  # fmt: skip


def test_values_that_are_there_already_change_nothing(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed", size=2)

    again = ada.patch(f"/records/zebra/{zebra['id']}", {"size": "2.0", "name": " Zed "})

    assert again.body == zebra


def test_what_a_record_answers_may_be_sent_back_for_the_fields_that_are_written(ada: Caller) -> None:
    mother = ada.made("zebra", name="Mother")
    full = {"name": "Zed", "size": "1.5", "price": "3 EUR", "born": "2020-01-01", "traits": ["a"], "mother": mother["id"],
            "herd": "north"}  # fmt: skip
    zebra = ada.made("zebra", **full)
    kept = {"id", "title", "created_at", "created_by", "updated_at", "updated_by", "version"}

    again = ada.patch(f"/records/zebra/{zebra['id']}", {k: v for k, v in zebra.items() if k not in kept})

    assert again.body == zebra


def test_the_version_known_is_asked_for_before_a_write(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed", size=1)
    path = f"/records/zebra/{zebra['id']}"
    ada.patch(path, {"size": 2, "herd": "north"})

    moved = ada.patch(path, {"size": 3, "herd": "north", "born": "2020-01-01"}, headers={"If-Match": '"1"'})

    assert (moved.status, moved.body["code"]) == (412, "record.moved")
    assert moved.body["version"] == 2
    assert moved.body["current"] == ada.get(path).body
    assert moved.body["differences"] == {
        "size": {"yours": 3, "current": "2.00"},
        "born": {"yours": "2020-01-01", "current": None},
    }
    for known in ('"2"', 'W/"2"', "2", "*"):
        assert ada.patch(path, {"size": 2}, headers={"If-Match": known}).status == 200


@pytest.mark.parametrize("known", ['"x"', '"1", "2"', "²", '""', '"' + "9" * 30 + '"'])
def test_a_version_that_is_none_is_refused(ada: Caller, known: str) -> None:
    zebra = ada.made("zebra", name="Zed")

    answer = ada.patch(f"/records/zebra/{zebra['id']}", {"size": 1}, headers={"If-Match": known})

    assert (answer.status, answer.body["code"]) == (400, "if-match.malformed")


def test_changes_of_different_fields_merge_and_the_last_of_one_wins(ada: Caller, caller: object) -> None:
    zebra = ada.made("zebra", name="Zed", size=1, herd="north")
    path = f"/records/zebra/{zebra['id']}"

    ada.patch(path, {"size": 2})
    ada.patch(path, {"herd": "south"})
    last = ada.patch(path, {"size": 3})

    assert (last.body["size"], last.body["herd"], last.body["version"]) == ("3.00", "south", 4)


def test_a_record_that_is_known_already_is_not_sent_again(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed")
    path = f"/records/zebra/{zebra['id']}"

    for known in ('"1"', 'W/"1"', '"7", "1"', "*"):
        answer = ada.get(path, headers={"If-None-Match": known})
        assert (answer.status, answer.content, answer.headers["ETag"]) == (304, b"", '"1"')
    assert ada.get(path, headers={"If-None-Match": '"2"'}).status == 200
    assert ada.get(f"{path}?expand=mother", headers={"If-None-Match": '"1"'}).status == 200
    ada.patch(path, {"size": 1})
    assert ada.get(path, headers={"If-None-Match": '"1"'}).status == 200


@pytest.mark.parametrize("value", ["Zed", " Zed "])
def test_a_unique_value_is_given_once(ada: Caller, value: str) -> None:
    ada.made("zebra", name="Zed")
    other = ada.made("zebra", name="Other")

    made = ada.post("/records/zebra", {"name": value})
    changed = ada.patch(f"/records/zebra/{other['id']}", {"name": value})

    for answer in (made, changed):
        assert (answer.status, answer.body["code"]) == (409, "unique.taken")
        assert answer.pointers == ["/name"]


def test_a_record_is_found_and_changed_or_made_by_a_unique_value(ada: Caller) -> None:
    made = ada.call("PUT", "/records/zebra/by/name/Zed%20the%20first", {"size": 1})
    changed = ada.call("PUT", "/records/zebra/by/name/Zed%20the%20first", {"size": 2})

    assert (made.status, made.headers["Location"]) == (201, f"/api/v1/records/zebra/{made.body['id']}")
    assert (changed.status, changed.body["id"], changed.body["size"]) == (200, made.body["id"], "2.00")
    assert changed.body["title"] == "Zed the first"
    assert ada.call("PUT", "/records/zebra/by/size/2", {}).status == 400
    assert ada.call("PUT", "/records/zebra/by/nothing/2", {}).status == 400


def test_a_stage_is_moved_along_its_road(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed")
    path = f"/records/zebra/{zebra['id']}"

    skipped = ada.patch(path, {"stage": "grown"})
    ada.patch(path, {"stage": "young"})
    lacking = ada.patch(path, {"stage": "grown"})

    assert zebra["stage"] == "calf"
    assert skipped.body["errors"][0]["code"] == "stage.no-such-move"
    assert (lacking.status, lacking.pointers) == (422, ["/size"])
    assert ada.patch(path, {"stage": "grown", "size": 1}).body["stage"] == "grown"


def test_a_record_that_follows_the_metadata_is_not_written(ada: Caller) -> None:
    role = ada.get("/records/role").body["data"][0]

    assert ada.post("/records/role", {"name": "Boss"}).body["code"] == "access.mirrored"
    assert ada.patch(f"/records/role/{role['id']}", {"name": "Boss"}).status == 403
    assert ada.delete(f"/records/role/{role['id']}").status == 403
    assert ada.delete(f"/records/role/{role['id']}?permanent=true").status == 403
