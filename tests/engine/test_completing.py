"""What may come next in an expression is offered while it is written: never what is closed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.context import Actor
from engine.records.completing import complete
from engine.records.glance import glance
from engine.tenant import Tenant


def offered(tenant: Tenant, before: str, actor: Actor | None = None) -> list[str]:
    with tenant.reading(actor) if actor else tenant.reading() as ctx:
        return [each.text for each in complete(ctx, "zebra", before)]


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("", ["name", "owner", "herd"]),
        ("siz", ["size"]),
        ("size > 1 and he", ["herd"]),
        ("mother.he", ["mother.herd"]),
        ("mother.mother.st", ["mother.mother.stage"]),
        ("stage.cat", ["stage.category"]),
        ("owner.na", ["owner.name"]),
        ("me.na", ["me.name"]),
        ("is_o", ["is_open"]),
        ("conta", ["contains("]),
        ("herd == '", ["'north'", "'south'"]),
        ("herd == 'so", ["'south'"]),
        ("herd in ('north', \"so", ["'south'"]),
        ("mother.stage != '", ["'calf'", "'young'", "'grown'"]),
        ("any(children, he", ["herd"]),
        ("any(children, herd == 'n", ["'north'"]),
        ("any(friends, parent.siz", ["parent.size"]),
        ("sum(children.pri", ["children.price"]),
        ("born >= start_of(today(), 'q", ["'quarter'"]),
        ("any(children, size > 1) and si", ["size"]),
        ("size ", ["== ", "!= ", "> "]),
        ("herd ", ["== ", "!= ", "in "]),
        ("size > 1 ", ["and ", "or "]),
        ("herd == 'north' ", ["and ", "or "]),
    ],
)
def test_what_fits_is_offered(tenant: Tenant, before: str, first: list[str]) -> None:
    assert offered(tenant, before)[: len(first)] == first


@pytest.mark.parametrize("before", ["size > 1", "herd == 'north'", "is_empty(born)", "nothing.at", "size > 1 and zzz"])
def test_nothing_stands_in_the_way_of_what_may_be_done(tenant: Tenant, before: str) -> None:
    assert offered(tenant, before) == []


def test_what_is_closed_is_never_offered(tenant: Tenant, keeper: Actor) -> None:
    assert offered(tenant, "secr") == ["secret"]
    for before in ("secr", "mother.secr", "any(children, secr", "secret == '", "secret.", "any(secret, "):
        assert "secret" not in " ".join(offered(tenant, before, keeper))


@given(st.text(alphabet="siz eher.d=='()[],<>!anyme.parent\"\\", max_size=30))
def test_any_text_can_be_glanced_at(before: str) -> None:
    assert glance(before).word in before
