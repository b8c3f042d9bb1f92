"""People sign in with a password; guessing is slow, and a session ends when it should."""

from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from flask import Flask

from engine.access import accounts, passwords, sessions, throttle
from engine.api.application import make_application
from engine.context import Actor
from engine.settings import load_settings
from engine.storage.system import pulse_credential
from engine.tenant import Tenant
from tests.api.calling import PASSWORD, Answer, Caller

EMAIL = "ada@example.com"


@pytest.fixture
def browser(app: Flask, tenant: Tenant, people: dict[str, Actor]) -> Caller:
    """A browser in which nobody has signed in; Ada has a password."""
    with tenant.writing() as ctx:
        accounts.set_password(ctx.connection, str(people["Ada"].id), PASSWORD, ctx.now())
    return Caller(app)


def sign_in(caller: Caller, email: str = EMAIL, password: str = PASSWORD, **also: Any) -> Answer:
    return caller.post("/auth/login", {"email": email, "password": password}, **also)


def at(app: Flask, **later: float) -> None:
    """Let the application's clock stand this much later."""
    tenant: Tenant = app.extensions["pulse"]
    moment = tenant.clock() + timedelta(**later)
    tenant.clock = lambda: moment


def test_a_password_is_kept_as_argon2id(browser: Caller, tenant: Tenant) -> None:
    with tenant.reading() as ctx:
        kept = ctx.connection.execute(pulse_credential.select()).mappings().one()["password_hash"]

    assert PASSWORD not in kept
    assert extract_parameters(kept).type is Type.ID


def test_signing_in_opens_a_session_that_the_cookie_carries(browser: Caller) -> None:
    signed_in = sign_in(browser)
    me = browser.get("/me")

    assert signed_in.status == 200
    assert me.body == signed_in.body["user"]
    assert (me.body["name"], me.body["roles"]) == ("Ada", [{"key": "admin", "label": "Admin"}])
    assert "purge" in me.body["capabilities"]


def test_an_address_is_found_whatever_its_case_and_the_space_around_it(browser: Caller) -> None:
    assert sign_in(browser, "  ADA@Example.com ").status == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Caller) -> None:
    cookie = sign_in(browser).headers["Set-Cookie"]

    assert cookie.startswith("pulse_session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_by_https_the_cookie_is_bound_to_this_host(
    tenant: Tenant, browser: Caller
) -> None:
    settings = load_settings(
        {}, tenant.settings.data_dir, data_dir=tenant.settings.data_dir,
        database_url=tenant.settings.database_url, base_url="https://pulse.example.com",
    )  # fmt: skip
    elsewhere = Tenant(settings)
    secure = Caller(make_application(elsewhere))

    answer = sign_in(secure, base_url="https://pulse.example.com")
    elsewhere.database.close()

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pulse_session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_every_sign_in_has_a_session_of_its_own(browser: Caller) -> None:
    first, second = sign_in(browser), sign_in(browser)

    assert first.headers["Set-Cookie"] != second.headers["Set-Cookie"]
    assert first.body["csrf_token"] != second.body["csrf_token"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong horse battery"),
        ("nobody@example.com", PASSWORD),
        ("kim@example.com", PASSWORD),  # who has no password
        ("\x00", PASSWORD),
    ],
)
def test_every_way_to_be_wrong_gets_the_same_answer(
    browser: Caller, email: str, password: str
) -> None:
    right_shape = sign_in(browser, EMAIL, "wrong").body

    answer = sign_in(browser, email, password)

    assert answer.status == 401
    assert answer.body == right_shape
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com", "kim@example.com"])
def test_every_way_to_be_wrong_does_the_same_work(
    browser: Caller, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            looked_at.append(kept)
            return real.verify(kept, password)

    real = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Counting())
    sign_in(browser, email, "wrong horse battery")

    assert len(looked_at) == 1
    assert extract_parameters(looked_at[0]) == extract_parameters(real.hash("x"))


