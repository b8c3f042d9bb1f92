"""Records are written by commands and read by queries, alike on both databases."""

import pytest

from engine.context import Actor
from engine.errors import Conflict, Denied, Invalid, Malformed, Moved, NotFound
from engine.records.commands import (
    apply_batch,
    change_record,
    create_record,
    trash_record,
)
from engine.records.history import list_history
from engine.records.queries import Query, find_record, list_records
from engine.records.writes import Create
from engine.tenant import Tenant


def titles(ctx: object, **question: object) -> list[str | None]:
    page = list_records(ctx, Query(entity="zebra", **question))  # type: ignore[arg-type]
    return [record.title for record in page.records]


def test_everything_wrong_with_a_payload_is_told_at_once(tenant: Tenant, admin: Actor) -> None:
    with tenant.writing(admin) as ctx, pytest.raises(Invalid) as refusal:
        create_record(ctx, "zebra", {"nmae": "x", "herd": "west", "size": "big", "version": 3})

    assert {problem.pointer: problem.code for problem in refusal.value.problems} == {
        "/nmae": "field.unknown",
        "/herd": "choice.unknown",
        "/size": "decimal.not-a-number",
        "/version": "field.read-only",
        "/name": "field.required",
    }


def test_a_refused_write_leaves_nothing_behind(tenant: Tenant, admin: Actor) -> None:
    def create_twice() -> None:
        with tenant.writing(admin) as ctx:
            create_record(ctx, "zebra", {"name": "Zed"})
            create_record(ctx, "zebra", {"name": "Zed"})

    with pytest.raises(Conflict):
        create_twice()

    with tenant.reading(admin) as ctx:
        assert titles(ctx) == []


def test_history_tells_from_and_to_and_nothing_of_what_did_not_change(
    tenant: Tenant, admin: Actor
) -> None:
    with tenant.writing(admin) as ctx:
        zebra = create_record(ctx, "zebra", {"name": "Zed", "size": 1})
        change_record(ctx, "zebra", zebra.id, {"size": "2", "name": "Zed"})
        change_record(ctx, "zebra", zebra.id, {"size": "2.00"})
        entries = list_history(ctx, "zebra", zebra.id)

    assert [entry.operation for entry in entries] == ["updated", "created"]
    [step] = entries[0].steps
    assert (step.field.key, str(step.before), str(step.after)) == ("size", "1.00", "2.00")
    assert entries[0].actor is not None
    assert entries[0].actor.title == "Ada"


def test_a_write_to_a_version_that_has_moved_is_refused_with_the_difference(
    tenant: Tenant, admin: Actor
) -> None:
    with tenant.writing(admin) as ctx:
        zebra = create_record(ctx, "zebra", {"name": "Zed", "size": 1})
        change_record(ctx, "zebra", zebra.id, {"size": 2}, version=1)
        with pytest.raises(Moved) as refusal:
            change_record(ctx, "zebra", zebra.id, {"size": 3}, version=1)

    assert refusal.value.facts["differences"] == {"size": {"yours": 3, "current": "2.00"}}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("name == 'Alf'", ["Alf"]),
        ("name != 'Alf'", ["bea", "Çem"]),
        ("herd in ('north', 'south')", ["Alf", "bea"]),
        ("not herd == 'north'", ["bea", "Çem"]),
        ("size > 12.499 and size <= 12.5", ["Alf"]),
        ("size == 12.501", []),
        ("size < 100", ["Alf", "bea"]),
        ("is_empty(size)", ["Çem"]),
        ("price >= 10", ["Alf"]),
        ("contains(name, 'ÇE')", ["Çem"]),
        ("starts_with(name, 'BE')", ["bea"]),
        ("contains(name, '%')", []),
        ("mother.name == 'Alf'", ["bea"]),
        ("mother == None", ["Alf", "Çem"]),
        ("any(children, size > 1)", ["Alf"]),
        ("count(children) == 0", ["bea", "Çem"]),
        ("'calm' in traits", ["bea"]),
        ("born < today() and born > '2019-12-31'", ["Alf"]),
        ("created_at > days_ago(1)", ["Alf", "bea", "Çem"]),
        ("owner == me", ["Alf", "bea", "Çem"]),
        ("owner.email == 'ada@example.com'", ["Alf", "bea", "Çem"]),
        ("stage.category == 'open' and is_open and not is_won", ["Alf", "bea", "Çem"]),
        ("1 < 2", ["Alf", "bea", "Çem"]),
    ],
)
def test_a_condition_finds_what_it_says(
    tenant: Tenant, admin: Actor, where: str, found: list[str]
) -> None:
    with tenant.writing(admin) as ctx:
        alf = create_record(
            ctx, "zebra",
            {"name": "Alf", "herd": "north", "size": "12.5", "price": "10 EUR", "born": "2020-01-01"},
        )  # fmt: skip
        create_record(
            ctx, "zebra",
            {"name": "bea", "herd": "south", "size": 2, "mother": alf.id, "traits": ["wild", "calm"]},
        )  # fmt: skip
        create_record(ctx, "zebra", {"name": "Çem"})

        assert titles(ctx, where=(where,), sort=("name",)) == found


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("nmae == 1", "expression.unknown-field"),
        ("name <", "expression.syntax"),
        ("name < 'x'", "expression.not-ordered"),
        ("herd == 'west'", "expression.unknown-value"),
        ("__class__ == 1", "expression.not-allowed"),
        ("friends.name == 'x'", "expression.not-a-link"),
    ],
)
def test_a_condition_that_says_nothing_is_refused_with_its_column(
    tenant: Tenant, admin: Actor, where: str, code: str
) -> None:
    with tenant.reading(admin) as ctx, pytest.raises(Malformed) as refusal:
        titles(ctx, where=(where,))

    assert refusal.value.code == code
    assert refusal.value.facts["column"] >= 1


