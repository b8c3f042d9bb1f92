"""The companies that buy or may buy, and the people one talks to there."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from seeds.demo.diary import Diary
from seeds.demo.story import MANAGER, Story
from seeds.demo.words import Dice, words


@dataclass(slots=True)
class Person:
    """Somebody at a company."""

    id: str
    first: str
    last: str
    since: datetime


@dataclass(slots=True)
class Company:
    """A company as the story knows it."""

    id: str
    name: str
    domain: str
    place: Mapping[str, Any]
    town: str
    industry: str
    employees: int
    seller: str
    since: datetime
    is_customer: bool
    people: list[Person] = field(default_factory=list)

    @property
    def trade(self) -> Mapping[str, Any]:
        """What companies of its industry are like."""
        trade: Mapping[str, Any] = words("trades")["trades"]["industries"][self.industry]
        return trade


def found_companies(story: Story, count: int) -> list[Company]:
    """Companies with their people: most known from the start, others met along the way."""
    places = words("places")
    weights = {key: place["weight"] for key, place in places.items()}
    taken: set[str] = set()
    companies = []
    for number in range(count):
        dice = Dice(f"company {number}")
        company = _found(story, number, places[dice.weighted(weights)], dice, taken)
        companies.append(company)
        for at in range(_how_many_people(company, dice)):
            _introduce(story, company, at, dice)
    return companies


def _found(
    story: Story, number: int, place: Mapping[str, Any], dice: Dice, taken: set[str]
) -> Company:
    firms: Mapping[str, Sequence[str]] = place["firms"]
    industries = words("trades")["trades"]["industries"]
    industry = dice.weighted({key: industries[key]["weight"] for key in firms})
    town, postal_code, *region = dice.one_of(place["towns"]).split("|")
    name = _name(firms[industry], place, town, dice, taken)
    seller = MANAGER if dice.happens(5) else place["seller"]
    company = Company(
        id=f"company-{number}",
        name=name,
        domain=f"{slug(name, place)}.example",
        place=place,
        town=town,
        industry=industry,
        employees=_round(dice.number(industries[industry]["people"])),
        seller=seller,
        since=_met(story.diaries[seller], dice),
        is_customer=dice.happens(22),
    )
    values = _first_values(company, number, postal_code, region, dice)
    story.make(company.since, seller, "company", company.id, values)
    return company


def _first_values(
    company: Company, number: int, postal_code: str, region: Sequence[str], dice: Dice
) -> dict[str, Any]:
    place, trades = company.place, words("trades")["trades"]
    revenue = _round(company.employees * (90 + int(dice.random() * 160))) * 1000
    street = place["street"].format(street=dice.one_of(place["streets"]), n=1 + int(dice.random() * 98))
    return {
        "name": company.name,
        "domain": company.domain,
        "website": f"https://www.{company.domain}",
        "phone": place["phone"].format(n=number % 100),
        "industry": company.industry,
        "employees": company.employees,
        "annual_revenue": f"{revenue} {place['currency']}",
        "address": {
            "street": street,
            "city": company.town,
            "postal_code": postal_code,
            "region": region[0] if region else None,
            "country": place["country"],
        },
        "source": dice.weighted(words("deals")["deals"]["sources"]),
        "description": dice.one_of(trades["abouts"]) if dice.happens(55) else None,
        "tags": dice.some_of(trades["tags"], 2) if dice.happens(35) else None,
    }


def _met(diary: Diary, dice: Dice) -> datetime:
    if dice.happens(62):
        return diary.beginning
    share = dice.random()
    return diary.before(diary.beginning + (diary.now - diary.beginning) * share)


def _name(
    patterns: Sequence[str], place: Mapping[str, Any], town: str, dice: Dice, taken: set[str]
) -> str:
    """A name that no other company has. Those of a town are soon given away; families are many."""
    for tries in range(60):
        last = dice.one_of(place["last"])
        if tries > 20:
            last = f"{last} & {dice.one_of(place['last'])}"
        name = dice.one_of(patterns).format(last=last, town=town, first=dice.one_of(place["first"]))
        if tries > 40:
            name = f"{name} {tries}{int(dice.random() * 1000)}"
        if name not in taken:
            break
    taken.add(name)
    return name


def _how_many_people(company: Company, dice: Dice) -> int:
    return 1 + int(dice.random() * (2 if company.employees < 120 else 4))


def _introduce(story: Story, company: Company, at: int, dice: Dice) -> None:
    place, titles = company.place, words("trades")["trades"]["titles"]
    first, last = dice.one_of(place["first"]), dice.one_of(place["last"])
    kind = ("uses", "decides", "checks", "uses")[at % 4]
    number = int(dice.random() * 100)
    spelled = [slug(part, place) for part in (first, last)]
    page = f"https://www.linkedin.example/in/{'-'.join(spelled)}"
    values = {
        "name": {"first": first, "last": last},
        "company": company.id,
        "job_title": dice.one_of(titles[kind]),
        "email": f"{'.'.join(spelled)}@{company.domain}",
        "phone": place["phone"].format(n=number) if dice.happens(70) else None,
        "mobile": place["mobile"].format(n=number) if dice.happens(45) else None,
        "status": "customer" if company.is_customer else "prospect",
        "linkedin": page if dice.happens(40) else None,
        "source": dice.weighted(words("deals")["deals"]["sources"]),
        "do_not_call": dice.happens(3),
    }
    met = company.since
    if at and not dice.happens(60):
        later = story.diaries[company.seller].after(met + timedelta(days=7 + 60 * dice.random()))
        met = later or met
    person = Person(f"{company.id}-person-{at}", first, last, met)
    company.people.append(person)
    story.make(met, company.seller, "contact", person.id, values)


def slug(text: str, place: Mapping[str, Any]) -> str:
    """A text as addresses spell it in a place."""
    spelled = text.lower().translate(str.maketrans({"&": " ", "ß": "ss", **place.get("letters", {})}))
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return "-".join("".join(c for c in plain if c.isalnum() or c in " -").split())


def _round(number: int) -> int:
    """A number as people say it: two digits that count."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return max(1, number // step * step)
