"""Whatever an address says of where to go on, one stays here."""

from urllib.parse import urlsplit

import pytest

from engine.access.accounts import set_password
from engine.context import Actor
from engine.tenant import Tenant
from tests.ui_builder.visiting import Visitor

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/ /evil.example",
    "///evil.example",
    "/%09/evil.example\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "evil.example",
    "",
]
PASSWORD = "a good long secret"


@pytest.fixture
def kim_with_password(stranger: Visitor, shared: Tenant, people: dict[str, Actor]) -> Visitor:
    """A browser that Kim, who has a password, may sign in with."""
    with shared.writing() as ctx:
        set_password(ctx.connection, str(people["Kim"].id), PASSWORD, ctx.now())
    return stranger


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_goes_on_to_no_other_site(kim_with_password: Visitor, address: str) -> None:
    shown = kim_with_password.get("/sign-in", query_string={"next": address})
    sent = kim_with_password.post(
        "/sign-in", {"email": "kim@example.com", "password": PASSWORD, "next": address}
    )

    assert sent.status == 303
    assert is_own(sent.location)
    assert "evil" not in shown.html


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_form_goes_on_to_no_other_site(ada: Visitor, address: str) -> None:
    seen = ada.post("/records/zebra/new", {"name": f"To {ELSEWHERE.index(address)}", "next": address})

    assert seen.status in {303, 409}
    assert is_own(seen.location or "/")


def test_what_was_kept_is_sent_to_no_other_site(kim_with_password: Visitor) -> None:
    kept = '["//evil.example/take", [["name", "Mine"]]]'

    seen = kim_with_password.post(
        "/sign-in", {"email": "kim@example.com", "password": PASSWORD, "kept": kept}
    )

    assert seen.status == 303
    assert "evil" not in seen.html


def test_a_good_address_is_gone_on_to(ada: Visitor) -> None:
    seen = ada.post("/records/zebra/new", {"name": "Onwards", "next": "/views/all_zebras?q=On"})

    assert seen.location == "/views/all_zebras?q=On"


def is_own(location: str) -> bool:
    parts = urlsplit(location)
    return not parts.netloc and not parts.scheme and location.startswith("/") and location[1:2] not in {"/", "\\"}
