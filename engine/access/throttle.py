"""Slowing down whoever guesses: a count of recent attempts, by account and address together.

The key joins both, so that a stranger's guesses never lock the owner of an account out.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.errors import TooMany
from engine.storage.system import pulse_attempt

WINDOW = timedelta(minutes=15)
MOST_BY_PAIR = 8
MOST_BY_ADDRESS = 60


def require_calm(connection: sa.Connection, email: str, address: str, now: datetime) -> None:
    """Refuse when there were too many failed attempts of late."""
    for key, most in ((f"{email.lower()}@{address}", MOST_BY_PAIR), (f"@{address}", MOST_BY_ADDRESS)):
        recent = sa.select(sa.func.count()).where(
            pulse_attempt.c.key == key, pulse_attempt.c.at > now - WINDOW
        )
        if connection.execute(recent).scalar_one() >= most:
            wait = int(WINDOW.total_seconds())
            raise TooMany(
                "auth.too-many-attempts",
                "Too many attempts. Try again in a quarter of an hour.",
                facts={"retry_after": wait},
            )


def note_failure(connection: sa.Connection, email: str, address: str, now: datetime) -> None:
    """Remember a failed attempt, and forget old ones."""
    connection.execute(sa.delete(pulse_attempt).where(pulse_attempt.c.at <= now - WINDOW))
    rows = [{"key": f"{email.lower()}@{address}", "at": now}, {"key": f"@{address}", "at": now}]
    connection.execute(sa.insert(pulse_attempt), rows)


def forget_failures(connection: sa.Connection, email: str, address: str) -> None:
    """Forget the failed attempts of somebody who got in."""
    key = f"{email.lower()}@{address}"
    connection.execute(sa.delete(pulse_attempt).where(pulse_attempt.c.key == key))
