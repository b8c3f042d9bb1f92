"""An expression is printed as it could have been written: it reads back to the same tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.expressions import MOST_TEXT, parse_expression
from metadata.printing import print_expression
from metadata.syntax import ExpressionRefused, Literal
from tests.metadata.speaking import sources

NAMES = ["name", "herd.name", "friends", "size", "price", "me", "parent.size"]
TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cf")) | st.sampled_from("\n\r\t'\"\\"),
    min_size=1,
    max_size=40,
)


def printed(source: str) -> str:
    return print_expression(parse_expression(source).root)


@settings(max_examples=1000)
@given(sources(NAMES))
def test_what_is_printed_reads_back_to_the_same_tree(source: str) -> None:
    try:
        root = parse_expression(source).root
    except ExpressionRefused:
        return

    assert parse_expression(print_expression(root)).root == root


@given(TEXTS)
def test_any_text_is_printed_as_a_constant(text: str) -> None:
    assert parse_expression(print_expression(Literal(text))).root == Literal(text)


@given(st.decimals(min_value=0, max_value=10**18, allow_nan=False, places=9))
def test_any_number_is_printed_exactly(number: object) -> None:
    assert parse_expression(printed(str(number))).root == parse_expression(str(number)).root


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("((a))and(b)", "a and b"),
        ("(a and b) or c", "a and b or c"),
        ("a and (b or c)", "a and (b or c)"),
        ("a or (b or c)", "a or (b or c)"),
        ("not (a == 1)", "not a == 1"),
        ("not (a or b)", "not (a or b)"),
        ("(not a) == b", "(not a) == b"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("-(a * b) * c", "-(a * b) * c"),
        ("a * (-b)", "a * -b"),
        ("(x if a else y) if (b if c else d) else (z if d else w)", "(x if a else y) if (b if c else d) else z if d else w"),
        ("1 <= a < 5", "1 <= a and a < 5"),
        ("a in ['x']", "a in ['x']"),
        ("a not in ['x', \"y\"]", "a not in ('x', 'y')"),
        ("a in ()", "a in ()"),
        ("name == \"it's\"", "name == \"it's\""),
        ("1e3 + 0.50 + 0e-99", "1000 + 0.50 + 0"),
        ("name == ''", "name == None"),
    ],
)  # fmt: skip
def test_it_is_printed_with_the_fewest_brackets(source: str, text: str) -> None:
    assert printed(source) == text


def test_the_longest_text_there_may_be_is_printed() -> None:
    assert printed(f"name == '{'x' * MOST_TEXT}'") == f"name == '{'x' * MOST_TEXT}'"
