"""What an expression means: for empty values, exact numbers, days where the asker is, and writes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simpleeval import EvalWithCompoundTypes

from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import Facts
from engine.fields.base import Reader
from engine.fields.datetime import zone_of
from metadata.expressions import parse_expression
from metadata.syntax import ExpressionRefused

NOON = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)  # a day later in Berlin

EMPTY: Mapping[str, Any] = {}
ZONE = zone_of(Reader("Europe/Berlin"))
FACTS = Facts(NOON, ZONE, "u1", frozenset(("admin",)), frozenset(("t1", "t2")))
BOTH = {"a": Decimal(3), "b": Decimal(2), "t": "Ada", "n": None}


def value(source: str, operands: Mapping[str, Any] = EMPTY, old: Mapping[str, Any] | None = None) -> Any:
    return compile_closure(parse_expression(source))(Given(operands, FACTS, old))


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("n < 1", False), ("1 < n", False), ("n >= n", False), ("not n < 1", True), ("n == n", True),
        ("n == 1", False), ("n != 1", True), ("n != n", False), ("n == ''", True), ("t != ''", True),
        ("n + 1", None), ("1 - n", None), ("-n", None), ("1 / 0", None), ("1 // 0", None), ("1 % 0", None),
        ("not n", True), ("n and True", False), ("n or True", True), ("1 if n else 2", Decimal(2)),
        ("contains(n, 'a')", False), ("contains(t, '')", False), ("contains(t, n)", False), ("starts_with(n, 'a')", False),
        ("ends_with(t, n)", False), ("n in (1, 2)", False), ("n in (None, 2)", True), ("n not in (1, 2)", True),
        ("lower(n)", None), ("concat(n, 'a', n)", "a"), ("concat(n, n)", None), ("length(n)", None), ("trim('  ')", None),
        ("abs(n)", None), ("round(n)", None), ("is_empty(n)", True), ("is_empty('')", True), ("coalesce(n, n, 1)", Decimal(1)),
        ("case(n, 1, t == 'Ada', 2, 3)", Decimal(2)), ("case(n, 1)", None), ("days_ago(n)", None), ("year(n)", None),
        ("date(2024, n, 1)", None), ("date(2023, 2, 29)", None), ("has_role(n)", False),
    ],
)  # fmt: skip
def test_an_empty_value_means_what_the_language_says(source: str, result: Any) -> None:
    assert value(source, BOTH) == result
    assert type(value(source, BOTH)) is type(result)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("0.1 + 0.2 == 0.3", True), ("1 / 3 * 3 == 1", False), ("2.50 == 2.5", True), ("-7 // 2", Decimal(-4)),
        ("-7 % 3", Decimal(2)), ("7 % -3", Decimal(-2)), ("round(2.5)", Decimal(2)), ("round(3.5)", Decimal(4)),
        ("round(2.345, 2)", Decimal("2.34")), ("1e18 * 10", None), ("1e18 + 1 - 1", None), ("999999999999999999 + 1", Decimal(10**18)),
        ("1 < 2 < 3", True), ("3 > 2 > 2", False), ("upper('straße')", "STRASSE"), ("contains('STRASSE', 'straße')", False),
        ("contains('ÄPFEL', 'äpf')", True), ("length('🦓')", Decimal(1)), ("concat('a', 1.50, None)", "a1.5"),
        ("today() == '2024-03-01'", True), ("today() > '2024-02-29'", True), ("now() > today()", True),
        ("now() == '2024-03-01T00:30'", True), ("now() == '2024-02-29T23:30:00Z'", True), ("days_ago(1) < today()", True),
        ("day(now())", Decimal(1)), ("month(now())", Decimal(3)), ("year(today())", Decimal(2024)),
        ("days_from_now(1e17) > now()", True), ("today() == 'soon'", False), ("today() != 'soon'", True),
        ("date(2024, 3, 31) == '2024-03-31'", True),
        ("me", "u1"), ("'t1' in me.teams", True), ("has_role('admin')", True), ("has_role('boss')", False),
    ],
)  # fmt: skip
def test_numbers_are_exact_and_days_are_the_askers(source: str, result: Any) -> None:
    assert value(source) == result


def test_a_write_knows_what_was_before() -> None:
    now, before = {"a": Decimal(2), "t": "x"}, {"a": Decimal(1), "t": "x"}

    assert value("old.a < a and changed('a') and not changed('t')", now, before) is True
    assert value("changed_to('a', 2) and not changed_to('a', 3) and not is_new()", now, before) is True
    assert value("is_new() and old.a == None and changed('a')", now) is True


NUMBERS = st.decimals(-1000, 1000, places=2, allow_nan=False, allow_infinity=False)
COMMON = st.recursive(
    st.sampled_from(["a", "b", "c", "2", "0.5", "10"]),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
    max_leaves=6,
)
QUESTIONS = st.recursive(
    st.tuples(COMMON, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), COMMON).map(" ".join)
    | st.tuples(COMMON, st.sampled_from([" in ", " not in "])).map(lambda p: f"{p[0]}{p[1]}(a, b, 10)")
    | st.tuples(COMMON, st.sampled_from(["/", "//", "%"]), st.sampled_from(["a", "b"])).map(lambda p: f"({' '.join(p)}) > 1"),
    lambda inner: st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(lambda p: f"({p[0]}{p[1]}{p[2]})")
    | inner.map(lambda p: f"not ({p})"),
    max_leaves=5,
)  # fmt: skip


class Exact(EvalWithCompoundTypes):  # type: ignore[misc]  # it comes without types
    """simpleeval, with numbers as they are written."""

    def _eval_constant(self, node: Any) -> Any:
        return Decimal(str(node.value)) if isinstance(node.value, int | float) else node.value


@given(QUESTIONS, NUMBERS, NUMBERS, NUMBERS)
@settings(max_examples=300)
def test_an_independent_evaluator_comes_to_the_same(source: str, a: Decimal, b: Decimal, c: Decimal) -> None:
    if a == 0 or b == 0 or (("//" in source or "%" in source) and (a < 0 or b < 0 or c < 0 or "-" in source)):
        return  # Decimal's own division rounds towards zero, ours down as Python's whole numbers do
    names = {"a": a, "b": b, "c": c}

    assert value(source, names) == Exact(names=names).eval(source)


@pytest.mark.parametrize("source", ["mother.name.x", "me.email == 'x'", "count(friends) > 1", "in_team('x')", "[1, 2]"])
def test_what_a_record_alone_can_t_answer_is_refused_beforehand(source: str) -> None:
    with pytest.raises(ExpressionRefused) as refusal:
        compile_closure(parse_expression(source))

    assert refusal.value.problems[0].code == "expression.not-available"


def test_an_expression_is_compared_by_its_text() -> None:
    assert parse_expression(" a == 1 ") == parse_expression("a == 1")
