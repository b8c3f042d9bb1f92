"""What a formula says of rates and of freezing makes sense, or is refused where it stands."""

import pytest

from tests.metadata.compiling import mistakes

OKAPI = """
entity: okapi
fields:
  name: {type: text, required: true}
  price: {type: money}
  sold: {type: date}
  stage: {type: stage}
  mother: {type: link, to: okapi, inverse: children}
  worth: {type: formula, result: money, formula: "in_currency(price, 'EUR', sold)", index: true}
  fully: {type: formula, result: money, formula: "price * 2", currency: EUR, rates_on: sold}
  herd: {type: formula, result: money, formula: "sum(children.price)", rates_on: sold}
  now: {type: formula, result: money, formula: "sum(children.price)", currency: USD, rates_on: today()}
  doubled: {type: formula, result: money, formula: "worth * 2"}
---
pipeline: road
entity: okapi
stages: {born: {}, sold: {category: won}, gone: {category: lost}}
"""


@pytest.mark.parametrize(("said", "code", "words"), [
    ("formula: size * 2, rates_on: sold", "formula.no-amount", "no amount"),
    ("formula: \"in_currency(price, 'EUR')\", rates_on: sold", "formula.two-policies", "Leave out one of the two"),
    ("formula: price * 2, rates_on: price", "expression.types-differ", "where a date must stand"),
    ("formula: sum(children.price), rates_on: mother.sold + 1", "expression.not-a-number", "days_between"),
    ("formula: price * 2, rates_on: created_at, mode: stored", "formula.not-storable", "day depends on where the reader is"),
    ("formula: price * 2, rates_on: today(), index: true", "formula.not-storable", "changes with time"),
    ("formula: price * 2, freeze_when: sold", "expression.not-a-condition", "condition must stand"),
    ("formula: price * 2, freeze_when: sold < today()", "formula.not-storable", "changes with time"),
    ("formula: price * 2, freeze_when: is_empty(now)", "formula.not-storable", "no write tells"),
    ("formula: price * 2, freeze_when: bad > 0", "formula.circle", "depends on itself"),
])  # fmt: skip
def test_a_policy_that_makes_no_sense_is_refused(said: str, code: str, words: str) -> None:
    extra = f"overlay: entity/okapi\nfields:\n  size: {{type: decimal}}\n  bad: {{type: formula, result: money, currency: EUR, {said}}}"

    found = [each for each in mistakes(OKAPI, extra) if each.severity == "error"]

    assert [(each.code, words in each.message) for each in found] == [(code, True)], found


def test_a_sum_that_says_nothing_of_currencies_is_warned_of() -> None:
    found = [each for each in mistakes(OKAPI.replace(', rates_on: sold}\n  now', '}\n  now')) if each.severity == "warning"]

    assert [(each.code, each.message) for each in found] == [
        ("formula.mixed-currencies", "sum(children.price) takes amounts that may be in several currencies, and is empty where they are.")
    ]
    assert [each for each in mistakes(OKAPI) if each.severity == "warning"] == []
