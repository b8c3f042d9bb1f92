"""A plugin's function means one thing wherever an expression may stand, and is refused where it can't be asked."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from engine.context import Actor, Context
from engine.errors import Invalid, Malformed
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import facts_of
from engine.expressions.javascript import can_run_in_browser, write_function
from engine.expressions.plugins import Forms, plug_in, unplug
from engine.records.commands import create_record
from engine.records.queries import Query, list_records
from engine.tenant import Tenant
from metadata.expressions import parse_expression
from metadata.functions import Function
from tests.engine.publishing import breed, okapis, publish
from tests.engine.test_in_browser import Browser, browser, bundle, told  # noqa: F401 - fixtures
from tests.engine.test_one_meaning import ctx, rows  # noqa: F401 - fixtures

SIZES = (None, Decimal("0.5"), Decimal(3), Decimal("-7.25"), Decimal("123456789.01"))
OKAPI = """
entity: okapi
fields:
  name: {type: text, required: true}
  size: {type: decimal}
  legs: {type: integer}
  born: {type: date}
  area: {type: formula, result: decimal, formula: "squared(size) + squared(legs)"}
  code: {type: formula, result: text, formula: "initials(name, 2)"}
  is_leap: {type: formula, result: boolean, formula: "leaps(born)"}
  total: {type: formula, result: decimal, formula: "sum(children.area, squared(size) > 1)"}
  mother: {type: link, to: okapi, inverse: children}
rules:
  not_huge: {check: "squared(size) < 1000000 or is_empty(size)", message: Too big}
