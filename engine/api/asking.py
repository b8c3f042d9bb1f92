"""Who is asking, and what for: the one reader of Flask's request in the API.

A request carries a token, or the cookie of a session; with a cookie, a write must
carry the session's CSRF token too.
"""

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote

import sqlalchemy as sa
from flask import current_app, g, request

from engine.access import accounts, sessions, throttle, tokens
from engine.access.passwords import hash_password
from engine.access.sessions import Session
from engine.access.tokens import Token
from engine.context import Actor, Cause, Context
from engine.errors import Denied, Invalid, NotSignedIn, Problem, Unavailable
from engine.ids import new_id
from engine.machine import Machine
from engine.tenant import Tenant

COOKIE, SECURE_COOKIE = "pulse_session", "__Host-pulse_session"
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
SECRET_PARTS = frozenset(("secret", "token"))  # parts of an address that nobody else may know
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


@dataclass(frozen=True, slots=True)
class Asker:
    """An actor, and the session or token that they came by."""

    actor: Actor
    session: Session | None = None
    token: Token | None = None


def tenant() -> Tenant:
    """The tenant that this application serves."""
    found: Tenant = current_app.extensions["pulse"]
    return found


def asker() -> Asker:
    """Who is asking, once that is known."""
    found: Asker = g.asker
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
def reading(via: str = "api") -> Iterator[Context]:
    """A context for a question of the asker."""
    with tenant().database.reading() as connection:
        machine, is_updating = tenant().look(connection)
        found = identify(connection, machine)
        yield _context(connection, machine, found, via, is_updating=is_updating)
    if _is_stale(found):
        _note_seen_later(found)


@contextmanager
def writing(via: str = "api", csrf: str | None = None) -> Iterator[Context]:
    """A context for commands of the asker, kept when the block ends.

    `csrf` is the session's token where it came otherwise than in its header.
    """
    with tenant().database.writing() as connection:
        machine, is_updating = tenant().look(connection)
        found = identify(connection, machine)
        require_csrf(found, csrf)
        if _is_stale(found):
            _note_seen(connection, found)
        yield _context(connection, machine, found, via, is_updating=is_updating)


def identify(connection: sa.Connection, machine: Machine) -> Asker:
    """Who is asking. NotSignedIn when nobody is, or no longer."""
    now = tenant().clock()
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, text = header.partition(" ")
        is_bearer = scheme.lower() == "bearer"
        known = tokens.find_token(connection, machine, text.strip(), now) if is_bearer else None
        if known is None:
            raise NotSignedIn("auth.token", "This token is not known, or its time is over.")
        return Asker(known[1], token=known[0])
    secret = request.cookies.get(cookie_name())
    found = sessions.find_session(connection, machine, secret, now) if secret else None
    if found is None:
        raise NotSignedIn("auth.signed-out", "Sign in first.")
    return Asker(found[1], found[0])


def require_csrf(who: Asker, given: str | None = None) -> None:
    """Refuse a write by cookie without the session's token: another site may have sent it."""
    if who.session is None or request.method in SAFE:
        return
    given = given or request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(given.encode(), who.session.csrf.encode()):
        raise Denied("auth.csrf", "Send the session's token in the header X-CSRF-Token.")


def sign_in(email: str, password: str) -> tuple[str, Session]:
    """Sign somebody in by this browser, with a password. NotSignedIn alike for every way to be
    wrong, TooMany for whoever guesses.

    The password is looked at between two transactions: that takes long, and others write.
    """
    database, now, where = tenant().database, tenant().clock(), address()
    name = "".join(character for character in email if character.isprintable()).strip().lower()
    with database.writing() as connection:
        attempt = throttle.begin_attempt(connection, name, where, now)
        account = accounts.find_account(connection, tenant().machine(connection), name)
    if not accounts.is_password(account, password) or account is None:
        raise NotSignedIn("auth.wrong", "The address or the password is not right.")
    with database.writing() as connection:
        throttle.forgive_attempts(connection, name, where, attempt)
        accounts.renew_hash(connection, account, password, now)
        return open_session(connection, account.user_id)


def change_password(current: str, new: str, csrf: str) -> None:
    """Give the asker another password, and sign them out everywhere else.

    Whoever has a password must know it: Invalid when it is not the right one, or the new is weak.
    """
    with tenant().database.writing() as connection:
        machine = tenant().machine(connection)
        who = identify(connection, machine)
        require_csrf(who, csrf)
        now, user_id, name = tenant().clock(), str(who.actor.id), who.actor.email
        attempt = throttle.begin_attempt(connection, name, address(), now)
        account = accounts.find_account(connection, machine, name)
    if account is not None and not accounts.is_password(account, current):
        message = "This is not your password."
        raise Invalid("password.wrong", message, problems=[Problem("/current", "password.wrong", message)])
    hashed = hash_password(new)
    with tenant().database.writing() as connection:
        throttle.forgive_attempts(connection, name, address(), attempt)
        accounts.keep_hash(connection, user_id, hashed, now)
        sessions.end_others(connection, user_id, who.session)


def open_session(connection: sa.Connection, user_id: str) -> tuple[str, Session]:
    """Sign a user in by this browser. Answers with the secret for its cookie, and the session."""
    agent = request.headers.get("User-Agent", "")
    return sessions.open_session(
        connection, user_id, tenant().clock(), user_agent=agent, address=address()
    )


def loggable_path() -> str:
    """The path of the request as one word for the log, without what must not be written down."""
    path = request.path
    for part, value in (request.view_args or {}).items():
        if part in SECRET_PARTS:
            path = path.replace(str(value), "***")
    return quote(path, safe="/*")


def address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""


def _context(
    connection: sa.Connection, machine: Machine, who: Asker, via: str, *, is_updating: bool
) -> Context:
    g.asker = who
    return tenant().context(
        connection,
        who.actor,
        request_id=request_id(),
        cause=Cause(root=request_id(), via=via),
        machine=machine,
        is_updating=is_updating,
    )


def _is_stale(who: Asker) -> bool:
    """Whether the use of the session or token should be written down again."""
    now = tenant().clock()
    if who.session is not None:
        return sessions.is_stale(who.session, now)
    return who.token is not None and tokens.is_stale(who.token, now)


def _note_seen(connection: sa.Connection, who: Asker) -> None:
    if who.session is not None:
        sessions.note_seen(connection, who.session, tenant().clock())
    if who.token is not None:
        tokens.note_seen(connection, who.token, tenant().clock())


def _note_seen_later(who: Asker) -> None:
    """After a question. Its answer does not hang on it: where nothing can be written, one may read."""
    with suppress(Unavailable), tenant().database.writing() as connection:
        _note_seen(connection, who)
