"""Who is asking, and what for: the one reader of Flask's request in the API.

A request carries a token, or the cookie of a session; with a cookie, a write must
carry the session's CSRF token too.
"""

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app, g, request

from engine.access import sessions, tokens
from engine.access.actors import load_actor
from engine.access.sessions import Session
from engine.context import Actor, Cause, Context
from engine.errors import Denied, NotSignedIn
from engine.ids import new_id
from engine.tenant import Tenant

COOKIE, SECURE_COOKIE = "pulse_session", "__Host-pulse_session"
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


@dataclass(frozen=True, slots=True)
class Asker:
    """An actor, and the session they came by, if it was one."""

    actor: Actor
    session: Session | None = None


def tenant() -> Tenant:
    """The tenant that this application serves."""
    found: Tenant = current_app.extensions["pulse"]
    return found


def cookie_name() -> str:
    """What the session's cookie is called: by https it may go nowhere else."""
    return SECURE_COOKIE if tenant().settings.is_secure else COOKIE


def request_id() -> str:
    """The caller's name for this request, or one of our own."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else new_id()
    found: str = g.request_id
    return found


@contextmanager
def reading() -> Iterator[Context]:
    """A context for a question of the asker."""
    with tenant().database.reading() as connection:
        asker = identify(connection)
        yield _context(connection, asker)


@contextmanager
def writing() -> Iterator[Context]:
    """A context for commands of the asker, kept when the block ends."""
    with tenant().database.writing() as connection:
        asker = identify(connection)
        require_csrf(asker)
        yield _context(connection, asker)


def identify(connection: sa.Connection) -> Asker:
    """Who is asking. NotSignedIn when nobody is, or no longer."""
    machine, now = tenant().machine(connection), tenant().clock()
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, text = header.partition(" ")
        token = tokens.find_token(connection, text.strip(), now) if scheme.lower() == "bearer" else None
        if token is None:
            raise NotSignedIn("auth.token", "This token is not known, or its time is over.")
        scopes = None if token.scopes is None else frozenset(token.scopes)
        return Asker(
            load_actor(connection, machine, token.user_id, token_id=token.id, scopes=scopes)
        )
    secret = request.cookies.get(cookie_name())
    session = sessions.find_session(connection, secret, now) if secret else None
    if session is None:
        raise NotSignedIn("auth.signed-out", "Sign in first.")
    return Asker(load_actor(connection, machine, session.user_id), session)


def require_csrf(asker: Asker) -> None:
    """Refuse a write by cookie without the session's token: another site may have sent it."""
    if asker.session is None or request.method in SAFE:
        return
    given = request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(given.encode(), asker.session.csrf.encode()):
        raise Denied("auth.csrf", "Send the session's token in the header X-CSRF-Token.")


def address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""


def _context(connection: sa.Connection, asker: Asker) -> Context:
    g.actor = asker.actor
    return tenant().context(
        connection,
        asker.actor,
        request_id=request_id(),
        cause=Cause(root=request_id(), via="api"),
    )


