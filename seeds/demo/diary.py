"""When people work: their office hours, and the moments at which they write things down."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from seeds.demo.words import Dice

OPENS = 8 * 60 + 30  # minutes of a day
CLOSES = 17 * 60
DAILY = timedelta(days=12)  # so long back, everybody kept the CRM up to date day by day
OFTEN = timedelta(days=60)  # and so long, twice a week
JUST_NOW = timedelta(minutes=12)


class Diary:
    """The sittings of one person between the first day and now, in their time zone."""

    def __init__(self, who: str, zone: str, first: date, now: datetime) -> None:
        self.who = who
        self.zone = ZoneInfo(zone)
        self.now = now
        self.today = now.astimezone(self.zone).date()
        self.first = first
        self._dice = Dice(f"diary of {who}")
        self._sittings = self._sit()

    @property
    def beginning(self) -> datetime:
        """The first sitting of all."""
        return self._sittings[0]

    def after(self, moment: datetime) -> datetime | None:
        """The first sitting later than a moment; None when it is still to come."""
        at = bisect_right(self._sittings, moment)
        return self._sittings[at] if at < len(self._sittings) else None

    def before(self, moment: datetime) -> datetime:
        """The last sitting before a moment, or the first of all."""
        at = bisect_right(self._sittings, moment - timedelta(seconds=1))
        return self._sittings[max(0, at - 1)]

    def at_work(self, day: date, dice: Dice) -> datetime:
        """A moment in the office hours of a day; of the Monday after when it is a weekend."""
        while is_weekend(day):
            day += timedelta(days=1)
        return self.clock(day, OPENS + 5 * int(dice.random() * (CLOSES - OPENS) / 5))

    def clock(self, day: date, minutes: int) -> datetime:
        """A time of day, where the person is."""
        local = datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)
        return local.astimezone(UTC)

    def _sit(self) -> list[datetime]:
        """Every working day of late, twice a week before, once a week long ago, and just now."""
        sittings = [self.clock(self.first, OPENS)]
        latest = self.now - JUST_NOW
        for number in range((self.today - self.first).days + 1):
            day = self.first + timedelta(days=number)
            if day.weekday() in self._weekdays(day):
                minutes = CLOSES - 20 + int(self._dice.random() * 70)
                sittings.append(self.clock(day, minutes) + timedelta(seconds=len(self.who)))
        return [sitting for sitting in sittings if sitting < latest] + [latest]

    def _weekdays(self, day: date) -> set[int]:
        """On which days of that week the person sat down."""
        ago = self.today - day
        if ago < DAILY:
            return {0, 1, 2, 3, 4}
        week = day.isocalendar().week
        return {week % 3, 3 + week % 2} if ago < OFTEN else {1 + (week + len(self.who)) % 4}


def is_weekend(day: date) -> bool:
    """Whether offices are closed."""
    return day.weekday() >= 5
