"""Records come to the same on both databases, group by group, and never to more than the asker may see."""

from typing import Any

import pytest

from tests.api.calling import Answer, Caller


@pytest.fixture
def herd(ada: Caller, kim: Caller) -> None:
    """Five zebras of two herds, with empties among their values."""
    alf = ada.made("zebra", name="Alf", herd="north", size="12.50", price="10 EUR", born="2020-02-29")
    ada.made("zebra", name="Bea", herd="south", size="-3", price="2.5 EUR", born="2020-04-01", mother=alf["id"], owner=kim.id)
    ada.made("zebra", name="Çem", herd="north", size="4.25", price="7.5 EUR", born="2021-03-01")
    ada.made("zebra", name="Dan", herd="north", size="1", born="2020-02-01", mother=alf["id"])
    ada.made("zebra", name="Eve")


def asked(caller: Caller, **question: Any) -> Answer:
    return caller.post("/records/zebra/aggregate", question)


def found(caller: Caller, **question: Any) -> list[dict[str, Any]]:
    answer = asked(caller, **question)
    assert answer.status == 200, answer.text
    rows: list[dict[str, Any]] = answer.body["data"]
    return rows


@pytest.mark.usefixtures("herd")
def test_groups_come_with_their_measures(ada: Caller) -> None:
    measures = {
        "n": "count()", "grown": "count(size > 4)", "sum": "sum(size)", "mean": "avg(size)", "middle": "median(size)",
        "least": "min(size)", "last": "max(born)", "mothers": "count_distinct(mother)", "big": "sum(size, size > 4)",
    }  # fmt: skip

    rows = found(ada, group_by=["herd"], measures=measures)

    north = {
        "herd": "north", "n": 3, "grown": 2, "sum": "17.75", "mean": "5.916666666666666666666666667", "middle": "4.25",
        "least": "1", "last": "2021-03-01", "mothers": 1, "big": "16.75",
    }  # fmt: skip
    south = {
        "herd": "south", "n": 1, "grown": 0, "sum": "-3", "mean": "-3", "middle": "-3", "least": "-3",
        "last": "2020-04-01", "mothers": 1, "big": "0",
    }  # fmt: skip
    nothing = {"n": 1, "grown": 0, "sum": "0", "mothers": 0, "big": "0"}
    empty = dict.fromkeys(("herd", "mean", "middle", "least", "last"))
    assert rows == [north, south, empty | nothing]


@pytest.mark.usefixtures("herd")
def test_without_groups_all_records_are_one(ada: Caller) -> None:
    assert found(ada, measures={"n": "count()", "sum": "sum(size)"}) == [{"n": 5, "sum": "14.75"}]
    assert found(ada, measures={"n": "count()", "least": "min(size)"}, where="False") == [{"n": 0, "least": None}]


@pytest.mark.usefixtures("herd")
def test_groups_go_by_paths_links_dates_and_conditions(ada: Caller) -> None:
    [alf] = ada.get("/records/zebra", query_string={"where": "name == 'Alf'"}).body["data"]

    by_path = found(ada, group_by=["mother.herd"], measures={"n": "count()"})
    by_link = found(ada, group_by=["mother"], measures={"n": "count()"})
    by_month = found(ada, group_by=["start_of(born, 'month')"], measures={"n": "count()"}, sort=["-n", "start_of(born, 'month')"])
    by_both = found(ada, group_by=["herd", "size > 4"], measures={"n": "count()"}, where="not is_empty(herd)")

    assert by_path == [{"mother.herd": "north", "n": 2}, {"mother.herd": None, "n": 3}]
    assert by_link == [{"mother": {"id": alf["id"], "title": "Alf"}, "n": 2}, {"mother": None, "n": 3}]
    assert [(each["start_of(born, 'month')"], each["n"]) for each in by_month] == [
        ("2020-02-01", 2), ("2020-04-01", 1), ("2021-03-01", 1), (None, 1),
    ]  # fmt: skip
    assert [tuple(each.values()) for each in by_both] == [("north", False, 1), ("north", True, 2), ("south", False, 1)]


@pytest.mark.usefixtures("herd")
def test_groups_are_chosen_ordered_and_cut(ada: Caller) -> None:
    question = {"group_by": ["name"], "measures": {"sum": "sum(size)"}}

    large = found(ada, **question, having="sum > 2 and name != 'Alf'")
    ordered = asked(ada, **question, sort=["-sum", "name"], limit=2)

    assert large == [{"name": "Çem", "sum": "4.25"}]
    assert [each["name"] for each in ordered.body["data"]] == ["Alf", "Çem"]
    assert ordered.body["has_more"]