def test_somebody_inactive_does_not_get_in(browser: Caller, ada: Caller, people: dict[str, Actor]) -> None:
    user = ada.made("user", name="Ina", email="ina@example.com", active=True)
    with browser.app.extensions["pulse"].writing() as ctx:
        accounts.set_password(ctx.connection, user["id"], PASSWORD, ctx.now())
    assert sign_in(browser, "ina@example.com").status == 200

    ada.patch(f"/records/user/{user['id']}", {"active": False})

    assert browser.get("/me").status == 401
    assert sign_in(browser, "ina@example.com").status == 401
    ada.delete(f"/records/user/{user['id']}?permanent=true")


def test_whoever_guesses_is_told_to_wait_and_for_how_long(browser: Caller) -> None:
    for _ in range(throttle.MOST_BY_PAIR):
        assert sign_in(browser, password="wrong").status == 401

    for password in ("wrong", PASSWORD):
        answer = sign_in(browser, f" {EMAIL.upper()}", password)
        assert answer.status == 429
        assert answer.body["code"] == "auth.too-many-attempts"
        assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60

    at(browser.app, seconds=int(answer.headers["Retry-After"]) + 1)
    assert sign_in(browser).status == 200


def test_a_stranger_can_not_lock_the_owner_out(browser: Caller) -> None:
    stranger: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    for _ in range(throttle.MOST_BY_PAIR + 1):
        answer = sign_in(browser, password="wrong", **stranger)
    assert answer.status == 429

    assert sign_in(browser).status == 200


def test_trying_many_accounts_from_one_place_is_slowed_down_too(
    browser: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "MOST_BY_ADDRESS", 5)

    answers = [sign_in(browser, f"n{at}@example.com").status for at in range(7)]

    assert answers == [401] * 5 + [429] * 2


def test_signing_in_is_no_failed_attempt(browser: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_BY_ADDRESS", 3)

    assert {sign_in(browser).status for _ in range(6)} == {200}


def test_a_write_by_cookie_needs_the_sessions_token(browser: Caller) -> None:
    csrf = sign_in(browser).body["csrf_token"]
    zebra = {"name": "Zed"}

    without = browser.post("/records/zebra", zebra)
    wrong = browser.post("/records/zebra", zebra, headers={"X-CSRF-Token": csrf[:-1] + "x"})
    right = browser.post("/records/zebra", zebra, headers={"X-CSRF-Token": csrf})

    assert [without.status, wrong.status, right.status] == [403, 403, 201]
    assert without.body["code"] == "auth.csrf"


def test_signing_out_ends_the_session_itself(browser: Caller) -> None:
    signed_in = sign_in(browser)
    kept = browser.client.get_cookie("pulse_session")
    assert kept is not None

    assert browser.post("/auth/logout").status == 403  # another site may have sent it
    csrf = {"X-CSRF-Token": signed_in.body["csrf_token"]}
    assert browser.post("/auth/logout", headers=csrf).status == 204

    browser.client.set_cookie("pulse_session", kept.value)
    assert browser.get("/me").status == 401


def test_a_session_ends_when_it_is_not_used(browser: Caller) -> None:
    sign_in(browser)

    at(browser.app, seconds=sessions.IDLE.total_seconds() + 1)

    assert browser.get("/me").status == 401


def test_a_session_in_use_goes_on_until_its_last_day(browser: Caller) -> None:
    sign_in(browser)
    half = sessions.IDLE.total_seconds() / 2

    for _ in range(ceil(sessions.LONGEST.total_seconds() / half)):
        assert browser.get("/me").status == 200
        at(browser.app, seconds=half)

    assert browser.get("/me").status == 401


def test_an_unknown_cookie_is_nobodys(browser: Caller) -> None:
    browser.client.set_cookie("pulse_session", "guessed")

    answer = browser.get("/me")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_credentials_are_named_when_they_are_missing(browser: Caller) -> None:
    answer = browser.post("/auth/login", {"email": 3, "name": "x"})

    assert answer.status == 422
    assert {each["pointer"] for each in answer.body["errors"]} == {"/email", "/name", "/password"}