@pytest.mark.parametrize("sort", ["size", "-size", "name", "-name", "mother.name", "stage", "price", "-born"])
def test_paging_meets_every_record_once_whatever_the_order(
    tenant: Tenant, admin: Actor, sort: str
) -> None:
    with tenant.writing(admin) as ctx:
        first = create_record(ctx, "zebra", {"name": "first"})
        rows = [{"name": f"n{at % 7}-{at}", "size": at % 3 or None, "born": None if at % 4 else "2020-01-01",
                 "mother": first.id if at % 2 else None} for at in range(23)]  # fmt: skip
        apply_batch(ctx, "zebra", [Create(values=row) for row in rows])
        whole = [r.id for r in list_records(ctx, Query(entity="zebra", sort=(sort,))).records]

        paged: list[str] = []
        after = None
        while True:
            page = list_records(ctx, Query(entity="zebra", sort=(sort,), limit=5, after=after))
            paged += [record.id for record in page.records]
            if page.next is None:
                break
            after = page.next

        assert paged == whole
        assert len(set(paged)) == 24
        with pytest.raises(Malformed):
            list_records(ctx, Query(entity="zebra", sort=(sort,), after="x" + paged[0]))


def test_empty_values_come_last_in_both_directions(tenant: Tenant, admin: Actor) -> None:
    with tenant.writing(admin) as ctx:
        for name, size in (("none", None), ("two", 2), ("one", 1)):
            create_record(ctx, "zebra", {"name": name, "size": size})

        assert titles(ctx, sort=("size",)) == ["one", "two", "none"]
        assert titles(ctx, sort=("-size",)) == ["two", "one", "none"]


def test_a_stage_is_entered_only_by_allowed_moves_and_with_what_it_asks_for(
    tenant: Tenant, admin: Actor
) -> None:
    with tenant.writing(admin) as ctx:
        zebra = create_record(ctx, "zebra", {"name": "Zed"})
        assert zebra.values["stage"] == "calf"

        with pytest.raises(Invalid) as no_move:
            change_record(ctx, "zebra", zebra.id, {"stage": "grown"})
        change_record(ctx, "zebra", zebra.id, {"stage": "young"})
        with pytest.raises(Invalid) as lacking:
            change_record(ctx, "zebra", zebra.id, {"stage": "grown"})
        moved = change_record(ctx, "zebra", zebra.id, {"stage": "grown", "size": 3})

    assert no_move.value.message == 'From Calf a record can go to: Young. Not to "Grown up".'
    assert [problem.pointer for problem in lacking.value.problems] == ["/size"]
    assert moved.values["stage"] == "grown"


def test_a_person_sees_and_changes_only_what_is_theirs(
    tenant: Tenant, admin: Actor, keeper: Actor
) -> None:
    with tenant.writing(admin) as ctx:
        other = create_record(ctx, "zebra", {"name": "Other", "secret": "hush"})
    with tenant.writing(keeper) as ctx:
        create_record(ctx, "zebra", {"name": "Mine"})
        assert titles(ctx) == ["Mine"]
        for attempt in (
            lambda: find_record(ctx, "zebra", other.id),
            lambda: change_record(ctx, "zebra", other.id, {"size": 1}),
            lambda: trash_record(ctx, "zebra", other.id),
            lambda: list_history(ctx, "zebra", other.id),
        ):
            with pytest.raises(NotFound):
                attempt()
        with pytest.raises(Invalid):  # nor point at it
            create_record(ctx, "zebra", {"name": "Child", "mother": other.id})


@pytest.mark.parametrize(
    "question",
    [
        {"where": ("secret == 'hush'",)},
        {"where": ("any(children, secret == 'x')",)},
        {"sort": ("secret",)},
        {"fields": ("secret",)},
        {"fields": ("mother.secret",)},
    ],
)
def test_a_closed_field_has_no_other_door(
    tenant: Tenant, keeper: Actor, question: dict[str, object]
) -> None:
    with tenant.writing(keeper) as ctx:
        create_record(ctx, "zebra", {"name": "Mine"})
        assert "secret" not in list_records(ctx, Query(entity="zebra")).records[0].values
        with pytest.raises(Denied) as refusal:
            titles(ctx, **question)

    assert refusal.value.facts["field"] == "secret"


def test_nobody_writes_a_record_out_of_their_own_sight(
    tenant: Tenant, admin: Actor, keeper: Actor
) -> None:
    with tenant.writing(keeper) as ctx:
        zebra = create_record(ctx, "zebra", {"name": "Mine"})
        with pytest.raises(Denied):
            change_record(ctx, "zebra", zebra.id, {"owner": admin.id})


def test_a_batch_that_is_not_atomic_keeps_what_is_good(tenant: Tenant, admin: Actor) -> None:
    rows = [{"name": "a"}, {"name": "a"}, {"nmae": "b"}, {"name": "c"}]
    with tenant.writing(admin) as ctx:
        outcomes = apply_batch(ctx, "zebra", [Create(values=row) for row in rows], atomic=False)

        assert [outcome.refusal is None for outcome in outcomes] == [True, False, False, True]
        assert sorted(map(str, titles(ctx))) == ["a", "c"]