@pytest.mark.usefixtures("herd")
def test_amounts_come_in_one_currency_by_a_stated_rate(ada: Caller) -> None:
    ada.made("exchange_rate", currency="USD", rate="1.25", valid_from="2020-01-01")
    ada.made("exchange_rate", currency="USD", rate="2", valid_from="2020-06-01")
    ada.made("zebra", name="Fay", herd="south", price="5 USD", born="2020-02-29")
    measures = {"sum": "sum(price)", "mean": "avg(price)", "most": "max(price)", "middle": "median(price)"}

    today = asked(ada, measures=measures)
    then = asked(ada, measures=measures, rate_date="2020-02-29", currency="USD")
    own = asked(ada, measures={"sum": "sum(price)"}, rate_date="born")
    cheap = found(ada, group_by=["herd"], measures={"sum": "sum(price)"}, having="sum < 10")

    euros = {"sum": "22.50", "mean": "5.62", "most": "10.00", "middle": "5.00"}
    dollars = {"sum": "30.00", "mean": "7.50", "most": "12.50", "middle": "7.19"}
    assert today.body["data"] == [{name: {"amount": each, "currency": "EUR"} for name, each in euros.items()}]
    assert then.body["data"] == [{name: {"amount": each, "currency": "USD"} for name, each in dollars.items()}]
    assert own.body["data"] == [{"sum": {"amount": "24.00", "currency": "EUR"}}]
    assert [each["herd"] for each in cheap] == ["south", None]
    assert today.body["conversion"]["policy"] == "today"
    assert then.body["conversion"] == {"currency": "USD", "policy": "date", "date": "2020-02-29"}
    assert own.body["conversion"] == {"currency": "EUR", "policy": "field", "field": "born"}


@pytest.mark.usefixtures("herd")
def test_amounts_without_a_rate_are_refused_and_not_left_out(ada: Caller) -> None:
    ada.made("zebra", name="Fay", price="5 USD")

    answer = asked(ada, measures={"sum": "sum(price)"})

    assert answer.status == 422
    assert "USD" in answer.body["detail"]
    assert found(ada, measures={"sum": "sum(price, currency(price) == 'EUR')"})[0]["sum"]["amount"] == "20.00"


@pytest.mark.usefixtures("herd")
def test_only_what_the_asker_may_see_is_reckoned_with(ada: Caller, kim: Caller) -> None:
    assert found(kim, measures={"n": "count()"}) == [{"n": len(kim.titles("zebra"))}]
    for question in (
        {"measures": {"most": "max(secret)"}}, {"group_by": ["secret"]}, {"measures": {"n": "count(secret == 'x')"}},
        {"group_by": ["mother.secret"]}, {"measures": {"n": "count()"}, "where": "secret == 'x'"},
    ):  # fmt: skip
        assert asked(kim, **question).status == 403, question
        assert "secret" in asked(kim, **question).body["detail"]


@pytest.mark.parametrize(
    ("question", "pointers"),
    [
        ({}, ["/measures"]),
        ({"measures": {"n": "count(", "m": "sum(name)", "k": "sizes"}}, ["/measures/k", "/measures/m", "/measures/n"]),
        ({"measures": {"n": "sum(sise)"}, "group_by": ["hert", "price"]}, ["/group_by/0", "/group_by/1", "/measures/n"]),
        ({"group_by": ["1 + 1"]}, ["/group_by/0"]),
        ({"group_by": ["children"]}, ["/group_by/0"]),
        ({"group_by": ["children.name"]}, ["/group_by/0"]),
        ({"group_by": ["herd", "herd"]}, ["/group_by"]),
        ({"group_by": ["name"], "having": "nme == 'x'"}, ["/having"]),
        ({"group_by": ["name"], "sort": "nme"}, ["/sort"]),
        ({"group_by": ["name"], "limit": 10_001}, ["/limit"]),
        ({"measures": {"n": "sum(price)"}, "currency": "XXQ"}, ["/currency"]),
        ({"measures": {"n": "sum(price)"}, "rate_date": "name"}, ["/rate_date"]),
        ({"measures": {"N": "count()"}}, ["/measures/N/key"]),
        ({"measures": ["count()"]}, ["/measures"]),
        ({"meassures": {}}, ["/meassures"]),
        ({"group_by": ["name"] * 6}, ["/group_by", "/group_by"]),
        ({"measures": {"n": "count(1, 2)"}}, ["/measures/n"]),
        ({"measures": {"n": "sum()"}}, ["/measures/n"]),
    ],
)
def test_what_can_not_be_understood_is_told_where_it_stands(ada: Caller, question: dict[str, Any], pointers: list[str]) -> None:
    answer = asked(ada, **question)

    assert answer.status in {400, 422}
    assert answer.pointers == pointers


def test_sums_are_exact_beyond_64_bits(ada: Caller) -> None:
    for at in range(12):
        ada.made("zebra", name=f"Z{at}", price="99999999999999 EUR")

    [row] = found(ada, measures={"sum": "sum(price)"})

    assert row["sum"]["amount"] == "1199999999999988.00"
