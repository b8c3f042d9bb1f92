"""What was said: calls, meetings, e-mails and notes, and comments among colleagues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from seeds.demo.customers import Company
from seeds.demo.deals import ROAD, Deal
from seeds.demo.story import MANAGER, Story
from seeds.demo.words import Dice, words

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Whose talk it is, when, about which record, in what kind of talk, and with which facts."""

    who: str
    at: datetime
    about: str
    group: str
    facts: Mapping[str, Any]


def talk_about_deals(story: Story, deals: Sequence[Deal]) -> None:
    """At every stage of a deal there is something to say, to somebody, about it."""
    for deal in deals:
        dice = Dice(f"talks of {deal.id}")
        ends = [at for _, at in deal.steps[1:]] + [story.now]
        for (stage, begun), ended in zip(deal.steps, ends, strict=True):
            if stage in ROAD:
                _talk_at(story, deal, stage, (begun, ended), 1 + int(dice.random() * 1.9), dice)
            elif dice.happens(75):
                _talk_at(story, deal, stage, (begun, min(ended, begun + A_WEEK)), 1, dice)


def _talk_at(
    story: Story, deal: Deal, stage: str, span: tuple[datetime, datetime], count: int, dice: Dice
) -> None:
    begun, ended = span
    person = deal.people[0]
    facts = {
        "first": person.first,
        "company": deal.company.name,
        "deal": deal.name,
        "site": deal.site,
        "town": deal.company.town,
        "want": deal.want,
        "n": 9 + int(dice.random() * 22),
    }
    for said in dice.sample(words("talks")[stage]["talks"], count):
        about = dice.weighted({deal.id: 66, person.id: 22, deal.company.id: 12})
        at = begun + (ended - begun) * dice.random()
        _note_down(story, Occasion(deal.seller, at, about, stage, facts), said, dice)


def keep_in_touch(story: Story, companies: Sequence[Company]) -> None:
    """Customers are called now and then, and so are those who may become some."""
    for company in companies:
        dice = Dice(f"talks of {company.id}")
        group, most = ("customer", 3.4) if company.is_customer else ("prospect", 2.2)
        for said in dice.sample(words("talks")[group]["talks"], int(dice.random() * most)):
            person = dice.one_of(company.people)
            facts = {
                "first": person.first,
                "company": company.name,
                "town": company.town,
                "want": dice.one_of(company.trade["wants"]),
            }
            at = person.since + (story.now - person.since) * dice.random()
            about = dice.weighted({company.id: 60, person.id: 40})
            _note_down(story, Occasion(company.seller, at, about, group, facts), said, dice)
        if dice.happens(12):
            _count_heads(story, company, dice)


def _count_heads(story: Story, company: Company, dice: Dice) -> None:
    """The seller learns that the company has grown, or shrunk."""
    learnt = story.diaries[company.seller].before(story.now - 12 * A_WEEK * dice.random())
    if learnt > company.since:
        count = int(company.employees * (0.9 + 0.3 * dice.random()))
        story.change(learnt, company.seller, "company", company.id, {"employees": count})


def _note_down(story: Story, occasion: Occasion, said: Mapping[str, Any], dice: Dice) -> None:
    """Tell an activity, written down at the next sitting after it."""
    who, about = occasion.who, occasion.about
    diary = story.diaries[who]
    at = diary.at_work(occasion.at.astimezone(diary.zone).date(), dice)
    written = diary.after(max(at, occasion.at))
    if written is None:
        return
    minutes, outcomes = said.get("minutes"), said.get("outcome")
    body = dice.one_of(said["bodies"])
    if said["kind"] != "email":
        body = f"{body} {dice.one_of(words('talks')[occasion.group]['next'])}".strip()
    values = {
        "kind": said["kind"],
        "subject": dice.one_of(said["subjects"]).format(**occasion.facts),
        "body": body.format(**occasion.facts),
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
            answer = dice.one_of(phrases["answers"]).format(first=deal.people[0].first)
            values = {"body": answer, "about": deal.id}
            story.make(answered, deal.seller, "comment", f"{deal.id}-answer", values)
