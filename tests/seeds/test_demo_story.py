"""The demo's story is told alike by every machine, and always ends at this very moment."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from seeds.demo.telling import tell_story
from seeds.loader import Act

WEDNESDAY = datetime(2026, 3, 18, 14, 30, tzinfo=UTC)
MOMENTS = [
    pytest.param(WEDNESDAY, id="a Wednesday afternoon"),
    pytest.param(datetime(2026, 3, 21, 23, 50, tzinfo=UTC), id="late on a Saturday"),
    pytest.param(datetime(2026, 3, 23, 0, 5, tzinfo=UTC), id="a Monday before dawn"),
    pytest.param(datetime(2028, 2, 29, 9, 0, tzinfo=UTC), id="a leap day"),
    pytest.param(datetime(2027, 1, 1, 12, 0, tzinfo=UTC), id="New Year"),
]
SELLERS = {"elena": "Europe/Rome", "jonas": "Europe/Berlin", "priya": "America/Chicago"}
OPEN = {"lead", "contacted", "proposal", "negotiation"}


def as_it_is_now(acts: list[Act]) -> dict[str, dict[str, dict[str, Any]]]:
    """Entity → local id → values after all that happened, with who made it."""
    records: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for act in acts:
        records[act.entity].setdefault(act.id, {"maker": act.who}).update(act.values)
    return records


def test_the_same_moment_tells_the_same_story() -> None:
    assert tell_story(WEDNESDAY) == tell_story(WEDNESDAY)


def test_tomorrow_the_customers_are_the_same() -> None:
    names = [
        [act.values["name"] for act in tell_story(moment) if act.is_new and act.entity == "company"]
        for moment in (WEDNESDAY, WEDNESDAY + timedelta(days=1))
    ]

    assert sorted(names[0]) == sorted(names[1])
    assert len(set(names[0])) == len(names[0]) == 240


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_happened_is_past_and_in_order(moment: datetime) -> None:
    acts = tell_story(moment)

    times = [act.at for act in acts]
    assert times == sorted(times)
    assert times[-1] < moment
    assert moment - times[0] > timedelta(days=270)


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_is_spoken_of_before_it_is_made(moment: datetime) -> None:
    made: set[str] = set()
    for act in tell_story(moment):
        said = {act.values.get(key) for key in ("company", "about", "manager")} - {None}
        assert said <= made, f"{act.entity} {act.id}"
        assert act.is_new == (act.id not in made), f"{act.entity} {act.id}"
        made.add(act.id)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("who", SELLERS)
def test_a_seller_has_a_week_before_them(moment: datetime, who: str) -> None:
    zone = ZoneInfo(SELLERS[who])
    today = moment.astimezone(zone).date()
    days = Counter(
        (datetime.fromisoformat(task["due"]).astimezone(zone).date() - today).days
        for task in as_it_is_now(tell_story(moment))["task"].values()
        if task["maker"] == who and task.get("status") in {"open", "in_progress"}
    )

    assert sum(count for day, count in days.items() if day < 0) >= 2
    assert days[0] >= 3
    assert days[1] >= 2
    assert sum(count for day, count in days.items() if 2 <= day <= 9) >= 4


@pytest.mark.parametrize("moment", MOMENTS)
def test_deals_stand_everywhere_with_nine_months_behind_them(moment: datetime) -> None:
    deals = as_it_is_now(tell_story(moment))["deal"].values()
    stages = Counter(deal["stage"] for deal in deals)
    months = {deal["close_date"][:7] for deal in deals if deal["stage"] == "won"}
    soon = [
        0 <= (date.fromisoformat(deal["close_date"]) - moment.date()).days <= 56
        for deal in deals
        if deal["stage"] in OPEN
    ]

    assert set(stages) == OPEN | {"won", "lost"}
    assert all(stages[stage] >= 5 for stage in stages)
    assert len(months) >= 8
    assert sum(soon) > len(soon) / 2
    closed = [deal["close_date"] for deal in deals if deal["stage"] not in OPEN]
    assert max(closed) <= moment.date().isoformat()


def test_a_lost_deal_says_why_and_a_won_one_for_how_much() -> None:
    deals = as_it_is_now(tell_story(WEDNESDAY))["deal"].values()

    assert all(deal["lost_reason"] for deal in deals if deal["stage"] == "lost")
    assert all(int(deal["amount"].split()[0]) > 0 for deal in deals if deal["stage"] == "won")


def test_customers_are_at_home_on_two_continents_and_write_from_nowhere_real() -> None:
    records = as_it_is_now(tell_story(WEDNESDAY))

    countries = {company["address"]["country"] for company in records["company"].values()}
    assert {"Germany", "Italy", "United Kingdom", "United States"} <= countries
    assert all(company["domain"].endswith(".example") for company in records["company"].values())
    assert all(contact["email"].endswith(".example") for contact in records["contact"].values())


def test_what_is_said_is_said_in_many_ways() -> None:
    activities = as_it_is_now(tell_story(WEDNESDAY))["activity"].values()

    kinds = Counter(activity["kind"] for activity in activities)
    texts = {activity.get("body") for activity in activities}
    assert set(kinds) == {"call", "meeting", "email", "note"}
    assert len(texts) > len(activities) / 2
    assert not any("{" in f"{a['subject']}{a.get('body')}" for a in activities)


@pytest.mark.parametrize("records", [300, 3_600, 20_000])
def test_the_story_is_about_as_long_as_it_was_asked_to_be(records: int) -> None:
    made = sum(act.is_new for act in tell_story(WEDNESDAY, records))

    assert 0.75 * records < made < 1.4 * records
