"""What SQL knows of who asks and when: bound at once, or left open for `Context.execute` to fill in,
so that a question can be kept and asked again by another. Asked without it, it fails.
"""

from typing import Any

import sqlalchemy as sa

from engine.expressions.facts import Facts
from engine.storage.types import Day, Instant, PlainText

Column = sa.ColumnElement[Any]
ASKED_AT: sa.BindParameter[Any] = sa.bindparam("asked_at", required=True, type_=Instant())
ASKED_ON: sa.BindParameter[Any] = sa.bindparam("asked_on", required=True, type_=Day())
ASKED_IN: sa.BindParameter[Any] = sa.bindparam("asked_in", required=True, type_=PlainText())
ASKER: sa.BindParameter[Any] = sa.bindparam("actor_id", required=True, type_=PlainText())

TEAMS: sa.BindParameter[Any] = sa.bindparam("actor_teams", required=True, expanding=True, type_=PlainText())


def now(facts: Facts) -> Column:
    """The moment of asking."""
    return ASKED_AT if facts.is_late else sa.literal(facts.now, Instant())


def today(facts: Facts) -> Column:
    """The asker's day."""
    return ASKED_ON if facts.is_late else sa.literal(facts.today, Day())


def zone(facts: Facts) -> Column:
    """The name of the asker's time zone."""
    return ASKED_IN if facts.is_late else sa.literal(facts.zone.key, PlainText())


def user(facts: Facts) -> Column:
    """The asker's id."""
    return ASKER if facts.is_late else sa.literal(facts.user_id, PlainText())


def is_team(facts: Facts, team: Column) -> sa.ColumnElement[bool]:
    """Whether a team is one of the asker's."""
    teams = TEAMS if facts.is_late else sorted(facts.teams)
    return sa.and_(team.is_not(None), team.in_(teams))
