"""Signing in and out: with a password, or once with a link."""

from flask import Blueprint, Response

from engine.access import accounts, sessions
from engine.api import asking
from engine.api.accounts import set_cookie
from engine.errors import Refused
from ui_builder import here
from ui_builder.kept import Kept, read_kept

signing = Blueprint("signing", __name__)


@signing.get("/sign-in")
def ask() -> Response:
    """The form that asks who it is."""
    return here.bare("pages/sign_in.html", next=here.back(""))


@signing.post("/sign-in")
def sign_in() -> Response:
    """Sign in with an address and a password; a wrong pair shows the form again."""
    here.require_same_origin()
    email, kept = here.form().get("email", ""), read_kept(here.form().get("kept", ""))
    try:
        secret, session = asking.sign_in(email, here.form().get("password", ""))
    except Refused as refusal:
        return here.bare(
            "pages/sign_in.html",
            refusal.status,
            refusal=refusal,
            email=email,
            kept=kept,
            next=here.back(""),
        )
    return _welcome(secret, kept, session.csrf)


@signing.get("/sign-in/<secret>")
def ask_with_link(secret: str) -> Response:
    """Ask whether to use a link: looking at it must not use it up."""
    tenant = here.tenant()
    with tenant.database.reading() as connection:
        good = accounts.is_sign_in_link(connection, secret, tenant.clock())
    return here.bare("pages/sign_in_link.html", 200 if good else 401, good=good)


@signing.post("/sign-in/<secret>")
def sign_in_with_link(secret: str) -> Response:
    """Sign in with a link, once."""
    here.require_same_origin()
    tenant = here.tenant()
    with tenant.database.writing() as connection:
        user_id = accounts.use_sign_in_link(connection, secret, tenant.clock())
        opened, _ = asking.open_session(connection, user_id)
    return _welcome(opened)


@signing.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    with here.writing() as ctx:
        sessions.end_session(ctx.connection, here.session_secret())
    response = here.go("/sign-in")
    response.delete_cookie(asking.cookie_name(), path="/", secure=here.is_secure())
    return response


def _welcome(secret: str, kept: Kept | None = None, csrf: str = "") -> Response:
    """On to the page that was wanted, or to what was sent when the session was over already."""
    response = here.go(here.back("/"))
    if kept and here.own_path(kept.path):
        response = here.bare("pages/go_on.html", kept=kept, csrf=csrf, next=here.back("/"))
    set_cookie(response, secret)
    return response
