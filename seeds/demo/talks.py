"""What was said: calls, meetings, e-mails and notes, and comments among colleagues."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from seeds.demo.customers import Company
from seeds.demo.deals import Deal
from seeds.demo.story import MANAGER, Story
from seeds.demo.words import Dice, words

A_WEEK = timedelta(days=7)


def talk_about_deals(story: Story, deals: Sequence[Deal]) -> None:
    """At every stage of a deal there is something to say, to somebody, about it."""
    for deal in deals:
        dice = Dice(f"talks of {deal.id}")
        ends = [at for _, at in deal.steps[1:]] + [story.now]
        for (stage, begun), ended in zip(deal.steps, ends, strict=True):
            if stage not in ("won", "lost"):
                count = 1 + int(dice.random() * 1.9)
                _talk(story, deal, stage, (begun, ended), count, dice)
            elif dice.happens(75):
                _talk(story, deal, stage, (begun, min(ended, begun + A_WEEK)), 1, dice)


def _talk(
    story: Story, deal: Deal, stage: str, span: tuple[datetime, datetime], count: int, dice: Dice
) -> None:
    begun, ended = span
    group = words("talks")[stage]
    for said in dice.sample(list(group["talks"]), min(count, len(group["talks"]))):
        person = deal.people[0]
        about = dice.weighted({deal.id: 66, person.id: 22, deal.company.id: 12})
        facts = {
            "first": person.first,
            "company": deal.company.name,
            "deal": deal.name,
            "site": deal.site,
            "town": deal.company.town,
            "want": deal.want,
            "n": 9 + int(dice.random() * 22),
        }
        moment = begun + (ended - begun) * dice.random()
        _note_down(story, deal.seller, said, dice.one_of(group["next"]), about, moment, facts, dice)


def keep_in_touch(story: Story, companies: Sequence[Company]) -> None:
    """Customers are called now and then, and so are those who may become some."""
    for company in companies:
        dice = Dice(f"talks of {company.id}")
        group = words("talks")["customer" if company.is_customer else "prospect"]
        for said in dice.sample(list(group["talks"]), int(dice.random() * (3.4 if company.is_customer else 2.2))):
            person = dice.one_of(company.people)
            about = dice.weighted({company.id: 60, person.id: 40})
            facts = {
                "first": person.first,
                "company": company.name,
                "town": company.town,
                "want": dice.one_of(company.trade["wants"]),
            }
            moment = person.since + (story.now - person.since) * dice.random()
            _note_down(
                story, company.seller, said, dice.one_of(group["next"]), about, moment, facts, dice
            )
        if dice.happens(12):
            count = int(company.employees * (0.9 + 0.3 * dice.random()))
            learnt = story.diaries[company.seller].before(story.now - A_WEEK * dice.random() * 12)
            if learnt > company.since:
                story.change(learnt, company.seller, "company", company.id, {"employees": count})


def _note_down(
    story: Story,
    who: str,
    said: Mapping[str, Any],
    following: str,
    about: str,
    moment: datetime,
    facts: Mapping[str, Any],
    dice: Dice,
) -> None:
    """Tell an activity, written down at the next sitting after it."""
    diary = story.diaries[who]
    at = diary.at_work(moment.astimezone(diary.zone).date(), dice)
    written = diary.after(max(at, moment))
    if written is None:
        return
    minutes, outcomes = said.get("minutes"), said.get("outcome")
    body = f"{said['body']} {following}".strip() if said["kind"] != "email" else said["body"]
    values = {
        "kind": said["kind"],
        "subject": said["subject"].format(**facts),
        "body": body.format(**facts),
        "at": at.isoformat(),
        "duration": dice.number(minutes) if minutes else None,
        "outcome": dice.one_of(outcomes) if outcomes else None,
        "about": about,
    }
    story.make(written, who, "activity", f"{about}-talk-{written:%m%d}-{dice.random():.9f}", values)


def comment_on_deals(story: Story, deals: Sequence[Deal]) -> None:
    """The manager asks, the seller answers."""
    phrases = words("talks")["comments"]
    for deal in deals:
        dice = Dice(f"comments on {deal.id}")
        if deal.seller == MANAGER or deal.stage == "lost" or not dice.happens(40):
            continue
        begun = deal.steps[-1][1]
        asked = story.diaries[MANAGER].after(begun + (story.now - begun) * dice.random() * 0.8)
        if asked is None:
            continue
        month = (asked + timedelta(days=20)).strftime("%B")
        question = dice.one_of(phrases["asks"]).format(month=month)
        story.make(asked, MANAGER, "comment", f"{deal.id}-ask", {"body": question, "about": deal.id})
        answered = story.diaries[deal.seller].after(asked + timedelta(hours=3))
        if answered is not None and dice.happens(75):
            words_of = dice.one_of(phrases["answers"]).format(first=deal.people[0].first)
            story.make(
                answered, deal.seller, "comment", f"{deal.id}-answer", {"body": words_of, "about": deal.id}
            )
