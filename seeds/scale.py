"""A CRM of any size, to measure with: the same records on every machine and day.

They came in over four years, each few hundred on a day of their own and by another
seller, through the same commands as everything else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.access.actors import load_actor
from engine.context import SYSTEM, Actor, Cause
from engine.errors import Refused
from engine.plans.mirrors import mirror_id
from engine.records.commands import apply_batch
from engine.records.writes import Create
from engine.tenant import Tenant
from seeds.demo.customers import slug
from seeds.demo.words import Dice, words
from seeds.loader import id_at

FIRST_DAY = datetime(2021, 1, 4, 9, tzinfo=UTC)
SPAN = timedelta(days=4 * 365)
SELLERS = 20
AT_ONCE = 500
STATUSES = {"prospect": 62, "customer": 25, "partner": 6, "former": 7}
STAGES = {"lead": 20, "contacted": 18, "proposal": 15, "negotiation": 10, "won": 22, "lost": 15}

Values = Mapping[str, Any]
Progress = Callable[[str, int], None]  # the entity, and how many more of its records there are


@dataclass(frozen=True, slots=True)
class Size:
    """How many records of each kind a CRM of this many contacts has."""

    contacts: int

    @property
    def companies(self) -> int:
        """One for ten contacts."""
        return max(1, self.contacts // 10)

    @property
    def deals(self) -> int:
        """One for four contacts."""
        return max(1, self.contacts // 4)


def grow(tenant: Tenant, contacts: int, progress: Progress | None = None) -> None:
    """Fill a CRM that has the core and sales packs and no people yet."""
    size = Size(contacts)
    sellers = hire(tenant)
    kinds = (("company", size.companies, company), ("contact", contacts, contact), ("deal", size.deals, deal))
    for entity, count, describe in kinds:
        for numbers in _portions(count):
            writes = [
                Create(id=record_id(entity, number, count), values=describe(number, size))
                for number in numbers
            ]
            _load(tenant, entity, writes, _moment(numbers[0], count), sellers[numbers[0] % SELLERS])
            if progress is not None:
                progress(entity, len(numbers))


def hire(tenant: Tenant) -> list[Actor]:
    """The sellers, who see all customers and change their own."""
    with tenant.writing() as ctx:
        roles = [mirror_id("role", ctx.machine.catalog.roles["sales_rep"].identity)]
    people = [
        Create(
            id=seller_id(number),
            values={"name": f"Seller {number + 1}", "email": f"seller{number + 1}@pulse.example", "roles": roles},
        )
        for number in range(SELLERS)
    ]
    _load(tenant, "user", people, FIRST_DAY, SYSTEM)
    with tenant.reading() as ctx:
        return [load_actor(ctx.connection, ctx.machine, str(each.id)) for each in people]


def record_id(entity: str, number: int, count: int) -> str:
    """The id of a record, by its place among all of its kind."""
    return id_at(_moment(number, count), f"{entity}/{number}")


def seller_id(number: int) -> str:
    """The id of a seller."""
    return record_id("user", number, SELLERS)


def company(number: int, _size: Size) -> Values:
    """A firm, its name followed by its number, so that there are no two."""
    dice = Dice(f"firm {number}")
    place = _place(dice)
    industry = dice.one_of(list(place["firms"]))
    town = dice.one_of(place["towns"]).split("|")[0]
    pattern = dice.one_of(place["firms"][industry])
    last, first = dice.one_of(place["last"]), dice.one_of(place["first"])
    name = f"{pattern.format(last=last, town=town, first=first)} {number + 1}"
    domain = f"{slug(name, place)}.example"
    return {
        "name": name,
        "domain": domain,
        "website": f"https://www.{domain}",
        "industry": industry,
        "employees": dice.number((2, 5_000)),
        "phone": place["phone"].format(n=number % 100),
        "owner": seller_id(int(dice.random() * SELLERS)),
    }


def contact(number: int, size: Size) -> Values:
    """A person at one of the firms; the number keeps their address their own."""
    dice = Dice(f"person {number}")
    place = _place(dice)
    first, last = dice.one_of(place["first"]), dice.one_of(place["last"])
    if dice.happens(60):
        last = f"{last}-{dice.one_of(place['last'])}"
    titles = words("trades")["trades"]["titles"]
    return {
        "name": {"first": first, "last": last},
        "company": record_id("company", int(dice.random() * size.companies), size.companies),
        "job_title": dice.one_of(titles[dice.one_of(("uses", "decides"))]),
        "email": f"{slug(first, place)}.{slug(last, place)}.{number + 1}@pulse.example",
        "phone": place["phone"].format(n=number % 100),
        "status": dice.weighted(STATUSES),
        "owner": seller_id(int(dice.random() * SELLERS)),
    }


def deal(number: int, size: Size) -> Values:
    """Business with one of the firms and somebody who knows it."""
    dice = Dice(f"business {number}")
    kinds = {key: kind["weight"] for key, kind in words("deals")["deals"]["kinds"].items()}
    closes = FIRST_DAY + SPAN * dice.random() + timedelta(days=180)
    return {
        "name": f"{dice.weighted(kinds).capitalize()} {number + 1}",
        "company": record_id("company", int(dice.random() * size.companies), size.companies),
        "contacts": [record_id("contact", int(dice.random() * size.contacts), size.contacts)],
        "stage": dice.weighted(STAGES),
        "amount": {"amount": f"{dice.number((500, 250_000))}.00", "currency": "EUR"},
        "close_date": closes.date().isoformat(),
        "owner": seller_id(int(dice.random() * SELLERS)),
    }


def _place(dice: Dice) -> Mapping[str, Any]:
    places = words("places")
    return places[dice.weighted({key: place["weight"] for key, place in places.items()})]


def _portions(count: int) -> Iterator[range]:
    """The numbers of all records, in portions of at most so many; small CRMs have forty days too."""
    step = min(AT_ONCE, max(1, count // 40))
    return (range(at, min(count, at + step)) for at in range(0, count, step))


def _moment(number: int, count: int) -> datetime:
    return FIRST_DAY + SPAN * number / count


def _load(
    tenant: Tenant, entity: str, writes: Sequence[Create], moment: datetime, who: Actor
) -> None:
    with tenant.writing(who, cause=Cause(via="seed"), clock=lambda: moment) as ctx:
        outcomes = apply_batch(ctx, entity, writes)
    for write, outcome in zip(writes, outcomes, strict=True):
        if outcome.refusal is not None:
            raise Refused("scale.refused", f"{entity} {dict(write.values)}: {outcome.refusal.message}")
