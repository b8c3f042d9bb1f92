"""Records go to the trash with what belongs to them, and come back with it, alike on both databases."""

import pytest

from engine.context import Actor
from engine.errors import Conflict, Denied
from engine.records.commands import create_record, destroy_record, restore_record, trash_record
from engine.records.queries import Query, find_record, list_records
from engine.tenant import Tenant


def titles(ctx: object, **question: object) -> list[str | None]:
    page = list_records(ctx, Query(entity="zebra", **question))  # type: ignore[arg-type]
    return [record.title for record in page.records]


def test_the_trash_takes_along_what_belongs_to_a_record_and_gives_back_just_that(
    tenant: Tenant, admin: Actor
) -> None:
    with tenant.writing(admin) as ctx:
        mother = create_record(ctx, "zebra", {"name": "Mother"})
        child = create_record(ctx, "zebra", {"name": "Child", "mother": mother.id})
        create_record(ctx, "zebra", {"name": "Gone before", "mother": mother.id})
        [gone] = [r for r in list_records(ctx, Query(entity="zebra")).records if r.title == "Gone before"]
        trash_record(ctx, "zebra", gone.id)
        trash_record(ctx, "zebra", mother.id)
        assert titles(ctx) == []

        restore_record(ctx, "zebra", mother.id)

        assert sorted(map(str, titles(ctx))) == ["Child", "Mother"]
        assert find_record(ctx, "zebra", child.id).values["mother"].title == "Mother"


def test_what_went_along_is_neither_listed_in_the_trash_nor_restored_by_itself(
    tenant: Tenant, admin: Actor
) -> None:
    with tenant.writing(admin) as ctx:
        mother = create_record(ctx, "zebra", {"name": "Mother"})
        child = create_record(ctx, "zebra", {"name": "Child", "mother": mother.id})
        trash_record(ctx, "zebra", mother.id)

        assert titles(ctx, trash=True) == ["Mother"]
        with pytest.raises(Conflict, match="Restore that one"):
            restore_record(ctx, "zebra", child.id)


def test_destroying_needs_a_capability_and_empties_links(
    tenant: Tenant, admin: Actor, keeper: Actor
) -> None:
    with tenant.writing(keeper) as ctx:
        friend = create_record(ctx, "zebra", {"name": "Friend"})
        zebra = create_record(ctx, "zebra", {"name": "Zed", "friends": [friend.id]})
        with pytest.raises(Denied):
            destroy_record(ctx, "zebra", friend.id)

    with tenant.writing(admin) as ctx:
        destroy_record(ctx, "zebra", friend.id)
        record = find_record(ctx, "zebra", zebra.id, expand=("friends",))

    assert record.expanded["friends"] == []
