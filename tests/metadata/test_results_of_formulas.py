"""A formula that comes to a record or a choice says which, and leads to nothing else."""

import pytest

from tests.metadata.compiling import mistakes

OVERLAY = "overlay: entity/zebra\nfields:\n  {said}"


@pytest.mark.parametrize("said", [
    "boss: {type: formula, result: user, formula: owner.manager}",
    "boss: {type: formula, result: user, formula: \"case(tame, owner, me)\"}",
    "place: {type: formula, result: link, to: herd, formula: \"herd if tame else None\"}",
    "friend: {type: formula, result: link, to: herd, formula: \"last(friend_of.herd, tame)\"}",
    "skin: {type: formula, result: choice, choices: coats, formula: coat}",
])  # fmt: skip
def test_what_fits_is_taken(said: str) -> None:
    assert mistakes(OVERLAY.format(said=said)) == []


@pytest.mark.parametrize(("said", "code"), [
    ("boss: {type: formula, result: user, formula: herd}", "formula.other-target"),
    ("boss: {type: formula, result: user, formula: name}", "formula.other-target"),
    ("boss: {type: formula, result: user, formula: \"herd if tame else owner\"}", "formula.other-target"),
    ("place: {type: formula, result: link, formula: herd}", "formula.no-target"),
    ("place: {type: formula, result: link, to: hord, formula: herd}", "field.unknown-target"),
    ("skin: {type: formula, result: choice, formula: coat}", "formula.no-choices"),
    ("skin: {type: formula, result: choice, choices: coots, formula: coat}", "field.unknown-choices"),
    ("boss: {type: formula, result: user, formula: size}", "expression.types-differ"),
])  # fmt: skip
def test_what_leads_elsewhere_is_refused(said: str, code: str) -> None:
    assert code in [each.code for each in mistakes(OVERLAY.format(said=said))]


def test_nobody_owns_a_record_by_a_formula() -> None:
    found = mistakes("overlay: entity/zebra\nowner: boss\nfields:\n  boss: {type: formula, result: user, formula: me}")

    assert [each.code for each in found] == ["formula.not-given"]
