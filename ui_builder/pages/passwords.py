"""Passwords: giving oneself one, or another."""

from flask import Blueprint, Response

from engine.access import accounts
from engine.api import asking
from engine.errors import NotSignedIn, Refused
from ui_builder import here
from ui_builder.rendering.forms import errors_of

passwords = Blueprint("passwords", __name__)


@passwords.get("/password")
def ask() -> Response:
    """The form that takes a new password, and the old one where there is one."""
    return _form()


@passwords.post("/password")
def change() -> Response:
    """Change the password, or show the form again with what is wrong."""
    typed = here.form()
    try:
        asking.change_password(typed.get("current", ""), typed.get("password", ""), typed.get("csrf", ""))
    except NotSignedIn:
        raise
    except Refused as refusal:
        return _form(refusal)
    return here.go("/", "Your password is changed, and you are signed out everywhere else")


def _form(refusal: Refused | None = None) -> Response:
    with here.reading() as ctx:
        return here.render(
            ctx,
            "pages/password.html",
            refusal.status if refusal else 200,
            has_password=accounts.has_password(ctx.connection, str(ctx.actor.id)),
            email=ctx.actor.email,
            refusal=refusal,
            errors=errors_of(refusal),
        )
