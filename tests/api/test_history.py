"""A record's history tells who changed what, when, from what to what, and by which request."""

from tests.api.calling import Caller


def test_history_is_told_newest_first_with_from_and_to(ada: Caller) -> None:
    friend = ada.made("zebra", name="Friend")
    zebra = ada.made("zebra", name="Zed", size=1)
    path = f"/records/zebra/{zebra['id']}"
    ada.patch(path, {"size": 2, "friends": [friend["id"]], "price": "3 EUR"}, headers={"X-Request-Id": "mine-1"})
    ada.patch(path, {"size": None, "mother": friend["id"]})

    second, first, created = ada.get(f"{path}/history").body["data"]

    assert [created["operation"], first["operation"]] == ["created", "updated"]
    assert created["fields"] == {}
    assert first["fields"] == {
        "size": {"from": "1.00", "to": "2.00"},
        "price": {"from": None, "to": {"amount": "3.00", "currency": "EUR"}},
        "friends": {"from": [], "to": [{"id": friend["id"], "title": "Friend"}]},
    }
    assert second["fields"] == {
        "size": {"from": "2.00", "to": None},
        "mother": {"from": None, "to": {"id": friend["id"], "title": "Friend"}},
    }
    assert first["by"] == {"id": ada.id, "title": "Ada"}
    assert first["request_id"] == "mine-1"
    assert (first["cause"]["root"], first["cause"]["via"]) == ("mine-1", "api")
    assert first["at"].endswith("Z")


def test_history_is_read_in_pages(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed", size=0)
    path = f"/records/zebra/{zebra['id']}"
    for size in range(1, 8):
        ada.patch(path, {"size": size})

    told, after = [], ""
    while True:
        page = ada.get(f"{path}/history?limit=3{after}").body
        told += [each["fields"].get("size", {}).get("to") for each in page["data"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert told == ["7.00", "6.00", "5.00", "4.00", "3.00", "2.00", "1.00", None]


def test_a_long_history_is_told_to_its_beginning(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed", size=0)
    path = f"/records/zebra/{zebra['id']}"
    for start in range(0, 240, 40):
        rows = [{"id": zebra["id"], "size": start + at + 1} for at in range(40)]
        assert ada.post("/records/zebra/bulk", {"update": rows}).status == 200

    entries = ada.get(f"{path}/history?limit=500").body["data"]

    assert len(entries) == 241
    assert entries[-2]["fields"]["size"] == {"from": "0.00", "to": "1.00"}


def test_what_was_done_at_once_has_one_changeset(ada: Caller) -> None:
    answer = ada.post("/records/zebra/bulk", {"create": [{"name": "a"}, {"name": "b"}]})

    sets = {
        ada.get(f"/records/zebra/{each['id']}/history").body["data"][0]["changeset"]
        for each in answer.body["results"]
    }
    assert sets == {answer.body["changeset"]}


def test_what_makes_no_sense_is_refused(ada: Caller) -> None:
    zebra = ada.made("zebra", name="Zed")
    path = f"/records/zebra/{zebra['id']}/history"

    for question in ("limit=0", "limit=501", "after=x", "after=0", f"after={10**30}", "nonsense=1"):
        assert ada.get(f"{path}?{question}").status == 400
    assert ada.get(f"{path}?after=1").body == {"data": [], "next": None}
