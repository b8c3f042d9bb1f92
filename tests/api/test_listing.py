"""A list answers in the order, with the fields and of the records that were asked for."""

from typing import Any

import pytest

from tests.api.calling import Caller


@pytest.fixture
def herd(ada: Caller) -> dict[str, str]:
    """Four zebras, with empties and ties among their values; ids by name."""
    alf = ada.made("zebra", name="Alf", herd="north", size="12.50", born="2020-01-01", price="10 EUR")
    bea = ada.made("zebra", name="bea", herd="south", size="2", mother=alf["id"], traits=["calm"])
    cem = ada.made("zebra", name="Çem", size="2", born="2021-06-01", friends=[alf["id"], bea["id"]])
    dot = ada.made("zebra", name="Dot", herd="north", mother=bea["id"], price={"amount": "9.99", "currency": "USD"})
    return {each["name"]: each["id"] for each in (alf, bea, cem, dot)}


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Alf", "bea", "Dot", "Çem"]),
        ("-name", ["Çem", "Dot", "bea", "Alf"]),
        ("title", ["Alf", "bea", "Dot", "Çem"]),
        ("size,name", ["bea", "Çem", "Alf", "Dot"]),
        ("-size,-name", ["Alf", "Çem", "bea", "Dot"]),
        ("born", ["Alf", "Çem", "Dot", "bea"]),  # the empty ones tie, and go on by id
        ("-born", ["Çem", "Alf", "Dot", "bea"]),
        ("herd,-name", ["Dot", "Alf", "bea", "Çem"]),
        ("mother,name", ["bea", "Dot", "Alf", "Çem"]),  # by what the mother is called
        ("-mother.name", ["Dot", "bea", "Çem", "Alf"]),
        ("mother.mother.name,name", ["Dot", "Alf", "bea", "Çem"]),
        ("price", ["Dot", "Alf", "bea", "Çem"]),
        ("stage,name", ["Alf", "bea", "Dot", "Çem"]),
        ("created_at", ["Alf", "bea", "Çem", "Dot"]),
        ("", ["Dot", "Çem", "bea", "Alf"]),  # newest first
        ("-id", ["Dot", "Çem", "bea", "Alf"]),
    ],
)
def test_records_come_in_the_order_asked_for(
    ada: Caller, herd: dict[str, str], sort: str, order: list[str]
) -> None:
    found = ada.titles("zebra", **({"sort": sort} if sort else {}))

    if sort.endswith("born"):  # two empties tie, and the id decides, in the direction of the key
        assert found[:2] == order[:2]
        assert set(found[2:]) == {"Dot", "bea"}
    else:
        assert found == order


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"sort": "nmae"}, "field.unknown"),
        ({"sort": "friends"}, "sort.unsortable"),
        ({"sort": "children"}, "sort.unsortable"),
        ({"sort": "mother.children"}, "sort.unsortable"),
        ({"sort": "traits"}, "sort.unsortable"),
        ({"sort": "mother.nmae"}, "expression.unknown-field"),
        ({"sort": "name.mother"}, "expression.not-a-link"),
        ({"sort": "name,,size"}, "parameter.invalid"),
        ({"sort": "name,size,born,herd,stage,price"}, "sort.too-many"),
        ({"sort": "--name"}, "field.unknown"),
        ({"fields": "nmae"}, "field.unknown"),
        ({"fields": "name.first"}, "field.not-a-link"),
        ({"fields": "children.name"}, "field.not-a-link"),
        ({"expand": "name"}, "field.not-a-link"),
        ({"expand": "nobody"}, "field.unknown"),
        ({"expand": "mother.mother.mother"}, "expand.too-deep"),
        ({"limit": "0"}, "parameter.invalid"),
        ({"limit": "501"}, "parameter.invalid"),
        ({"limit": "ten"}, "parameter.invalid"),
        ({"offset": "10001"}, "parameter.invalid"),
        ({"offset": "-1"}, "parameter.invalid"),
        ({"count": "all"}, "parameter.invalid"),
        ({"trash": "maybe"}, "parameter.invalid"),
        ({"where": "name =="}, "expression.syntax"),
        ({"wehre": "name == 'Alf'"}, "parameter.invalid"),
        ({"after": "nonsense"}, "cursor.unknown"),
        ({"after": "nonsense", "offset": "1"}, "offset.with-after"),
        ({"q": "x" * 201}, "parameter.invalid"),
        ({"q": "a\x00b"}, "parameter.invalid"),
        ({"where": "name == 'a\x00b'"}, "expression.control"),
        ({"sort": "\x00"}, "field.unknown"),
        ({"view": "\x00"}, "view.unknown"),
    ],
)
def test_what_can_not_be_understood_is_refused_and_named(
    ada: Caller, question: dict[str, str], code: str
) -> None:
    answer = ada.get("/records/zebra", query_string=question)

    assert (answer.status, answer.body["code"]) == (404 if code == "view.unknown" else 400, code)


