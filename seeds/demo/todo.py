"""Tasks: what was done along the way, and what lies before everybody this week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from seeds.demo.customers import Company
from seeds.demo.deals import ROAD, Deal
from seeds.demo.diary import is_weekend
from seeds.demo.story import ADMIN, MANAGER, Story
from seeds.demo.words import Dice, words

TOMORROW = 1
# Days from today, with the time of day in minutes, of the tasks that lie before a seller.
AGENDA = (
    (-6, 600), (-3, 900), (-1, 840),
    (0, 540), (0, 690), (0, 840), (0, 960),
    (1, 570), (1, 780), (1, 930),
    (2, 600), (3, 660), (4, 870), (5, 600), (7, 630), (8, 900), (12, 600),
)  # fmt: skip
SHORT_AGENDA = ((-2, 660), (0, 600), (0, 900), (1, 660), (3, 600), (7, 660))


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to be done about a record, and since when that was known of."""

    subject: str
    about: str
    known: datetime


def finish_tasks(story: Story, deals: Sequence[Deal]) -> None:
    """Tasks of stages that are past: written down, and done in time or a little later."""
    for deal in deals:
        dice = Dice(f"tasks of {deal.id}")
        diary = story.diaries[deal.seller]
        for stage, begun in deal.steps:
            if stage not in ROAD or not dice.happens(33):
                continue
            due = diary.at_work((begun + timedelta(days=1 + 6 * dice.random())).date(), dice)
            done = diary.after(max(begun, due - timedelta(days=1.5 - 2.5 * dice.random())))
            if done is None:
                continue
            name = f"{deal.id}-{stage}-task"
            values = {"subject": _subject(stage, deal, dice), "due": due.isoformat(), "about": deal.id,
                      "priority": dice.weighted({"normal": 70, "high": 20, "low": 10})}  # fmt: skip
            story.make(begun, deal.seller, "task", name, values)
            status = "done" if deal.stage != "lost" or dice.happens(85) else "cancelled"
            story.change(done, deal.seller, "task", name, {"status": status})


def plan_week(story: Story, deals: Sequence[Deal], companies: Sequence[Company]) -> None:
    """What everybody has before them: some of it late, some today, the rest to come."""
    still_open = [deal for deal in deals if deal.is_open]
    for who in story.people:
        dice = Dice(f"week of {who}")
        if who == ADMIN:
            errands = [_upkeep(dice.one_of(companies), dice) for _ in SHORT_AGENDA]
        elif who == MANAGER:
            chosen = dice.sample(still_open, min(len(still_open), len(SHORT_AGENDA)))
            errands = [_errand(deal, "manager", dice) for deal in chosen]
        else:
            own = [deal for deal in still_open if deal.seller == who]
            chosen = sorted(dice.sample(own, min(len(own), len(AGENDA))), key=_last_step)
            errands = [_errand(deal, deal.stage, dice) for deal in chosen]
        agenda = AGENDA if len(errands) > len(SHORT_AGENDA) else SHORT_AGENDA
        for errand, (days, minutes) in zip(errands, agenda, strict=False):
            _plan(story, who, errand, days, minutes, dice)


def _last_step(deal: Deal) -> datetime:
    return deal.steps[-1][1]


def _errand(deal: Deal, group: str, dice: Dice) -> Errand:
    return Errand(_subject(group, deal, dice), deal.id, _last_step(deal))


def _upkeep(company: Company, dice: Dice) -> Errand:
    subject = dice.one_of(words("tasks")["tasks"]["operations"]).format(company=company.name)
    return Errand(subject, company.id, company.since)


def _plan(story: Story, who: str, errand: Errand, days: int, minutes: int, dice: Dice) -> None:
    diary = story.diaries[who]
    day = diary.today + timedelta(days=days)
    while days > TOMORROW and is_weekend(day):
        day += timedelta(days=1)
    due = diary.clock(day, minutes)
    written = diary.before(min(due, story.now) - timedelta(days=1 + 5 * dice.random()))
    values = {
        "subject": errand.subject,
        "due": due.isoformat(),
        "reminder": (due - timedelta(minutes=30)).isoformat() if dice.happens(30) else None,
        "status": "in_progress" if dice.happens(18) else "open",
        "priority": dice.weighted({"normal": 62, "high": 26, "low": 12}),
        "body": dice.one_of(words("tasks")["tasks"]["notes"]) or None,
        "about": errand.about,
    }
    at = max(written, errand.known)
    story.make(at, who, "task", f"{who}-{days}-{minutes}", values)


def _subject(group: str, deal: Deal, dice: Dice) -> str:
    pattern: str = dice.one_of(words("tasks")["tasks"][group])
    return pattern.format(
        first=deal.people[0].first,
        company=deal.company.name,
        deal=deal.name,
        site=deal.site,
        want=deal.want,
    )
