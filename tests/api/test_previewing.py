"""The API tries an expression out on given values, for those who design, and says where it is wrong."""

from typing import Any

import pytest

from tests.api.calling import Caller

WHO = "/expressions/preview"


def tried(caller: Caller, expression: str, **values: object) -> dict[str, Any]:
    found = caller.post(WHO, {"entity": "zebra", "expression": expression, "values": values})
    assert found.status == 200, found.body
    return dict(found.body)


@pytest.mark.parametrize(("expression", "values", "value", "kind"), [
    ("size * 2 + 0.10", {"size": "1,200.5"}, "2401.1", "number"),
    ("price / 3 if size > 1 else price", {"size": 2, "price": "10 EUR"}, {"amount": "3.333333333333333333333333333", "currency": "EUR"}, "money"),
    ("concat(upper(name), ' of ', mother.name)", {"name": "Ann", "mother.name": "Bea"}, "ANN of Bea", "text"),
    ("born + months(1)", {"born": "2026-01-31"}, "2026-02-28", "date"),
    ("stage.category == 'won' or is_open", {"stage": "grown"}, True, "boolean"),
    ("name", {}, None, "text"),
    ("traits", {"traits": ["quick", "shy"]}, ["quick", "shy"], "choices"),
])  # fmt: skip
def test_an_expression_comes_to_a_value_of_a_type(
    ada: Caller, expression: str, values: dict[str, object], value: object, kind: str
) -> None:
    assert tried(ada, expression, **values) == {"value": value, "type": kind, "errors": []}


@pytest.mark.parametrize(("expression", "code", "at"), [
    ("\n (size *\n  siez)", "expression.unknown-field", (3, 3, 4)),
    ("size +", "expression.syntax", (1, 7, 1)),
    ("name < 'x'", "expression.not-ordered", (1, 1, 4)),
    ("__import__('os')", "expression.not-allowed", (1, 1, 16)),
    ("size ** 9", "expression.not-allowed", (1, 1, 9)),
    ("1 + count(friends)", "expression.not-available", (1, 5, 14)),
    ("changed('name')", "expression.not-available", (1, 1, 15)),
])  # fmt: skip
def test_an_error_says_where_it_is(ada: Caller, expression: str, code: str, at: tuple[int, int, int]) -> None:
    found = tried(ada, expression)

    assert (found["value"], found["type"]) == (None, "")
    [error] = found["errors"]
    assert (error["code"], (error["line"], error["column"], error["length"])) == (code, at)


def test_a_value_that_cannot_be_read_is_named(ada: Caller) -> None:
    found = ada.post(WHO, {"entity": "zebra", "expression": "size", "values": {"size": "many", "siez": 1, "friends.name": "x"}})

    assert found.status == 422
    assert {each["pointer"] for each in found.body["errors"]} == {"/values/size", "/values/siez", "/values/friends.name"}


def test_only_those_who_design_may_try(kim: Caller, ada: Caller) -> None:
    question = {"entity": "zebra", "expression": "1 + 1"}

    assert kim.post(WHO, question).status == 403
    assert ada.post(WHO, question).body["value"] == "2"
    assert ada.post(WHO, question | {"more": 1}).status == 422
    assert ada.post(WHO, question | {"entity": "zebru"}).status == 404
