"""Any expression that can be read fits what it speaks of, or is told why not, with its place."""

from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.catalog import Catalog
from metadata.expression_types import check_expression
from metadata.expressions import parse_expression
from metadata.syntax import ExpressionRefused
from tests.metadata.compiling import compiled
from tests.metadata.speaking import sources

NAMES = ["name", "herd", "herd.name", "herd.place.city", "herd.zebras", "friends", "friends.name", "friend_of", "coat", "stage",
         "stage.category", "stage.nothing", "size", "price", "born", "seen", "tame", "traits", "owner", "owner.email", "me", "me.teams",
         "me.email", "me.teams.x", "parent", "parent.size", "old", "old.size", "old.stage.category", "is_open", "nothing", "id", "title",
         "created_by", "created_by.name", "herd.is_open", "herd.place", "place"]  # fmt: skip
SOURCES = sources(NAMES)
FOUND = compiled().catalog


def catalog() -> Catalog:
    assert FOUND is not None
    return FOUND


@settings(max_examples=800)
@given(SOURCES, st.booleans(), st.sampled_from(["", "boolean", "number", "record"]))
def test_every_expression_fits_or_is_told_why_not(source: str, old: bool, expects: str) -> None:
    try:
        expression = parse_expression(source)
    except ExpressionRefused:
        return

    problems = check_expression(expression, "zebra", catalog().entities, expects=expects, old=old)

    for problem in problems:
        assert problem.code.startswith("expression.")
        assert 1 <= problem.column <= len(expression.source)
        assert problem.column + problem.length - 1 <= len(expression.source)


def problems(source: str, *, old: bool = False) -> list[str]:
    found = check_expression(parse_expression(source), "zebra", catalog().entities, expects="boolean", old=old)
    return [problem.code.removeprefix("expression.") for problem in found]


def test_all_that_is_wrong_with_an_expression_is_told_at_once() -> None:
    assert problems("nothing == 1 and name > 'x' and coat == 'hairy' and friends == me and size") == [
        "unknown-field", "not-ordered", "unknown-value", "to-many-value", "not-a-condition",
    ]  # fmt: skip


def test_one_mistake_is_told_once() -> None:
    assert problems("round(nothing + 1) * 2 > nothing") == ["unknown-field", "unknown-field"]


def test_what_is_right_is_let_through() -> None:
    for source in (
        "size >= 1000 and stage in ('calf', 'grown')", "herd.place.city == 'x' and not contains(name, 'test')",
        "any(friends, coat == 'plain' and parent.size > size)", "count(friends) > 1", "owner == me or owner in me.teams",
        "me in friends", "'x' in traits", "born > '2024-01-01' and seen < days_ago(30)", "price > 1 and price > size",
        "(tame if size > 1 else is_open)", "case(tame, 1, 2) == 2", "coalesce(size, price, 1) > 1", "1 < size < 3",
        "is_empty(friends) or is_empty(herd.zebras)", "born == None", "has_role('admin')", "created_by == me",
    ):  # fmt: skip
        assert problems(source) == [], source
    assert problems("changed('stage') and old.stage == 'grown' and changed_to('born', '2024-01-01')", old=True) == []


def test_money_is_rounded_but_counts_no_days_or_letters() -> None:
    for source in ("days_ago(price) > now()", "left(name, price) == 'x'", "born + days(price) == born", "date(price, 1, 1) == born"):
        assert problems(source) in (["argument-type"], ["not-a-number"]), source
    assert problems("round(price, 1) > 2 and abs(price) > 1 and floor(price) < 3") == []