def test_every_parameter_that_is_wrong_is_named_at_once(ada: Caller) -> None:
    answer = ada.get("/records/zebra?limit=0&offset=x&count=all&nonsense=1&sort=name&sort=size")

    assert answer.status == 400
    assert answer.pointers == ["/count", "/limit", "/nonsense", "/offset", "/sort"]


def test_only_the_fields_asked_for_are_sent_beside_what_every_record_has(
    ada: Caller, herd: dict[str, str]
) -> None:
    [alf] = ada.get("/records/zebra?fields=size,mother.name&where=name=='Alf'").body["data"]
    [bea] = ada.get("/records/zebra?fields=mother.name,mother.owner.email&where=name=='bea'").body["data"]

    always = {"id", "title", "created_at", "created_by", "updated_at", "updated_by", "version"}
    assert alf.keys() == always | {"size", "mother", "mother.name"}
    assert (alf["size"], alf["mother"], alf["mother.name"]) == ("12.50", None, None)
    assert (bea["mother.name"], bea["mother.owner.email"]) == ("Alf", "ada@example.com")
    assert bea["mother"] == {"id": herd["Alf"], "title": "Alf"}


def test_a_link_to_many_appears_only_when_it_is_asked_for(ada: Caller, herd: dict[str, str]) -> None:
    usual = ada.get(f"/records/zebra/{herd['Çem']}").body
    named = ada.get(f"/records/zebra/{herd['Çem']}?fields=friends,name").body
    inverse = ada.get(f"/records/zebra/{herd['Alf']}?fields=children,friend_of").body

    assert "friends" not in usual
    assert sorted(each["title"] for each in named["friends"]) == ["Alf", "bea"]
    assert named["friends"][0].keys() == {"id", "title"}
    assert inverse["children"] == [{"id": herd["bea"], "title": "bea"}]
    assert inverse["friend_of"] == [{"id": herd["Çem"], "title": "Çem"}]


def test_an_expanded_relation_is_the_related_records_fields(ada: Caller, herd: dict[str, str]) -> None:
    answer = ada.get("/records/zebra?expand=mother,children,mother.children&sort=name")

    alf, bea, dot, cem = answer.body["data"]
    assert alf["mother"] is None
    assert (bea["mother"]["name"], bea["mother"]["size"]) == ("Alf", "12.50")
    assert [child["name"] for child in alf["children"]] == ["bea"]
    assert [child["name"] for child in bea["mother"]["children"]] == ["bea"]
    assert (dot["mother"]["name"], cem["mother"], cem["children"]) == ("bea", None, [])


def test_a_page_says_how_to_get_the_next(ada: Caller, herd: dict[str, str]) -> None:
    first = ada.get("/records/zebra?limit=3&sort=name&where=size >= 0 or is_empty(size)")
    second = ada.call("GET", first.headers["Link"].split(">")[0].removeprefix("<"))

    assert first.headers["Link"].endswith('>; rel="next"')
    assert [each["name"] for each in first.body["data"]] == ["Alf", "bea", "Dot"]
    assert [each["name"] for each in second.body["data"]] == ["Çem"]
    assert second.body["next"] is None
    assert "Link" not in second.headers


def test_a_cursor_is_good_for_its_own_question_only(ada: Caller, herd: dict[str, str]) -> None:
    cursor = ada.get("/records/zebra?limit=1&sort=name").body["next"]
    assert ada.get("/records/zebra", query_string={"sort": "name", "after": cursor}).status == 200

    altered = [
        {"sort": "-name", "after": cursor},
        {"sort": "name", "after": cursor, "where": "size > 1"},
        {"sort": "name", "after": cursor, "trash": "true"},
        {"sort": "name", "after": cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]},
        {"sort": "name", "after": cursor + "="},
        {"sort": "name", "after": ""},
        {"sort": "name", "after": "é"},
    ]
    answers = [ada.get("/records/zebra", query_string=question) for question in altered]

    assert {answer.body["code"] for answer in answers} == {"cursor.unknown"}


