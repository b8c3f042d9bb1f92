"""A person gives themselves a password, and another, and is signed out everywhere else."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.access.accounts import create_sign_in_link
from engine.context import Actor
from engine.tenant import Tenant
from pulse import create_app

FIRST, SECOND = "a few words of mine", "other words of mine"


@pytest.fixture
def app(tenant: Tenant) -> Iterator[Flask]:
    made = create_app(tenant.settings)
    yield made
    made.extensions["pulse"].database.close()


def sign_in(app: Flask, tenant: Tenant, actor: Actor) -> FlaskClient:
    with tenant.writing() as ctx:
        secret = create_sign_in_link(ctx.connection, str(actor.id), ctx.now())
    client = app.test_client()
    client.post(f"/sign-in/{secret}")
    return client


def change(client: FlaskClient, **typed: str) -> tuple[int, str]:
    csrf = re.findall(r'name="csrf" value="([^"]+)"', client.get("/password").text)[0]
    answer = client.post("/password", data={"csrf": csrf, **typed})
    return answer.status_code, answer.text


def test_who_came_by_a_link_gives_themselves_a_password_and_signs_in_with_it(
    app: Flask, tenant: Tenant, admin: Actor
) -> None:
    changed, _ = change(sign_in(app, tenant, admin), password=FIRST)

    again = app.test_client().post("/sign-in", data={"email": admin.email, "password": FIRST})

    assert (changed, again.status_code) == (303, 303)


def test_who_has_a_password_must_know_it(app: Flask, tenant: Tenant, admin: Actor) -> None:
    client = sign_in(app, tenant, admin)
    change(client, password=FIRST)

    status, page = change(client, current="something else", password=SECOND)

    assert status == 422
    assert "This is not your password." in page


def test_a_weak_password_is_refused_beside_its_input(
    app: Flask, tenant: Tenant, admin: Actor
) -> None:
    status, page = change(sign_in(app, tenant, admin), password="short")

    assert status == 422
    assert "8 characters or more" in page


def test_a_change_ends_every_other_session(app: Flask, tenant: Tenant, admin: Actor) -> None:
    here, elsewhere = sign_in(app, tenant, admin), sign_in(app, tenant, admin)

    change(here, password=FIRST)

    assert here.get("/password").status_code == 200
    assert elsewhere.get("/password").status_code == 303


def test_a_form_of_another_site_changes_nothing(app: Flask, tenant: Tenant, admin: Actor) -> None:
    answer = sign_in(app, tenant, admin).post("/password", data={"password": FIRST})

    assert answer.status_code == 403
