"""Signing in and out, who one is, and tokens."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request

from engine.access import gate, sessions, tokens
from engine.access.actors import load_actor
from engine.access.rights import capabilities_of
from engine.api import asking
from engine.api.answers import answer, read_object
from engine.api.pages import reads, writes
from engine.api.replies import refuse_key
from engine.api.schemas import NewToken, SignIn, read_body
from engine.context import Context
from engine.errors import Denied
from engine.fields import Reference
from engine.records.titles import load_titles

accounts = Blueprint("accounts", __name__)


@accounts.post("/auth/login")
def login() -> Response:
    """Sign in with an address and a password."""
    refuse_key()
    given = read_body(SignIn, read_object())
    secret, session = asking.sign_in(given["email"], given["password"])
    tenant = asking.tenant()
    with tenant.database.reading() as connection:
        actor = load_actor(connection, tenant.machine(connection), session.user_id)
        me = _describe(tenant.context(connection, actor))
    response = answer({"user": me, "csrf_token": session.csrf})
    set_cookie(response, secret)
    return response


@accounts.post("/auth/logout")
@writes
def logout(ctx: Context) -> Response:
    """Sign out."""
    secret = request.cookies.get(asking.cookie_name())
    if secret:
        sessions.end_session(ctx.connection, secret)
    response = Response(status=204)
    response.delete_cookie(asking.cookie_name(), path="/", secure=asking.tenant().settings.is_secure)
    return response


@accounts.get("/me")
@reads
def me(ctx: Context) -> Response:
    """Who is asking, and what they may do."""
    return answer(_describe(ctx))


@accounts.get("/tokens")
@reads
def list_tokens(ctx: Context) -> Response:
    """The asker's tokens."""
    _require_full(ctx)
    found = tokens.list_tokens(ctx.connection, str(ctx.actor.id))
    return answer({"data": [_token(each) for each in found]})


@accounts.post("/tokens")
@writes
def create_token(ctx: Context) -> Response:
    """A new token; its text is in this answer and nowhere else."""
    refuse_key()
    _require_full(ctx)
    given = read_body(NewToken, read_object())
    days = given["expires_in"]
    end = None if days is None else ctx.now() + timedelta(days=days)
    _require_no_later(end)
    text, token = tokens.create_token(
        ctx.connection,
        str(ctx.actor.id),
        given["name"],
        ctx.now(),
        scopes=given["scopes"],
        expires_at=end,
    )
    headers = {"Location": f"/api/v1/tokens/{token.id}"}
    return answer(_token(token) | {"token": text}, 201, headers)


@accounts.delete("/tokens/<token_id>")
@writes
def revoke_token(ctx: Context, token_id: str) -> Response:
    """End a token."""
    _require_full(ctx)
    tokens.revoke_token(ctx.connection, str(ctx.actor.id), token_id)
    return Response(status=204)


def set_cookie(response: Response, secret: str) -> None:
    """Hand a session's secret to the browser, out of the reach of its scripts."""
    response.set_cookie(
        asking.cookie_name(),
        secret,
        max_age=int(sessions.LONGEST.total_seconds()),
        secure=asking.tenant().settings.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _require_full(ctx: Context) -> None:
    """A token with scopes may not make itself one without."""
    if ctx.actor.scopes is not None:
        raise Denied("access.token", "A token with scopes may not manage tokens.")


def _require_no_later(end: datetime | None) -> None:
    """A token that ends may not make itself one that goes on."""
    own = asking.asker().token
    if own is None or own.expires_at is None:
        return
    if end is None or end > own.expires_at:
        raise Denied("access.token", "A token may not make one that outlives it.")


def _describe(ctx: Context) -> dict[str, Any]:
    actor = ctx.actor
    teams = load_titles(ctx, [Reference("team", each) for each in actor.teams])
    roles = ctx.machine.catalog.roles
    return {
        "id": actor.id,
        "name": actor.name,
        "email": actor.email,
        "roles": [{"key": key, "label": roles[key].label} for key in sorted(actor.roles & roles.keys())],
        "teams": [{"id": each, "title": titles} for each, titles in _by_id(teams)],
        "capabilities": sorted(
            each for each in capabilities_of(ctx.machine, actor.roles) if gate.has_capability(ctx, each)
        ),
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
        "locale": actor.reader.locale,
        "time_zone": actor.reader.time_zone,
    }


def _by_id(titles: dict[Reference, str | None]) -> list[tuple[str, str | None]]:
    return sorted((reference.id, title) for reference, title in titles.items())


def _token(token: tokens.Token) -> dict[str, Any]:
    def moment(value: Any) -> str | None:
        return None if value is None else value.isoformat().replace("+00:00", "Z")

    return {
        "id": token.id,
        "name": token.name,
        "scopes": None if token.scopes is None else list(token.scopes),
        "created_at": moment(token.created_at),
        "expires_at": moment(token.expires_at),
        "last_used_at": moment(token.seen_at),
    }
