"""What an expression may know besides the record: who asks, and what day it is for them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.context import Context
from engine.expressions.calendar import day_of, start_of_day
from engine.fields.datetime import zone_of
from engine.fields.money import Money
from metadata.value_types import read_moment

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Facts:
    """The moment, the asker's time zone, and the asker.

    Moments are in UTC: in the hour that a clock shows twice, those of two zones are never equal.
    Of facts that are late, only the roles are known: SQL leaves room for the others, and is kept and
    asked again at other times, by others (`engine.expressions.asker`).
    """

    now: datetime
    zone: ZoneInfo
    user_id: str | None
    roles: frozenset[str]
    teams: frozenset[str]
    is_late: bool = False

    @property
    def today(self) -> date:
        """The asker's day."""
        return self.day_of(self.now)

    def start_of(self, day: date) -> datetime:
        """The moment a day begins where the asker is."""
        return start_of_day(day, self.zone)

    def day_of(self, moment: date) -> date:
        """The day a moment falls on where the asker is; a day is itself."""
        return day_of(moment, self.zone)

    def read(self, text: str) -> date | None:
        """A text as a day or moment, if it is written as one; where no zone is named, the asker's."""
        read = read_moment(text)
        if not isinstance(read, datetime):
            return read
        return _in_utc(read if read.tzinfo else read.replace(tzinfo=self.zone))


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # at the very ends of the calendar
        return moment.replace(tzinfo=UTC)


def facts_of(ctx: Context) -> Facts:
    """The facts of a context."""
    actor = ctx.actor
    return Facts(ctx.now(), zone_of(actor.reader), actor.id, actor.roles, actor.teams)


def late_facts(ctx: Context) -> Facts:
    """The facts of whoever asks, whenever they do, with the roles of a context."""
    return Facts(LAST, ZoneInfo("UTC"), None, ctx.actor.roles, frozenset(), is_late=True)


def same_kind(one: Any, other: Any, facts: Facts) -> tuple[Any, Any]:
    """Two values made comparable: text that is written as a date, days beside moments, and money
    beside numbers.

    A day beside a moment is the moment it begins; money beside a number is its amount.
    """
    if isinstance(one, Money) and isinstance(other, Decimal):
        one = one.amount
    if isinstance(other, Money) and isinstance(one, Decimal):
        other = other.amount
    if isinstance(one, str) and isinstance(other, date):
        one = facts.read(one) or one
    if isinstance(other, str) and isinstance(one, date):
        other = facts.read(other) or other
    if type(one) is date and isinstance(other, datetime):
        one = facts.start_of(one)
    if type(other) is date and isinstance(one, datetime):
        other = facts.start_of(other)
    return one, other
