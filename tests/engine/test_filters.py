"""A filter finds what a rule would hold for, on SQLite and on PostgreSQL, empties included."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import Actor, Context
from engine.errors import Malformed
from engine.expressions.closure import Given, compile_condition
from engine.expressions.facts import facts_of
from engine.fields.base import Reader
from engine.ids import new_id
from engine.records.commands import apply_batch
from engine.records.filters import read_where
from engine.records.operands import operands_of
from engine.records.queries import Query, list_records
from engine.records.writes import Change, Create
from engine.tenant import Tenant
from tests.engine.herding import CONDITIONS, ORYX, SIMPLE, records
from tests.engine.publishing import publish
from tests.metadata.speaking import sources

COUNT = 60
NOON = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)  # a day later in Berlin
Rows = Mapping[str, dict[str, Any]]


@pytest.fixture
def ctx(tenant: Tenant, admin: Actor) -> Iterator[Context]:
    """Sixty records of every kind of value, asked about from Berlin late in the evening."""
    publish(tenant, ORYX)
    ids = [new_id() for _ in range(COUNT)]
    with tenant.writing(admin) as writing:
        creates = [Create(values=values, id=each) for each, values in zip(ids, records(COUNT), strict=True)]
        apply_batch(writing, "oryx", creates)
        changes = [Change(id=each, values=_relatives(ids, at, admin)) for at, each in enumerate(ids)]
        assert all(outcome.refusal is None for outcome in apply_batch(writing, "oryx", changes))
    with tenant.reading(replace(admin, reader=Reader("Europe/Berlin"))) as reading:
        yield replace(reading, clock=lambda: NOON)


def _relatives(ids: list[str], at: int, admin: Actor) -> dict[str, Any]:
    return {
        "mother": ids[at // 2] if at % 5 else None,
        "friends": [ids[(at + 1) % COUNT], ids[(at + 5) % COUNT]] if at % 3 else [],
        "owner": admin.id if at % 2 else None,
    }


@pytest.fixture
def rows(ctx: Context) -> Rows:
    """What closures are given of every record, by its title; its mother's beside its own."""
    entity = ctx.machine.catalog.entities["oryx"]
    page = list_records(ctx, Query(entity="oryx", limit=500, expand=("friends",)))
    titles = {record.id: str(record.title) for record in page.records}
    found = {str(record.title): operands_of(ctx, entity, record.values) for record in page.records}
    for record in page.records:
        own = found[str(record.title)]
        own["#friends"] = {titles[each.id] for each in record.expanded["friends"]}
    for own in list(found.values()):
        mother = found[titles[own["mother"]]] if "mother" in own else {}
        own |= {f"mother.{key}": value for key, value in mother.items() if "." not in key and "#" not in key}
    return found


def held(ctx: Context, source: str, rows: Rows) -> set[str]:
    """The titles of those for which a rule would hold."""
    condition = compile_condition(read_where(ctx, ctx.machine.catalog.entities["oryx"], source))
    facts = facts_of(ctx)
    return {title for title, operands in rows.items() if condition(Given(operands, facts))}


def found(ctx: Context, source: str) -> set[str]:
    """The titles of those that a filter finds."""
    page = list_records(ctx, Query(entity="oryx", where=(source,), limit=500, fields=("name",)))
    return {str(record.title) for record in page.records}


def test_a_filter_finds_what_a_rule_would_hold_for(ctx: Context, rows: Rows) -> None:
    kinds = set()

    @settings(max_examples=400)
    @given(CONDITIONS)
    def same(source: str) -> None:
        expected = held(ctx, source, rows)
        assert found(ctx, source) == expected, source
        kinds.add(0 < len(expected) < COUNT)

    same()
    assert kinds == {True, False}


def test_what_is_asked_of_related_records_is_what_holds_for_them(ctx: Context, rows: Rows) -> None:
    friends = {title: operands["#friends"] for title, operands in rows.items()}

    @settings(max_examples=100)
    @given(SIMPLE, st.integers(0, 2))
    def same(source: str, number: int) -> None:
        good = held(ctx, source, rows)
        assert found(ctx, f"any(friends, {source})") == {t for t, each in friends.items() if good & each}
        assert found(ctx, f"all(friends, {source})") == {t for t, each in friends.items() if each <= good}
        assert found(ctx, f"count(friends, {source}) == {number}") == {
            title for title, each in friends.items() if len(good & each) == number
        }

    same()


