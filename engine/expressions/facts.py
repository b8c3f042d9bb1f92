"""What an expression may know besides the record: who asks, and what day it is for them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.context import Context
from engine.fields.datetime import zone_of


@dataclass(frozen=True, slots=True)
class Facts:
    """The moment, the asker's time zone, and the asker."""

    now: datetime
    zone: ZoneInfo
    user_id: str | None
    roles: frozenset[str]
    teams: frozenset[str]

    @property
    def today(self) -> date:
        """The asker's day."""
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The moment a day begins where the asker is."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)


def facts_of(ctx: Context) -> Facts:
    """The facts of a context."""
    actor = ctx.actor
    return Facts(ctx.now(), zone_of(actor.reader), actor.id, actor.roles, actor.teams)


def days_from(facts: Facts, days: Decimal) -> datetime:
    """The moment some days from now; back when negative. Time stops at the ends of the calendar."""
    most = 400_000
    shift = max(-most, min(most, int(days)))
    try:
        return facts.now + timedelta(days=shift)
    except OverflowError:
        return facts.now


def same_kind(one: Any, other: Any, facts: Facts) -> tuple[Any, Any]:
    """Two values made comparable: text that is a date, and days beside moments."""
    if isinstance(one, str) and isinstance(other, date):
        one = read_moment(one, other)
    if isinstance(other, str) and isinstance(one, date):
        other = read_moment(other, one)
    if type(one) is date and isinstance(other, datetime):
        one = facts.start_of(one)
    if type(other) is date and isinstance(one, datetime):
        other = facts.start_of(other)
    return one, other


def read_moment(text: str, like: date) -> Any:
    """A text as a day or moment, if it is written as one; the text itself otherwise."""
    try:
        if len(text) == 10 or type(like) is date:
            return date.fromisoformat(text[:10])
        return datetime.fromisoformat(text)
    except ValueError:
        return text