def test_an_offset_skips_records(ada: Caller, herd: dict[str, str]) -> None:
    assert ada.titles("zebra", sort="born,name", offset=1, limit=2) == ["Çem", "bea"]
    assert ada.titles("zebra", sort="name", offset=4) == []


def test_records_are_counted_only_when_asked(
    ada: Caller, herd: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "count" not in ada.get("/records/zebra").body

    exact = ada.get("/records/zebra?count=exact&limit=1&where=size > 0").body
    capped = ada.get("/records/zebra?count=capped&limit=1").body
    monkeypatch.setattr("engine.records.queries.CAP", 3)
    over = ada.get("/records/zebra?count=capped&limit=1").body

    assert (exact["count"], exact["count_capped"]) == (3, False)
    assert (capped["count"], capped["count_capped"]) == (4, False)
    assert (over["count"], over["count_capped"]) == (3, True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("alf", ["Alf"]),
        ("ÇE", ["Çem"]),
        ("e m", ["Çem"]),  # every word, wherever it stands
        ("e x", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'; DROP TABLE x", []),
        ("  ", ["Alf", "bea", "Dot", "Çem"]),
    ],
)
def test_search_words_are_found_whatever_their_case(
    ada: Caller, herd: dict[str, str], words: str, found: list[str]
) -> None:
    assert ada.titles("zebra", q=words, sort="name") == found


def test_search_looks_where_the_entity_says(ada: Caller) -> None:
    company = ada.made("company", name="Acme Works")
    ada.made("contact", name="Ann Lee", email="ann@example.com", company=company["id"])
    ada.made("contact", name="Bob Ray", email="bob@elsewhere.org")

    assert ada.titles("contact", q="elsewhere") == ["Bob Ray"]
    assert ada.titles("contact", q="acme") == ["Ann Lee"]
    assert ada.titles("contact", q="acme lee") == ["Ann Lee"]
    assert ada.titles("contact", q="acme ray") == []


def test_the_trash_is_listed_apart(ada: Caller, herd: dict[str, str]) -> None:
    ada.delete(f"/records/zebra/{herd['Dot']}")

    assert ada.titles("zebra", sort="name") == ["Alf", "bea", "Çem"]
    [gone] = ada.get("/records/zebra?trash=true").body["data"]
    assert gone["title"] == "Dot"
    assert gone["trashed_at"] is not None
    assert ada.get("/records/zebra?trash=true&count=exact").body["count"] == 1
    assert ada.titles("zebra", trash="true", q="alf") == []


def test_a_view_gives_what_was_not_asked_for(ada: Caller, herd: dict[str, str]) -> None:
    ada.made("company", name="Mine")
    usual: dict[str, Any] = ada.get("/records/zebra?view=all_zebras").body

    assert [each["title"] for each in usual["data"]] == ["Alf", "bea", "Dot", "Çem"]
    assert {"name", "herd", "stage", "size"} <= usual["data"][0].keys()
    assert "born" not in usual["data"][0]
    assert ada.titles("zebra", view="all_zebras", sort="-name", where="size > 0") == ["Çem", "bea", "Alf"]
    assert ada.titles("company", view="my_companies") == ["Mine"]
    assert ada.get("/records/zebra?view=my_companies").status == 404
    assert ada.get("/records/zebra?view=nonsense").status == 404


def test_a_view_with_a_condition_narrows_the_list(ada: Caller, kim: Caller) -> None:
    ada.made("company", name="Of Ada")
    ada.made("company", name="Of Kim", owner=kim.id)

    assert ada.titles("company", view="my_companies") == ["Of Ada"]
    assert ada.titles("company", view="my_companies", q="kim") == []


def test_an_entity_nobody_declared_is_not_there(ada: Caller) -> None:
    for path in ("/records/unicorn", "/records/unicorn/x", "/records/__class__", "/records/zebra%00"):
        assert ada.get(path).status == 404
