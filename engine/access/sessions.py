"""Sessions of people in a browser: kept in a table, named by a secret only the cookie holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access.actors import actor_of, with_user
from engine.access.secrets import hash_secret, new_secret
from engine.context import Actor
from engine.ids import new_id
from engine.machine import Machine
from engine.storage.system import pulse_session

LONGEST = timedelta(days=30)  # from sign-in
IDLE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)  # how exactly last use is remembered
IS_IT = (
    pulse_session.c.hash == sa.bindparam("secret_hash"),
    pulse_session.c.expires_at > sa.bindparam("now"),
    pulse_session.c.seen_at > sa.bindparam("idle_since"),
)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `csrf` must come with every write that the session's cookie authorises."""

    id: str
    user_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    user_agent: str
    address: str


def open_session(
    connection: sa.Connection, user_id: str, now: datetime, *, user_agent: str = "", address: str = ""
) -> tuple[str, Session]:
    """Sign a user in. Answers with the secret for the cookie, and the session.

    What is left of the user's sessions that are long past goes.
    """
    past = pulse_session.c.expires_at <= now
    connection.execute(sa.delete(pulse_session).where(pulse_session.c.user_id == user_id, past))
    secret = new_secret()
    session = Session(new_id(), user_id, new_secret(), now, now, user_agent[:300], address[:60])
    connection.execute(
        sa.insert(pulse_session).values(
            hash=hash_secret(secret),
            id=session.id,
            user_id=user_id,
            csrf=session.csrf,
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
            user_agent=session.user_agent,
            address=session.address,
        )
    )
    return secret, session


def find_session(
    connection: sa.Connection, machine: Machine, secret: str, now: datetime
) -> tuple[Session, Actor] | None:
    """The session that a cookie's secret names, if it has not ended, and who is signed in by it."""
    given = {"secret_hash": hash_secret(secret), "now": now, "idle_since": now - IDLE}
    statement = with_user(machine, pulse_session, *IS_IT)
    row = connection.execute(statement, given).mappings().first()
    if row is None:
        return None
    session = Session(
        row["id"], row["user_id"], row["csrf"], row["created_at"], row["seen_at"],
        row["user_agent"], row["address"],
    )  # fmt: skip
    return session, actor_of(machine, session.user_id, row)


def is_stale(session: Session, now: datetime) -> bool:
    """Whether the session's last use should be written down again."""
    return now - session.seen_at > SEEN_EVERY


def note_seen(connection: sa.Connection, session: Session, now: datetime) -> None:
    """Remember that a session is in use."""
    statement = sa.update(pulse_session).where(pulse_session.c.id == session.id)
    connection.execute(statement.values(seen_at=now))


def end_session(connection: sa.Connection, secret: str) -> None:
    """Sign out."""
    connection.execute(sa.delete(pulse_session).where(pulse_session.c.hash == hash_secret(secret)))


def end_others(connection: sa.Connection, user_id: str, session: Session | None) -> None:
    """Sign a user out everywhere but in one session, or everywhere at all."""
    others = sa.delete(pulse_session).where(pulse_session.c.user_id == user_id)
    if session is not None:
        others = others.where(pulse_session.c.id != session.id)
    connection.execute(others)
