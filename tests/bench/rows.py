"""What is measured: each row is a way to call both applications, and how to know that they agree."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote

from seeds import scale
from seeds.demo.words import Dice
from tests.bench.calling import Call

OURS, THEIRS = "/api/v1/records/contact", "/contacts"
COMMON, RARE = "hoffmann", "hoffmann-winkler"
IMPORTED = 10_000
NEVER_THE_SAME = frozenset(("id", "created_at", "updated_at"))

Pair = tuple[Call, Call]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `pair` makes two calls that ask the same of both."""

    name: str
    pair: Callable[[Dice], Pair]
    calls: int = 150  # of each application


def rows(records: int, tokens: dict[str, str]) -> list[Row]:
    """All lines, in their order."""
    size = scale.Size(records)
    own = _own_contacts(records, tokens["sales_id"])
    numbers = count(1)

    def by_owner(dice: Dice) -> Pair:
        owner = scale.seller_id(int(dice.random() * scale.SELLERS))
        return _list(f"where={quote(f'owner == {owner!r}')}", f"owner={owner}")

    def get(dice: Dice) -> Pair:
        contact_id = scale.record_id("contact", int(dice.random() * records), records)
        return Call(f"{OURS}/{contact_id}"), Call(f"{THEIRS}/{contact_id}")

    def create(dice: Dice) -> Pair:
        return _send("POST", "", _new(dice, size, next(numbers)))

    def change(dice: Dice) -> Pair:
        number = next(numbers)
        body = {"job_title": f"Job {number}", "status": dice.one_of(list(scale.STATUSES))}
        return _send("PATCH", f"/{dice.one_of(own)}", body)

    def create_many(dice: Dice) -> Pair:
        many = min(IMPORTED, records)
        return _send("POST", "/bulk", {"create": [_new(dice, size, next(numbers)) for _ in range(many)]})

    customers = "status == 'customer'"
    return [
        Row("list of 50, newest first", lambda _: _list("", "")),
        Row("list of 50, by name", lambda _: _list("sort=name", "sort=name")),
        Row("list of 50 of one owner", by_owner),
        Row("list of 50 customers, by name", lambda _: _list(f"where={quote(customers)}&sort=name", "status=customer&sort=name")),
        Row("list of 50, only one's own seen", lambda _: _list("", "", who="own")),
        Row("list of 50 with a common word", lambda _: _list(f"q={COMMON}", f"q={COMMON}")),
        Row("list of 50 with a rare word", lambda _: _list(f"q={RARE}", f"q={RARE}"), calls=25),
        Row("get", get, calls=300),
        Row("create", create),
        Row("patch", change),
        Row(f"import of {min(IMPORTED, records):,} (JSON)", create_many, calls=2),
    ]


def agree(ours: Any, theirs: Any) -> bool:
    """Whether both said the same, but for what no two can share, and for the formulas that only
    PulseCRM has.
    """
    if "succeeded" in ours:
        return bool(ours["succeeded"] == theirs["succeeded"])
    if "data" in ours:
        one, other = ours["data"], theirs["data"]
        return len(one) == len(other) and all(map(_are_alike, one, other))
    return _are_alike(_shared(ours), _shared(theirs))


def _are_alike(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return all(key in ours and ours[key] == value for key, value in theirs.items())


def _list(ours: str, theirs: str, who: str = "sales") -> Pair:
    return Call(f"{OURS}?{ours}", who=who), Call(f"{THEIRS}?{theirs}", who=who)


def _send(method: str, path: str, body: Any) -> Pair:
    return Call(OURS + path, method, body), Call(THEIRS + path, method, body)


def _new(dice: Dice, size: scale.Size, number: int) -> dict[str, Any]:
    company = scale.record_id("company", int(dice.random() * size.companies), size.companies)
    return {
        "name": {"first": "Nora", "last": f"Newcomer {number}"},
        "company": company,
        "email": f"newcomer.{number}@pulse.example",
        "phone": f"+4930231{number % 100_000:05}",
        "job_title": "Energy Manager",
        "status": "customer",
    }


def _own_contacts(records: int, owner: str) -> list[str]:
    """Ids of contacts of one owner, among the first that there are."""
    size = scale.Size(records)
    return [
        scale.record_id("contact", number, records)
        for number in range(min(records, 5_000))
        if scale.contact(number, size)["owner"] == owner
    ]


def _shared(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in NEVER_THE_SAME}
