"""Signing in: with a password, or once with a link that was handed over."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access import throttle
from engine.access.actors import user_by
from engine.access.passwords import hash_password, is_outdated, is_right
from engine.access.secrets import hash_secret, new_secret
from engine.access.sessions import end_sessions
from engine.errors import NotSignedIn
from engine.machine import Machine
from engine.storage.system import pulse_credential, pulse_sign_in_link

LINK_LASTS = timedelta(hours=24)


def check_password(
    connection: sa.Connection, machine: Machine, email: str, password: str, now: datetime
) -> str | None:
    """The id of the user with this address and password; None alike for every way to be wrong."""
    user = user_by(connection, machine, "email", email.strip().lower())
    kept = None
    if user is not None:
        statement = sa.select(pulse_credential.c.password_hash)
        kept = connection.execute(statement.where(pulse_credential.c.user_id == user["id"])).scalar()
    right = is_right(password, kept)
    if not right or user is None or not user["active"] or kept is None:
        return None
    if is_outdated(kept):
        set_password(connection, user["id"], password, now)
    return str(user["id"])


def sign_in(
    connection: sa.Connection,
    machine: Machine,
    email: str,
    password: str,
    address: str,
    now: datetime,
) -> str | NotSignedIn:
    """The user who signs in, or the refusal. The caller keeps the transaction either way, so
    that a failed attempt is remembered.
    """
    throttle.require_calm(connection, email, address, now)
    user_id = check_password(connection, machine, email, password, now)
    if user_id is None:
        throttle.note_failure(connection, email, address, now)
        return NotSignedIn("auth.wrong", "The address or the password is not right.")
    throttle.forget_failures(connection, email, address)
    return user_id


def set_password(connection: sa.Connection, user_id: str, password: str, now: datetime) -> None:
    """Give a user a password. Invalid when it is weak."""
    values = {"password_hash": hash_password(password), "changed_at": now}
    table = pulse_credential
    statement = sa.update(table).where(table.c.user_id == user_id).values(values)
    if not connection.execute(statement).rowcount:
        connection.execute(sa.insert(table).values(user_id=user_id, **values))


def change_password(connection: sa.Connection, user_id: str, password: str, now: datetime) -> None:
    """Give a user another password, and sign them out everywhere."""
    set_password(connection, user_id, password, now)
    end_sessions(connection, user_id)


def create_sign_in_link(connection: sa.Connection, user_id: str, now: datetime) -> str:
    """The secret of a link that signs a user in, once."""
    secret = new_secret()
    connection.execute(
        sa.insert(pulse_sign_in_link).values(
            hash=hash_secret(secret), user_id=user_id, expires_at=now + LINK_LASTS
        )
    )
    return secret


def is_sign_in_link(connection: sa.Connection, secret: str, now: datetime) -> bool:
    """Whether a link is still good. Asking does not use it up."""
    table = pulse_sign_in_link
    found = sa.select(table.c.user_id).where(
        table.c.hash == hash_secret(secret), table.c.expires_at > now
    )
    return connection.execute(found).first() is not None


def use_sign_in_link(connection: sa.Connection, secret: str, now: datetime) -> str:
    """The user whom a link signs in; it is good no more. NotSignedIn when it never was, or is past."""
    table = pulse_sign_in_link
    used = (
        sa.delete(table)
        .where(table.c.hash == hash_secret(secret))
        .returning(table.c.user_id, table.c.expires_at)
    )
    row = connection.execute(used).first()
    if row is None or row[1] <= now:
        raise NotSignedIn("auth.link", "This link was used already, or its time is over.")
    return str(row[0])
