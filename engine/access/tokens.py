"""API tokens: `pulse_<id>_<secret>`, of a user, with scopes and an end; the secret is shown once."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access.actors import actor_of, with_user
from engine.access.secrets import hash_secret, new_secret
from engine.context import Actor
from engine.errors import Invalid, NotFound, Problem
from engine.ids import is_id, new_id
from engine.machine import Machine
from engine.storage.system import pulse_token

SCOPES = ("read", "write", "metadata")
SEEN_EVERY = timedelta(minutes=5)
IS_IT = pulse_token.c.id == sa.bindparam("token_id")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it. `scopes` None: all that its owner may do."""

    id: str
    user_id: str
    name: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None


def create_token(
    connection: sa.Connection,
    user_id: str,
    name: str,
    now: datetime,
    *,
    scopes: list[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, Token]:
    """A new token. Answers with its text, which is kept nowhere, and with the token."""
    wrong = [scope for scope in scopes or () if not _is_scope(scope)]
    if wrong:
        message = f'"{wrong[0]}" is no scope. Scopes: read, write, metadata, read:<entity>, write:<entity>.'
        raise Invalid("token.scope", message, problems=[Problem("/scopes", "token.scope", message)])
    secret = new_secret()
    kept = None if scopes is None else tuple(scopes)
    token = Token(new_id(), user_id, name, kept, now, expires_at, None)
    connection.execute(
        sa.insert(pulse_token).values(
            id=token.id,
            secret_hash=hash_secret(secret),
            user_id=user_id,
            name=name,
            scopes=scopes,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return f"pulse_{token.id}_{secret}", token


def find_token(
    connection: sa.Connection, machine: Machine, text: str, now: datetime
) -> tuple[Token, Actor] | None:
    """The token that a text is, if it is one and has not ended, and who may act by it."""
    prefix, _, rest = text.partition("_")
    token_id, _, secret = rest.partition("_")
    if prefix != "pulse" or not secret or not is_id(token_id):
        return None
    statement = with_user(machine, pulse_token, IS_IT)
    row = connection.execute(statement, {"token_id": token_id}).mappings().first()
    kept = row["secret_hash"] if row else hash_secret("")
    if not hmac.compare_digest(kept, hash_secret(secret)) or row is None:
        return None
    token = _token(row)
    if token.expires_at is not None and token.expires_at <= now:
        return None
    scopes = None if token.scopes is None else frozenset(token.scopes)
    return token, actor_of(machine, token.user_id, row, token_id=token.id, scopes=scopes)


def is_stale(token: Token, now: datetime) -> bool:
    """Whether the token's last use should be written down again."""
    return token.seen_at is None or now - token.seen_at > SEEN_EVERY


def note_seen(connection: sa.Connection, token: Token, now: datetime) -> None:
    """Remember that a token is in use."""
    statement = sa.update(pulse_token).where(pulse_token.c.id == token.id)
    connection.execute(statement.values(seen_at=now))


def list_tokens(connection: sa.Connection, user_id: str) -> list[Token]:
    """A user's tokens, newest first."""
    statement = sa.select(pulse_token).where(pulse_token.c.user_id == user_id)
    rows = connection.execute(statement.order_by(pulse_token.c.created_at.desc())).mappings()
    return [_token(row) for row in rows]


def revoke_token(connection: sa.Connection, user_id: str, token_id: str) -> None:
    """End one of a user's tokens. NotFound when it is none of theirs."""
    statement = sa.delete(pulse_token).where(
        pulse_token.c.id == token_id, pulse_token.c.user_id == user_id
    )
    if not is_id(token_id) or not connection.execute(statement).rowcount:
        raise NotFound("token.not-found", "There is no such token.")


def _token(row: sa.RowMapping) -> Token:
    scopes = row["scopes"]
    return Token(
        row["id"], row["user_id"], row["name"], None if scopes is None else tuple(scopes),
        row["created_at"], row["expires_at"], row["seen_at"],
    )  # fmt: skip


def _is_scope(scope: str) -> bool:
    verb, colon, entity = scope.partition(":")
    return scope in SCOPES or (bool(colon) and verb in {"read", "write"} and entity.isidentifier())
