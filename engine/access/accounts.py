"""Signing in: with a password, or once with a link that was handed over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access.actors import user_by
from engine.access.passwords import hash_again, hash_password, is_outdated, is_right
from engine.access.secrets import hash_secret, new_secret
from engine.errors import NotSignedIn
from engine.machine import Machine
from engine.storage.system import pulse_credential, pulse_sign_in_link

LINK_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Account:
    """A user who may sign in, and what is kept of their password."""

    user_id: str
    password_hash: str


def find_account(connection: sa.Connection, machine: Machine, email: str) -> Account | None:
    """The account of an address; None when nobody active has it, or they have no password."""
    user = user_by(connection, machine, "email", email)
    if user is None or not user["active"]:
        return None
    kept = sa.select(pulse_credential.c.password_hash)
    found = connection.execute(kept.where(pulse_credential.c.user_id == user["id"])).scalar()
    return None if found is None else Account(user["id"], found)


def is_password(account: Account | None, password: str) -> bool:
    """Whether a password opens an account. It takes as long where there is none. No transaction
    should be open meanwhile: this is slow by design.
    """
    return is_right(password, account.password_hash if account else None)


def renew_hash(connection: sa.Connection, account: Account, password: str, now: datetime) -> None:
    """Keep a password that was right with today's settings, if it was kept with weaker ones."""
    if is_outdated(account.password_hash):
        keep_hash(connection, account.user_id, hash_again(password), now)


def set_password(connection: sa.Connection, user_id: str, password: str, now: datetime) -> None:
    """Give a user a password. Invalid when it is weak."""
    keep_hash(connection, user_id, hash_password(password), now)


def keep_hash(connection: sa.Connection, user_id: str, hashed: str, now: datetime) -> None:
    """Keep what was made of a user's password, in place of what was kept before."""
    values = {"password_hash": hashed, "changed_at": now}
    table = pulse_credential
    statement = sa.update(table).where(table.c.user_id == user_id).values(values)
    if not connection.execute(statement).rowcount:
        connection.execute(sa.insert(table).values(user_id=user_id, **values))


def has_password(connection: sa.Connection, user_id: str) -> bool:
    """Whether a user has a password, or came by links alone."""
    kept = sa.select(pulse_credential.c.user_id).where(pulse_credential.c.user_id == user_id)
    return connection.execute(kept).first() is not None


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
