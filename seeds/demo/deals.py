"""Deals: how each begins, moves along, grows or shrinks, and ends, or has not ended yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from seeds.demo.customers import Company, Person
from seeds.demo.story import MANAGER, Story
from seeds.demo.words import Dice, words

ROAD = ("lead", "contacted", "proposal", "negotiation")
FOR_CUSTOMERS = {"expansion": 2, "renewal": 2}  # who knows us begins with a proposal
WORTH_A_LOOK = 20_000  # from this amount on, the manager works out the margin


@dataclass(slots=True)
class Deal:
    """A deal as the story knows it. `steps` are the stages it came to, and when."""

    id: str
    name: str
    company: Company
    people: list[Person]
    site: str
    want: str
    days: float  # that it takes from its first day to its last
    amount: int
    closes: date
    steps: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def seller(self) -> str:
        """Whose deal it is."""
        return self.company.seller

    @property
    def stage(self) -> str:
        """Where it stands now."""
        return self.steps[-1][0]

    @property
    def is_open(self) -> bool:
        """Whether it may still be won."""
        return self.stage in ROAD

    @property
    def price(self) -> str:
        """Its amount, in the customer's currency."""
        return f"{self.amount} {self.company.place['currency']}"


def work_on_deals(story: Story, companies: Sequence[Company], count: int) -> list[Deal]:
    """Deals with these companies, from the first day to the last."""
    deals = []
    weights = {str(at): 1 + (company.employees > 200) for at, company in enumerate(companies)}
    for number in range(count):
        dice = Dice(f"deal {number}")
        company = companies[int(dice.weighted(weights))]
        beginning = story.diaries[company.seller].beginning
        begun = beginning + (story.now - beginning) * dice.random() ** 0.85
        written = story.diaries[company.seller].after(max(begun, company.since))
        if written is not None:
            kind = _kind_for(company, dice)
            deals.append(_begin(story, f"deal-{number}", kind, company, written, dice))
    return deals


def _kind_for(company: Company, dice: Dice) -> str:
    kinds = words("deals")["deals"]["kinds"]
    fitting = [key for key in kinds if company.is_customer or key not in FOR_CUSTOMERS]
    return dice.weighted({key: kinds[key]["weight"] for key in fitting})


def _begin(
    story: Story, name: str, key: str, company: Company, begun: datetime, dice: Dice
) -> Deal:
    kind = words("deals")["deals"]["kinds"][key]
    site, days = dice.one_of(company.trade["sites"]), kind["days"] * (0.5 + dice.random())
    title = dice.one_of(kind["names"]).format(
        site=site, town=company.town, n=3 + int(dice.random() * 22), year=begun.year
    )
    deal = Deal(
        id=name,
        name=title[0].upper() + title[1:],
        company=company,
        people=dice.some_of([person for person in company.people if person.since <= begun], 2),
        site=site,
        want=dice.one_of(company.trade["wants"]),
        days=days,
        amount=_rounded(dice.number(kind["amount"])),
        closes=(begun + timedelta(days=days * (0.8 + 0.5 * dice.random()))).date(),
    )
    start = FOR_CUSTOMERS.get(key, int(dice.happens(25)))
    deal.steps.append((ROAD[start], begun))
    story.make(begun, deal.seller, "deal", deal.id, _first_values(deal, kind, dice))
    _go_on(story, deal, list(_road_ahead(start, kind, dice)), dice)
    return deal


def _first_values(deal: Deal, kind: Mapping[str, Any], dice: Dice) -> dict[str, Any]:
    about = words("deals")["deals"]
    description = dice.one_of(about["abouts"]).format(want=deal.want, first=deal.people[0].first)
    return {
        "name": deal.name,
        "company": deal.company.id,
        "contacts": [each.id for each in deal.people],
        "stage": deal.stage,
        "amount": deal.price,
        "close_date": deal.closes.isoformat(),
        "source": dice.weighted(about["sources"]),
        "products": dice.some_of(kind["products"], 3),
        "tags": dice.some_of(about["tags"], 1) if dice.happens(22) else None,
        "description": description if dice.happens(45) else None,
    }


def _road_ahead(
    start: int, kind: Mapping[str, Any], dice: Dice
) -> Iterator[tuple[str, float]]:
    """The stages to come, each with the share of the deal's days spent before it is reached."""
    stages = words("deals")["deals"]["stages"]
    road, end = list(ROAD[start:]), "won"
    if not dice.happens(kind["wins"]):
        last = dice.weighted({stage: stages[stage]["lost"] for stage in road})
        road, end = road[: road.index(last) + 1], "lost"
    for stage, following in zip(road, [*road[1:], end], strict=True):
        yield following, stages[stage]["share"] / 100 * (0.6 + 0.8 * dice.random())


def _go_on(story: Story, deal: Deal, road: Sequence[tuple[str, float]], dice: Dice) -> None:
    """Tell the deal from its first day to its end, or to now."""
    diary = story.diaries[deal.seller]
    for stage, share in road:
        decided = deal.steps[-1][1] + timedelta(days=max(0.5, deal.days * share))
        written = diary.after(decided)
        if written is None:
            _put_off(story, deal, dice)
            break
        day = min(diary.at_work(decided.date(), dice), written).date()
        story.change(written, deal.seller, "deal", deal.id, _changes(deal, stage, day, dice))
        deal.steps.append((stage, written))
    if deal.stage == "won":
        for person in deal.people:
            story.change(deal.steps[-1][1], deal.seller, "contact", person.id, {"status": "customer"})
    if deal.amount > WORTH_A_LOOK and deal.stage != "lead":
        _reckon_margin(story, deal, dice)


def _changes(deal: Deal, stage: str, day: date, dice: Dice) -> dict[str, Any]:
    about = words("deals")["deals"]
    changes: dict[str, Any] = {"stage": stage, "probability": about["stages"][stage]["probability"]}
    if stage in ROAD:
        if dice.happens(45):
            deal.amount = _rounded(int(deal.amount * (0.8 + 0.35 * dice.random())))
            changes["amount"] = deal.price
        if stage == "negotiation" or deal.closes < day + timedelta(days=7):
            deal.closes = day + timedelta(days=5 + int(deal.days * 0.5 * dice.random()))
    else:
        deal.closes = day
    if stage == "lost":
        changes["lost_reason"] = dice.weighted(about["lost"])
    changes["close_date"] = deal.closes.isoformat()
    return changes


def _put_off(story: Story, deal: Deal, dice: Dice) -> None:
    """Most sellers move an expected close that has passed; some forget."""
    if deal.closes > story.now.date() or dice.happens(25):
        return
    noticed = max(deal.steps[-1][1], story.now - timedelta(days=1 + 9 * dice.random()))
    written = story.diaries[deal.seller].after(noticed)
    if written is not None:
        deal.closes = story.now.date() + timedelta(days=2 + int(32 * dice.random()))
        changes = {"close_date": deal.closes.isoformat()}
        story.change(written, deal.seller, "deal", deal.id, changes)


def _reckon_margin(story: Story, deal: Deal, dice: Dice) -> None:
    looked = story.diaries[MANAGER].after(deal.steps[-1][1] + timedelta(days=2))
    if looked is not None:
        story.change(looked, MANAGER, "deal", deal.id, {"margin": 14 + int(30 * dice.random())})


def _rounded(number: int) -> int:
    """An amount as offers have them."""
    step = 50 if number < 10_000 else 250 if number < 50_000 else 500
    return number // step * step
