"""Slowing down whoever guesses: a count of recent attempts, by account and address together.

The key joins both, so that a stranger's guesses never lock the owner of an account out.
An attempt counts from its beginning, so that guessing many at a time gains nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

import sqlalchemy as sa

from engine.errors import TooMany
from engine.storage.system import pulse_attempt

WINDOW = timedelta(minutes=15)
MOST_BY_PAIR = 8
MOST_BY_ADDRESS = 60


def begin_attempt(
    connection: sa.Connection, email: str, address: str, now: datetime
) -> Sequence[int]:
    """Count an attempt as failed until it is forgiven. TooMany when there were enough of late."""
    pair, whole = f"{email}@{address}", f"@{address}"
    connection.execute(sa.delete(pulse_attempt).where(pulse_attempt.c.at <= now - WINDOW))
    _require_calm(connection, pair, MOST_BY_PAIR, now)
    _require_calm(connection, whole, MOST_BY_ADDRESS, now)
    noted = sa.insert(pulse_attempt).returning(pulse_attempt.c.id)
    rows = [{"key": pair, "at": now}, {"key": whole, "at": now}]
    return connection.execute(noted, rows).scalars().all()


def forgive_attempts(
    connection: sa.Connection, email: str, address: str, attempt: Sequence[int]
) -> None:
    """Forget this attempt, which succeeded, and the failed ones of this account from here."""
    own = sa.or_(pulse_attempt.c.id.in_(attempt), pulse_attempt.c.key == f"{email}@{address}")
    connection.execute(sa.delete(pulse_attempt).where(own))


def _require_calm(connection: sa.Connection, key: str, most: int, now: datetime) -> None:
    recent = sa.select(sa.func.count(), sa.func.min(pulse_attempt.c.at)).where(
        pulse_attempt.c.key == key
    )
    count, oldest = connection.execute(recent).one()
    if count >= most:
        wait = max(1, ceil((oldest + WINDOW - now).total_seconds()))
        raise TooMany(
            "auth.too-many-attempts",
            "Too many attempts. Try again in a quarter of an hour.",
            facts={"retry_after": wait},
        )
