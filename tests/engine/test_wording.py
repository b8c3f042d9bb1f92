"""A condition is said in plain words, with the labels, choices and titles that people know."""

import pytest

from engine.context import Actor
from engine.errors import Denied
from engine.records.commands import create_record
from engine.records.wording import word_filter
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
        ("stage == 'grown' or is_won", "either stage is Grown up or is won"),
        ("not is_open and not is_empty(born)", "is not open and born is not empty"),
        ("born < '2026-01-31'", "born is before Jan 31, 2026"),
        ("born >= today() - days(30) and born <= today()", "born is in the last 30 days"),
        ("born >= today() and born <= today() + weeks(1)", "born is in the next week"),
        ("created_at < days_ago(30)", "created is more than 30 days ago"),
        ("born >= start_of(today(), 'month') and born <= end_of(today(), 'month')", "born is this month"),
        ("contains(name, 'Zed') and not contains(traits, 'shy')", "name contains “Zed” and traits does not contain “shy”"),
        ("mother.herd == 'north'", "mother: Herd is North"),
        ("any(children, size > 1 and is_open)", "has children where size is more than 1 and is open"),
        ("not any(children) and count(friends) >= 2", "has no children and has at least 2 friends"),
        ("all(children, size > -1.50)", "for all children: size is more than -1.5"),
        ("not (size > 1 or herd == 'north')", "not so that size is more than 1 or herd is North"),
        ("size * 2 > 3", "“size * 2 > 3”"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_sentence(tenant: Tenant, source: str, said: str) -> None:
    assert words(tenant, source) == f"Zebras where {said}"


def test_linked_records_are_called_by_their_titles(tenant: Tenant, keeper: Actor) -> None:
    with tenant.writing() as ctx:
        mother = create_record(ctx, "zebra", {"name": "Zora"}).id

    assert words(tenant, f"mother == '{mother}'") == "Zebras where mother is Zora"
    assert words(tenant, f"any(children, mother == '{mother}')").endswith("has children where mother is Zora")
    assert "Zora" not in words(tenant, f"mother == '{mother}'", keeper)


def test_what_is_closed_is_put_in_no_words(tenant: Tenant, keeper: Actor) -> None:
    with pytest.raises(Denied):
        words(tenant, "secret == 'x'", keeper)
