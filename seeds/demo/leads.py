"""Leads: people who asked, from the first word until it is clear what becomes of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from seeds.demo.customers import slug
from seeds.demo.story import Story
from seeds.demo.words import Dice, words

SPAN = timedelta(days=130)
FRESH = timedelta(days=4)


def meet_leads(story: Story, count: int) -> None:
    """People who asked lately; the older a lead, the likelier it is settled."""
    places = words("places")
    weights = {key: place["weight"] for key, place in places.items()}
    for number in range(count):
        dice = Dice(f"lead {number}")
        place = places[dice.weighted(weights)]
        seller = place["seller"]
        name = f"lead-{number}"
        met = story.diaries[seller].before(story.now - SPAN * dice.random() ** 1.6)
        story.make(met, seller, "lead", name, _asker(place, dice))
        _settle(story, seller, name, met, dice)


def _asker(place: Mapping[str, Any], dice: Dice) -> dict[str, Any]:
    titles = words("trades")["trades"]["titles"]
    first, last = dice.one_of(place["first"]), dice.one_of(place["last"])
    town = dice.one_of(place["towns"]).split("|")[0]
    patterns = place["firms"][dice.one_of(list(place["firms"]))]
    firm = dice.one_of(patterns).format(last=dice.one_of(place["last"]), town=town, first=first)
    return {
        "name": {"first": first, "last": last},
        "company_name": firm,
        "job_title": dice.one_of(titles[dice.one_of(("uses", "decides"))]),
        "email": f"{slug(first, place)[:1]}.{slug(last, place)}@{slug(firm, place)}.example",
        "phone": place["phone"].format(n=int(dice.random() * 100)) if dice.happens(60) else None,
        "rating": 1 + int(dice.random() * 5) if dice.happens(70) else None,
        "source": dice.weighted(words("deals")["deals"]["sources"]),
        "interest": dice.one_of(words("leads")["leads"]["interests"]),
    }


def _settle(story: Story, seller: str, name: str, met: datetime, dice: Dice) -> None:
    """Somebody calls after a few days; some weeks later it is clear whether there is business."""
    diary = story.diaries[seller]
    notes = words("leads")["leads"]["notes"]
    called = diary.after(met + FRESH * dice.random())
    if called is None or not dice.happens(88):
        return
    _move_on(story, seller, name, called, "working", dice.one_of(notes["working"]))
    settled = diary.after(called + timedelta(days=5 + 30 * dice.random()))
    if settled is not None:
        status = "qualified" if dice.happens(44) else "disqualified"
        _move_on(story, seller, name, settled, status, dice.one_of(notes[status]))


def _move_on(
    story: Story, seller: str, name: str, at: datetime, status: str, note: str
) -> None:
    story.change(at, seller, "lead", name, {"status": status})
    values = {"kind": "note", "subject": note, "at": at.isoformat(), "about": name}
    story.make(at, seller, "activity", f"{name}-{status}", values)
