"""Whatever a filter says, the panel's inputs say the same: nothing is lost on the way there and back."""

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.expressions import parse_expression
from metadata.filters.putting import put_together
from metadata.filters.taking import take_apart
from metadata.printing import print_expression
from tests.ui_builder.test_filter_panel import where
from tests.ui_builder.visiting import Visitor

SAID = [
    "size > 1000", "size >= -2.5", "herd == 'north'", "herd in ('north', 'south')", "is_empty(born)", "contains(name, ' a')",
    "name in ('Zed', 'Zoe')", "name in ('a, b', 'c')", "name == 'it\\'s \"x\"'", "owner == me", "owner.name == 'Ada'", "is_open", "not is_won",
    "contains(traits, 'x')", "'y' in traits", "mother.herd == 'north'", "mother.mother.mother.mother.size > 1", "price > 5",
    "mother == '0190a7c0-0000-7000-8000-000000000001'", "any(children, parent.size > size)", "any(children, any(friends, size > 1))",
    "count(children, size > 1) >= 2", "not any(children)", "all(children, herd == 'north')", "is_empty(children)", "me in friends",
    "'0190a7c0-0000-7000-8000-000000000001' in friends", "any(owner.teams, id in me.teams)", "me.name == 'Ada'",
    "born < '2026-01-31'", "born < '2026-01-31T10:00'", "created_at > '2026-01-31T10:00:30Z'", "created_at > '2026-01-31'",
    "created_at >= today() - days(7) and created_at <= today()", "created_at < days_ago(30)", "born > days_ago(-5)", "born > days_ago(20000)",
    "born >= today() - weeks(2) and born <= today()", "born >= start_of(today(), 'year') and born <= end_of(today(), 'year')",
    "created_at == '2026-01-31T10:00'", "size * 2 > price", "stage == 'calf'", "stage.category == 'open'", "size == None", "born != None",
    "(size if is_open else 1) > 1", "max(children.size) > 3", "updated_by != me", "title == 'x'", "version == 1", "id == 'x'",
]  # fmt: skip
CONDITIONS = st.recursive(
    st.sampled_from(SAID),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        inner.map(lambda each: f"not ({each})"),
        inner.map(lambda each: f"any(friends, {each})"),
    ),
    max_leaves=6,
)


class Inputs(HTMLParser):
    """What a browser would send of the inputs in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._select = ""
        self._in_template = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self._in_template |= tag == "template"
        if self._in_template:
            return
        if tag == "select":
            self._select = held.get("name", "")
        elif tag == "option" and self._select and "selected" in held:
            self.sent.append((self._select, held.get("value", "")))
        elif tag == "input" and held.get("name"):
            ticked = "checked" in held or held.get("type") not in {"checkbox", "radio"}
            self.sent += [(held["name"], held.get("value", ""))] if ticked else []

    def handle_endtag(self, tag: str) -> None:
        self._in_template &= tag != "template"


def there_and_back(visitor: Visitor, source: str) -> str:
    """The text that the panel's rows say, which were drawn for a text."""
    drawn = visitor.get(f"/filters/all_zebras?{urlencode({'where': source})}")
    assert "data-mistake" not in drawn.html, source
    inputs = Inputs()
    inputs.feed(drawn.html)
    return where(visitor.get(f"/filters/all_zebras?{urlencode([*inputs.sent, ('rows', 'yes')])}"))


def tidy(source: str) -> str:
    root = put_together(take_apart(parse_expression(source).root))
    assert root is not None
    return print_expression(root)


@pytest.mark.parametrize("source", SAID)
def test_a_condition_comes_back_as_it_was(ada: Visitor, source: str) -> None:
    again = there_and_back(ada, source)

    assert again in {tidy(source), tidy(source).replace("'2026-01-31'", "'2026-01-31T00:00'")}


@settings(max_examples=60)
@given(CONDITIONS)
def test_so_does_any_filter_built_of_them(ada: Visitor, source: str) -> None:
    again = there_and_back(ada, source)

    assert again.replace("T00:00'", "'") == tidy(again).replace("T00:00'", "'") == tidy(source).replace("T00:00'", "'")


@pytest.mark.parametrize("count", [60, 150])
def test_so_does_a_filter_of_more_parts_than_the_panel_has_rows(ada: Visitor, count: int) -> None:
    source = " and ".join(["is_open"] * count)

    assert there_and_back(ada, source) == source


def test_so_does_a_filter_of_more_levels_than_the_panel_shows(ada: Visitor) -> None:
    source = "size > 1"
    for level in range(8):
        source = f"any(children, {source})" if level < 4 else f"(is_open or {source} and is_won)"

    assert there_and_back(ada, source) == tidy(source)