"""


def squared(number: Decimal) -> Decimal:
    """A number by itself."""
    return number * number


def initials(text: str, count: Decimal) -> str:
    """How a text begins, in capitals, and "?" behind it."""
    return text[: max(0, int(count))].upper() + "?"


@pytest.fixture
def plugged() -> Iterator[None]:
    """Three functions of a plugin: of SQL on both databases, of SQL on one, of Python alone."""
    plug_in("squared", Function(("number",), "number", 1), Forms(
        python=squared, sql=lambda x: sa.func.pulse_multiply(x, x), javascript="(r, x) => r.join('*', x, x)",
    ))  # fmt: skip
    plug_in("initials", Function(("text", "number"), "text", 2), Forms(
        python=initials, sqlite_asks_python=True,
        sql=lambda text, count: sa.func.upper(sa.func.left(text, sa.cast(sa.func.trunc(count), sa.Integer))).concat("?"),
    ))  # fmt: skip
    plug_in("leaps", Function(("date",), "boolean", 1), Forms(
        python=lambda day: day.year % 4 == 0, sqlite_asks_python=True,
        sql=lambda day: sa.extract("year", day) % 4 == 0,
    ))  # fmt: skip
    plug_in("guessed", Function(("text",), "boolean", 1), Forms(python=lambda text: text.startswith("A")))
    yield
    for name in ("squared", "initials", "leaps", "guessed"):
        unplug(name)


@pytest.mark.usefixtures("plugged")
def test_it_runs_in_formulas_filters_and_rules(tenant: Tenant, admin: Actor) -> None:
    publish(tenant, OKAPI)
    mother = breed(tenant, name="Mother")
    for at, size in enumerate(SIZES[:4]):
        breed(tenant, name=f"child {at}", size=size, legs=at, born=f"202{at}-01-01", mother=mother)

    with tenant.reading(admin) as acting:
        large = list_records(acting, Query(entity="okapi", where=("squared(size) > 9 - legs and initials(name, 1) == 'C?'",)))
    with tenant.writing(admin) as acting, pytest.raises(Invalid, match="Too big"):
        create_record(acting, "okapi", {"name": "huge", "size": 1001})

    assert {record.title for record in large.records} == {"child 2", "child 3"}
    assert okapis(tenant, "area")["child 2"] == Decimal(13)
    assert okapis(tenant, "code")["child 1"] == "CH?"
    assert okapis(tenant, "total")["Mother"] == Decimal(13) + Decimal("61.56")
    assert okapis(tenant, "is_leap") == {"Mother": False, "child 0": True, "child 1": False, "child 2": False, "child 3": False}


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize("source", [
    "squared(size)", "squared(size) / 3", "squared(squared(size))", "squared(legs)", "initials(name, legs)",
    "initials(name, size)", "leaps(born)", "not leaps(born)", "initials(concat(name, size), squared(legs))",
])  # fmt: skip
def test_python_and_the_database_agree(tenant: Tenant, admin: Actor, source: str) -> None:
    kind = {"s": "decimal", "i": "text"}.get(source[0], "boolean")
    publish(tenant, f'{OKAPI}', f'overlay: entity/okapi\nfields:\n  asked: {{type: formula, result: {kind}, mode: read, formula: "{source}"}}')
    for at, size in enumerate(SIZES):
        with tenant.writing() as acting:
            values = {"name": f"okapi {at}", "size": None, "legs": at or None, "born": f"200{at}-02-28" if at else None}
            create_record(acting, "okapi", values | ({"size": size} if size is not None and size < 1000 else {}))

    closure = compile_closure(parse_expression(source))
    with tenant.reading(admin) as acting:
        found = list_records(acting, Query(entity="okapi")).records
        in_python: dict[str, Any] = {r.id: closure(Given(r.values, facts_of(acting))) for r in found}

    for record in found:
        expected, value = in_python[record.id], record.values["asked"]
        assert value == (round(expected, 2) if isinstance(expected, Decimal) else expected), record.title


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize(("said", "where"), [
    ('bad: {type: formula, result: boolean, formula: "guessed(name)"}', "formula"),
    ('bad: {type: link, to: okapi, filter: "guessed(name)"}', "filter"),
    ('bad: {type: text, default: "= \'x\' if any(mother.children, guessed(name)) else \'y\'"}', "default"),
])  # fmt: skip
def test_what_python_alone_knows_is_refused_where_a_database_is_asked(tenant: Tenant, said: str, where: str) -> None:
    with pytest.raises(Invalid) as refusal:
        publish(tenant, f"{OKAPI.partition('rules:')[0]}  {said}\n")

    [problem] = refusal.value.problems
    assert problem.code == "expression.not-askable", where
    assert "guessed can't be asked of a database" in problem.message


@pytest.mark.usefixtures("plugged")
def test_what_python_alone_knows_decides_over_writes(tenant: Tenant, admin: Actor) -> None:
    publish(tenant, OKAPI.partition("rules:")[0] + "rules:\n  no_a: {check: not guessed(name), message: No A}\n")

    with tenant.writing(admin) as acting, pytest.raises(Invalid, match="No A"):
        create_record(acting, "okapi", {"name": "Anna"})
    with tenant.reading(admin) as acting, pytest.raises(Malformed, match="guessed can't be asked of a database"):
        list_records(acting, Query(entity="okapi", where=("guessed(name)",)))


@pytest.mark.usefixtures("plugged")
def test_a_browser_runs_what_has_javascript_and_asks_the_server_otherwise(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    with tenant.reading() as acting:
        entity = acting.machine.catalog.entities["okapi"]
    expression = parse_expression("squared(size) > 4")

    assert can_run_in_browser(expression, entity)
    assert "(r, x) => r.join('*', x, x)" in write_function(expression, "asked")
    assert not can_run_in_browser(parse_expression("initials(name, 2)"), entity)


@pytest.mark.usefixtures("plugged")
def test_a_browser_comes_to_the_same(ctx: Context, rows: Mapping[str, Any], browser: Browser) -> None:  # noqa: F811
    expression = parse_expression("squared(size) + squared(count)")
    closure = compile_closure(expression)

    answers = browser.answers(expression, [(values, None) for values in rows.values()])

    assert answers == [told(closure(Given(values, facts_of(ctx)))) for values in rows.values()]
    assert len({str(answer) for answer in answers}) > 5


@pytest.mark.usefixtures("plugged")
def test_its_arguments_are_checked(tenant: Tenant) -> None:
    with pytest.raises(Invalid) as refusal:
        publish(tenant, OKAPI.replace("leaps(born)", "leaps(created_at)").replace("initials(name, 2)", "initials(name)"))

    messages = [problem.message for problem in refusal.value.problems]
    assert any("leaps takes a date, not a datetime" in each for each in messages)
    assert any("initials takes 2 values" in each for each in messages)


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize("name", ["lower", "squared", "_hidden", "two words"])
def test_a_name_that_is_taken_or_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        plug_in(name, Function(("text",), "text", 1), Forms(python=str))
