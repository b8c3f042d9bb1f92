"""What another site sends in somebody's name changes nothing."""

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.records.queries import find_record
from engine.storage.system import pulse_change
from engine.tenant import Tenant
from tests.ui_builder.addresses import address, routes
from tests.ui_builder.visiting import Visitor

SIGNING_IN = {"screens.signing.sign_in", "screens.signing.sign_in_with_link"}


@pytest.mark.parametrize("token", ["", "wrong", None])
def test_every_form_needs_the_token_of_its_session(
    app: Flask, ada: Visitor, zebra: str, shared: Tenant, token: str | None
) -> None:
    sent = {} if token is None else {"csrf": token}
    writes = [rule for rule in routes(app, "POST", "PUT") if rule.endpoint not in SIGNING_IN]
    assert len(writes) > 8

    for rule in writes:
        for method in {"POST", "PUT"} & (rule.methods or set()):
            seen = ada.ask(method, address(rule, zebra), data=sent | {"name": "Forged", "lane": "young"})
            assert seen.status == 403, f"{method} {rule.rule}"

    with shared.reading() as ctx:
        record = find_record(ctx, "zebra", zebra)
    assert (record.title, record.values["stage"]) == ("Zed", "calf")


def test_the_token_of_another_session_is_no_token(
    ada: Visitor, kim: Visitor, zebra: str
) -> None:
    seen = ada.ask("POST", f"/records/zebra/{zebra}/trash", data={"csrf": kim.csrf})

    assert seen.status == 403


def test_the_token_may_come_in_a_header(ada: Visitor, zebra: str) -> None:
    seen = ada.ask(
        "PUT",
        f"/views/all_zebras/cards/{zebra}",
        data={"lane": "calf"},
        headers={"X-CSRF-Token": ada.csrf},
    )

    assert seen.status != 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/some-secret"])
def test_no_other_site_signs_anybody_in(stranger: Visitor, path: str) -> None:
    form = {"email": "ada@example.com", "password": "whatever it is"}

    seen = stranger.ask("POST", path, data=form, headers={"Sec-Fetch-Site": "cross-site"})

    assert seen.status == 403
    assert "Set-Cookie" not in seen.headers


def test_what_another_site_sends_is_not_kept_until_one_signs_in(stranger: Visitor) -> None:
    form = {"name": "Forged"}

    seen = stranger.ask(
        "POST", "/records/zebra/new", data=form, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert seen.status == 303
    assert seen.location.startswith("/sign-in")


def test_looking_changes_nothing(app: Flask, ada: Visitor, zebra: str, shared: Tenant) -> None:
    changes = sa.select(sa.func.count()).select_from(pulse_change)
    with shared.reading() as ctx:
        before = ctx.connection.execute(changes).scalar_one()

    for rule in routes(app, "GET"):
        ada.get(address(rule, zebra))

    with shared.reading() as ctx:
        assert ctx.connection.execute(changes).scalar_one() == before
