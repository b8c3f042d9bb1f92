"""A condition is said in plain words, with the labels, choices and titles that people know."""

import pytest

from engine.context import Actor
from engine.errors import Denied
from engine.records.commands import create_record
from engine.records.wording.conditions import word_filter
from engine.tenant import Tenant
from metadata.expressions import parse_expression


def words(tenant: Tenant, source: str, actor: Actor | None = None) -> str:
    with tenant.reading(actor) if actor else tenant.reading() as ctx:
        entity = ctx.machine.catalog.entities["zebra"]
        return word_filter(ctx, entity, parse_expression(source).root)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("size > 1000 and owner == me", "size is more than 1,000 and owner is me"),
        ("herd in ('north', 'south')", "herd is North or South"),
        ("stage == 'grown' or is_won", "either stage is Grown up or it is won"),
        ("not is_open and not is_empty(born)", "it is not open and born is not empty"),
        ("born < '2026-01-31'", "born is before Jan 31, 2026"),
        ("born >= today() - days(30) and born <= today()", "born is in the last 30 days"),
        ("born >= today() and born <= today() + weeks(1)", "born is in the next week"),
        ("created_at < days_ago(30)", "created is more than 30 days ago"),
        ("born >= start_of(today(), 'month') and born <= end_of(today(), 'month')", "born is this month"),
        ("contains(name, 'Zed') and not contains(traits, 'shy')", "name contains “Zed” and traits does not contain “shy”"),
        ("mother.herd == 'north'", "mother: Herd is North"),
        ("any(children, size > 1 and is_open)", "it has children where size is more than 1 and it is open"),
        ("not any(children) and count(friends) >= 2", "it has no children and it has at least 2 friends"),
        ("count(children, is_open) < 1", "it has fewer than 1 zebra where it is open"),
        ("all(children, size > -1.50)", "for all children: size is more than -1.5"),
        ("not (size > 1 or herd == 'north')", "it is not so that size is more than 1 or herd is North"),
        ("size * (price - 2) > mother.size / 2 - 1", "size × (price − 2) is more than mother: Size ÷ 2 − 1"),
        ("sum(children.size, herd == 'north') > size", "the sum of size of children where herd is North is more than size"),
        ("days_between(born, today()) > 30", "the days from born to today is more than 30"),
        ("(size if is_open else 0) > 1", "size if it is open, else 0 is more than 1"),
        ("max(size, price) > 1 and length(name) == 3", "the largest of size and price is more than 1 and the length of name is 3"),
        ("any(children, parent.size > size)", "it has children where the zebra’s size is more than size"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_sentence(tenant: Tenant, source: str, said: str) -> None:
    assert words(tenant, source) == f"Zebras where {said}"


def test_linked_records_are_called_by_their_titles(tenant: Tenant, keeper: Actor) -> None:
    with tenant.writing() as ctx:
        mother = create_record(ctx, "zebra", {"name": "Zora"}).id

    assert words(tenant, f"mother == '{mother}'") == "Zebras where mother is Zora"
    assert words(tenant, f"any(children, mother == '{mother}')").endswith("it has children where mother is Zora")
    assert "Zora" not in words(tenant, f"mother == '{mother}'", keeper)


def test_what_is_closed_is_put_in_no_words(tenant: Tenant, keeper: Actor) -> None:
    with pytest.raises(Denied):
        words(tenant, "secret == 'x'", keeper)