def test_a_path_over_a_link_reads_the_linked_record(ctx: Context, rows: Rows) -> None:
    for source in (
        "mother.size > 1", "mother.nick == 'Ada'", "mother.tame", "not mother.tame", "mother.coat == coat",
        "is_empty(mother.size)", "mother.weight == weight", "mother.size >= weight", "mother.count == size",
        "mother.count != price", "contains(mother.traits, 'wild')", "'wild' not in mother.traits",
        "mother.size < size < 100 or mother.is_won",
    ):  # fmt: skip
        assert found(ctx, source) == held(ctx, source, rows), source


def test_a_condition_on_related_records_may_speak_of_the_one_they_are_related_to(ctx: Context, rows: Rows) -> None:
    def is_smaller(own: dict[str, Any], other: dict[str, Any]) -> bool:
        return None not in (own.get("size"), other.get("size")) and own["size"] > other["size"]

    larger = {title for title, own in rows.items() if any(is_smaller(own, rows[f]) for f in own["#friends"])}
    echo = {
        title
        for title, own in rows.items()
        if any(rows[far].get("nick") == rows[near].get("nick") for near in own["#friends"] for far in rows[near]["#friends"])
    }

    assert found(ctx, "any(friends, parent.size > size)") == larger
    assert found(ctx, "any(friends, any(friends, parent.nick == nick))") == echo


def test_ways_of_saying_the_same_find_the_same(ctx: Context) -> None:
    for one, other in (
        ("is_empty(friends)", "count(friends) == 0"),
        ("not is_empty(children)", "any(children)"),
        ("is_empty(mother.friends)", "not any(friend_of, True) or is_empty(mother.friends)"),
        ("owner == me", "owner.email == me.email"),
        ("owner in (None, me)", "me.email == 'ada@example.com'"),
        ("me in me.teams", "False"),
        ("me in friends", "False"),
        ("stage == 'grown'", "is_won and stage.probability == 100"),
        ("mother.mother.mother.name == '000'", "mother.mother.mother.name in ('000',)"),
        ("home.city == 'Ürzig'", "ends_with(home.city, 'RZIG') and starts_with(home.city, 'ü')"),
        ("size > 1e17", "False"),
        ("size < 1e18 and weight > -1e18", "not is_empty(size) and not is_empty(weight)"),
        ("count == 1.5", "False"),
        ("born == today()", "born == '2024-03-01'"),
        ("seen < '2024-02-29'", "seen < '2024-02-28T23:00:00Z'"),
    ):
        assert found(ctx, one) == found(ctx, other), one


def test_somebody_elsewhere_has_another_day(ctx: Context, admin: Actor) -> None:
    there = replace(ctx, actor=replace(admin, reader=Reader("America/New_York")))

    assert found(there, "born == today()") == found(ctx, "born == '2024-02-29'") != set()
    assert found(there, "seen < '2024-02-29'") == found(ctx, "seen < '2024-02-29T06:00'")


def test_what_no_database_can_be_asked_is_refused_with_its_place(ctx: Context) -> None:
    for source in ("contains(list(friends.name), 'x')", "in_team(name)"):
        with pytest.raises(Malformed) as refusal:
            found(ctx, source)

        assert (refusal.value.code, refusal.value.facts["column"]) == ("expression.not-available", 1)


def test_any_question_is_answered_or_refused(ctx: Context) -> None:
    names = ["name", "full", "full.first", "home", "home.city", "size", "count", "price", "born", "seen", "tame", "coat",
             "traits", "stage", "stage.label", "mother", "mother.size", "mother.friends", "mother.traits", "friends",
             "children", "owner", "owner.email", "me", "me.email", "me.teams", "parent.size", "is_open", "id", "title",
             "created_at", "created_by", "created_by.name", "version"]  # fmt: skip
    outcomes = set()

    @settings(max_examples=400)
    @given(sources(names))
    def ask(source: str) -> None:
        try:
            found(ctx, source)
            outcomes.add("answered")
        except Malformed as refusal:
            outcomes.add(refusal.code.partition(".")[0])

    ask()
    assert outcomes == {"answered", "expression"}


@pytest.mark.parametrize(
    ("where", "count"), [("duration == 5400", 1), ("duration > 5399 and duration < 5401", 1), ("duration > 5400", 0)]
)
def test_a_length_of_time_compares_by_its_seconds(tenant: Tenant, where: str, count: int) -> None:
    with tenant.writing() as ctx:
        rows = [{"kind": "call", "subject": "Long", "duration": "1h 30m"}, {"kind": "call", "subject": "None"}]
        apply_batch(ctx, "activity", [Create(values=row) for row in rows])

        assert len(list_records(ctx, Query(entity="activity", where=(where,))).records) == count
