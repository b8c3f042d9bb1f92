"""A filter may be built of rows and groups, or written: each says what the other does, and nothing is lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.expressions import parse_expression
from metadata.filters.parts import Group, Many, Piece, Row, Span
from metadata.filters.putting import put_together
from metadata.filters.taking import take_apart
from metadata.printing import print_expression
from metadata.syntax import Node

SAID = [
    "size > 1000", "size >= -2.5", "herd == 'north'", "herd in ('north', 'south')", "herd not in ['north']",
    "is_empty(born)", "not is_empty(born)", "contains(name, 'a')", "not contains(name, 'a')", "starts_with(name, 'a')",
    "owner == me", "owner != me", "owner.team in me.teams", "any(owner.teams, id in me.teams)", "is_open", "not is_open", "contains(traits, 'x')",
    "any(children, size > 1 and herd == 'north')", "not any(children)", "all(children, size > 1 or is_won)",
    "count(children, is_open) >= 2", "any(children, any(children, size > 1))", "mother.herd == 'north'",
    "born >= today() - days(30) and born <= today()", "born >= today() and born <= today() + weeks(2)",
    "created_at >= days_ago(7) and created_at <= now()", "created_at < days_ago(30)", "born > today() + months(1)",
    "born >= start_of(today(), 'month') and born <= end_of(today(), 'month')", "born < '2026-01-31'",
    "not (size > 1 or herd == 'north')", "not size > 1",
    "size * 2 > price", "size > mother.size", "length(name) > 3", "'a' == 'b'", "max(children.size) > 3",
    "round(size) == 2", "count(children) > count(friends)", "(size if is_open else price) > 1", "case(is_open, size > 1)",
]  # fmt: skip
CONDITIONS = st.recursive(
    st.sampled_from(SAID),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        inner.map(lambda each: f"not ({each})"),
        inner.map(lambda each: f"any(friends, {each})"),
    ),
    max_leaves=5,
)


def root(source: str) -> Node:
    return parse_expression(source).root


def rebuilt(source: str) -> str:
    node = put_together(take_apart(root(source)))
    assert node is not None
    return print_expression(node)


def words(source: str) -> list[str]:
    """What a text speaks of, whatever joins it."""
    return sorted(each for each in re.findall(r"[\w.']+", source) if each not in {"and", "or", "not"})


@pytest.mark.parametrize("source", SAID)
def test_what_is_built_anew_reads_as_it_did(source: str) -> None:
    assert rebuilt(source) == print_expression(root(source))


@settings(max_examples=300)
@given(CONDITIONS)
def test_a_filter_built_of_a_filter_is_the_same(source: str) -> None:
    once = rebuilt(source)

    assert rebuilt(once) == once


@given(CONDITIONS)
def test_no_name_and_no_constant_is_lost(source: str) -> None:
    written = print_expression(root(source))

    assert words(rebuilt(source)) == words(written)


def test_each_way_of_saying_a_thing_becomes_a_row() -> None:
    group = take_apart(root("1000 < size and me == owner and any(owner.teams, id in me.teams) and 'x' in traits and born == None and born > '2026-01-31'"))

    assert [(part.path, part.operator) for part in group.parts if isinstance(part, Row)] == [
        ("size", "gt"), ("owner", "me"), ("owner", "mates"), ("traits", "contains"), ("born", "empty"), ("born", "gt"),
    ]  # fmt: skip


def test_groups_relations_and_stretches_of_time_keep_their_shape() -> None:
    group = take_apart(root(
        "(herd == 'north' or not (is_open or is_won)) and count(children, size > 1) > 2 "
        "and born >= today() - weeks(2) and born <= today() and size * 2 > 3"
    ))  # fmt: skip

    either, many, span, piece = group.parts
    assert isinstance(either, Group)
    assert (either.join, isinstance(either.parts[1], Group) and either.parts[1].join) == ("or", "nor")
    assert isinstance(many, Many)
    assert (many.path, many.operator, len(many.inside.parts)) == ("children", "count_gt", 1)
    assert span == Span("born", "last", 2, "weeks")
    assert piece == Piece("size * 2 > 3")
