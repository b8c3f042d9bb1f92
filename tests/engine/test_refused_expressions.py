"""What could hurt is refused at once, by a refusal of our own, before Python's parser or a record is near."""

import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import Facts
from engine.fields.base import PLAIN
from engine.fields.datetime import zone_of
from metadata.expressions import LARGEST, parse_expression
from metadata.syntax import ExpressionRefused
from tests.engine.test_expressions import NOON

FACTS = Facts(NOON, zone_of(PLAIN), "u1", frozenset(), frozenset())
QUICK = 0.25  # seconds of this process, for a text of any length


def refusal(source: str) -> str:
    began = time.process_time()
    with pytest.raises(ExpressionRefused) as refused:
        parse_expression(source)
    assert time.process_time() - began < QUICK
    [problem] = refused.value.problems
    assert 1 <= problem.column <= len(source) + 1
    assert problem.message
    return problem.code


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os').system('x')", "name.__class__.__mro__", "__builtins__", "_private == 1", "a._b", "(1).__class__",
        "2 ** 9", "2 ** 999999999", "1 << 99", "1 >> 1", "1 | 2", "1 & 2", "1 ^ 2", "~1", "a @ b",
        "[x for x in a]", "{x for x in a}", "{x: 1 for x in a}", "(x for x in a)", "lambda: 1", "lambda x: x",
        "f'{name}'", "f'{1}' == 'x'", "b'x'", "r'x'", "rb'x'", "u'x'", "'%s' % name if f'' else 1", "a[0]", "a[1:2]",
        "a['x']", "(a := 1)", "f(*a)", "f(**a)", "f(a=1)", "f(x for x in a)", "a.b()", "a.b.c(1)", "f()()", "(f)(1)[0]",
        "...", "1j", "{}", "{1}", "{'a': 1}", "yield 1", "await a", "a; b", "a = 1", "import os", "a is None", "a is not b",
        "a\\\n== 1", "a # comment", "`a`", "$a", "a ? b : c", "not_a_name!", "'''x'''", '"""x"""', "'a' 'b'.x",
    ],
)  # fmt: skip
def test_what_is_no_part_of_the_language_is_refused(source: str) -> None:
    assert refusal(source) in {"expression.not-allowed", "expression.syntax"}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "expression.empty"), (" \n\t ", "expression.empty"), ("a\0b", "expression.control"),
        ("a\x1b == 1", "expression.control"), ("a\u200b == 1", "expression.control"), ("a \u202e== 1", "expression.control"),
        ("'\ud800' == a", "expression.control"), ("'a\0' == a", "expression.control"), ("'\\x00' == a", "expression.syntax"),
        ("'\\ud800' == a", "expression.syntax"), ("'\\N{DIGIT ONE}' == a", "expression.syntax"),
        ("ｎａｍｅ == 1", "expression.not-allowed"), ("ﬁeld == 1", "expression.not-allowed"), ("𝐧ame", "expression.not-allowed"),
        ("ℯval(1)", "expression.not-allowed"), ("a == １", "expression.syntax"), ("a == ²", "expression.syntax"),
        ("a == '", "expression.syntax"), ("a == 'x\ny'", "expression.syntax"), ("(a", "expression.syntax"), ("a)", "expression.syntax"),
        ("1if a else 2", "expression.syntax"), ("0x10", "expression.syntax"), ("0b1", "expression.syntax"), ("1_000_", "expression.syntax"),
        ("007", "expression.syntax"), ("1.2.3", "expression.syntax"),
        ("a" * 4_001, "expression.too-long"), ("'" + "x" * 2_001 + "'", "expression.too-long"),
        ("(" * 50 + "1" + ")" * 50, "expression.too-deep"), ("(" * 3_999, "expression.too-deep"), ("[" * 2_000 + "]" * 2_000, "expression.too-deep"),
        ("'\\'' == " + "(" * 500 + "1" + ")" * 500, "expression.too-deep"), ("-" * 3_900 + "1", "expression.too-deep"),
        ("- " * 1_900 + "1", "expression.too-deep"), ("+" * 6 + "1", "expression.too-deep"), ("1" + " + 1" * 60, "expression.too-deep"),
        ("not " * 45 + "a", "expression.too-deep"), ("a" + ".b" * 60, "expression.too-deep"), ("a" + ".b" * 1_900, "expression.too-large"),
        (" and ".join(["a"] * 300), "expression.too-large"), ("a in (" + "1, " * 201 + ")", "expression.too-large"),
        ("9" * 3_000, "expression.too-large"), (str(LARGEST + 1), "expression.too-large"), ("1e400", "expression.too-large"),
        ("1e-400", "expression.too-large"), ("0." + "1" * 40, "expression.too-large"), ("1e19", "expression.too-large"),
        (" or ".join(["any(a)"] * 9), "expression.too-many"),
    ],
    ids=lambda value: repr(value[:30]),
)  # fmt: skip
def test_what_would_take_too_long_or_looks_like_something_else_is_refused(source: str, code: str) -> None:
    assert refusal(source) == code


@pytest.mark.parametrize(
    ("source", "column"),
    [("a == 1 and _b", 12), ("'é' == a or é", 13), ("(a ==\n  _b)", 9), ("a and 2 ** 3", 7), ("'é' == 2 ** 3", 8)],
)
def test_a_refusal_tells_the_column_in_characters(source: str, column: int) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        parse_expression(source)

    assert refused.value.problems[0].column == column


def test_what_is_just_within_the_limits_is_read() -> None:
    for source in ("a in (" + "1, " * 200 + ")", "(" * 38 + "a" + ")" * 38, " and ".join(["a"] * 198), str(LARGEST),
                   "'" + "x" * 2_000 + "' == a", "-----1", "'it\\'s' == \"it's\"", "a == .5", "a == 1e3", "a == 1_000"):  # fmt: skip
        assert parse_expression(source).source == source


PARTS = st.sampled_from(
    ["a", "b", "t", "1", "2.5", "'x'", "''", "None", "True", "(", ")", "[", "]", ",", ".", "+", "-", "*", "/", "//", "%", "**",
     "==", "!=", "<", ">=", " in ", " not in ", " and ", " or ", "not ", " if ", " else ", "lower(", "round(", "contains(",
     "case(", "coalesce(", "date(", "days_ago(", "abs(", "concat(", "year(", "1e18", "is_empty(", "changed(", "changed_to(", "is_new(",
     "trim(", "ends_with(", "has_role(", "me", "old.a", " ", "\\", "\n",
     "'", '"', "#", ":", "=", "é", "_", "🦓", "f'", "lambda ", "{", "}"]
)  # fmt: skip


@settings(max_examples=600)
@given(st.lists(PARTS, max_size=25).map("".join) | st.text(max_size=60))
@example("(a,b)<1")
@example("round(a, 1e18)")
@example("date(1e18, 1, 1)")
@example("days_ago(-1e18)")
@example("concat(" + "a," * 150 + "a)")
@example("1e18 % 1e-20")
@example("(1e18 * 1e18) // 1e-28")
def test_any_text_is_refused_or_comes_to_something_small_soon(source: str) -> None:
    began = time.process_time()
    try:
        closure = compile_closure(parse_expression(source))
        result = closure(Given({"a": Decimal(7), "b": Decimal("-0.5"), "t": "x" * 100}, FACTS))
    except ExpressionRefused:
        result = None
    took = time.process_time() - began

    assert took < QUICK
    if isinstance(result, str):
        assert len(result) <= 20_000
    if isinstance(result, Decimal):
        assert result.is_finite()
        assert abs(result) <= LARGEST
