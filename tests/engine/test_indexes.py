"""Lists are read along indexes, which come from the views and are never declared for them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from engine.context import Context
from engine.expressions.terms import search
from engine.records.commands import create_record
from engine.records.queries import Query, list_records
from engine.storage.indexes import list_indexes, wanted_indexes
from engine.tenant import Tenant
from metadata.packs import builtin
from metadata.source import SourceFile
from tests.conftest import ZEBRA

VIEWS = ("all_companies", "my_companies", "all_contacts", "my_contacts", "customers", "open_leads",
         "open_deals", "my_deals", "won_deals", "all_zebras")  # fmt: skip
SORTING = ("TEMP B-TREE", "Sort")


@contextmanager
def asked(tenant: Tenant) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile: statements that are cut off, with their values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "LIMIT" in statement:
            found.append((statement, parameters))

    sa.event.listen(tenant.database.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(tenant.database.engine, "before_cursor_execute", note)


def way_to(
    ctx: Context, statement: str, parameters: Any, off: Sequence[str] = ("seqscan", "bitmapscan", "sort")
) -> str:
    """How the database would answer, were its tables too large for other ways."""
    if ctx.connection.dialect.name == "postgresql":
        for each in off:
            ctx.connection.exec_driver_sql(f"SET LOCAL enable_{each} = off")
        explained = ctx.connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in explained)
    explained = ctx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return "\n".join(row[3] for row in explained)


@pytest.mark.parametrize("key", VIEWS)
@pytest.mark.parametrize("turned", [False, True], ids=["as declared", "the other way"])
def test_a_view_is_never_sorted_when_it_is_asked_for(tenant: Tenant, key: str, turned: bool) -> None:
    with tenant.reading() as ctx:
        view = ctx.machine.catalog.views[key]
        sort = tuple(k.removeprefix("-") if k.startswith("-") else f"-{k}" for k in view.sort)
        where = (view.where,) if view.where else ()
        query = Query(entity=view.entity, where=where, sort=sort if turned else view.sort)

        with asked(tenant) as statements:
            list_records(ctx, query)

        way = way_to(ctx, *statements[0])  # the second leg is of records without a value to sort by
        assert not any(word in way for word in SORTING), way


@pytest.mark.parametrize(
    ("entity", "where"),
    [("contact", "owner == me"), ("contact", "status == 'customer'"), ("zebra", "herd == 'north'"), ("zebra", "")],
)
def test_the_newest_of_an_owner_or_a_choice_are_not_sorted(
    tenant: Tenant, entity: str, where: str
) -> None:
    with tenant.reading() as ctx:
        with asked(tenant) as statements:
            list_records(ctx, Query(entity=entity, where=(where,) if where else ()))

        way = way_to(ctx, *statements[0])
        assert not any(word in way for word in SORTING)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ["title", "f_email", "f_phone"])
def test_parts_of_words_are_found_by_an_index(tenant: Tenant, name: str) -> None:
    with tenant.trying() as ctx:
        table = ctx.machine.tables.of("contact")
        for index in table.indexes - {each for each in table.indexes if each.info.get("words")}:
            index.drop(ctx.connection)
        statement = sa.select(table.c.id).where(
            table.c.trashed_at.is_(None), search(table.c[name], "contains", "Hoff")
        )

        with asked(tenant) as statements:
            ctx.connection.execute(statement.limit(9))

        assert "Bitmap Index Scan" in way_to(ctx, *statements[0], off=("seqscan",))


def test_a_view_that_sorts_otherwise_gets_another_index(tenant: Tenant) -> None:
    by_size = ZEBRA.replace("sort: [name]", "sort: [-size]\nwhere: herd == 'north'")
    files = [*builtin("core"), *builtin("crm"), SourceFile("local", "local/zebra.yaml", by_size)]
    with tenant.reading() as ctx:
        before = list_indexes(ctx.connection)["e_zebra"]

    plan = tenant.plan(files)
    tenant.apply(plan)

    with tenant.reading() as ctx:
        wanted = {each.name for each in wanted_indexes(ctx.connection, ctx.machine.tables.of("zebra"))}
        assert list_indexes(ctx.connection)["e_zebra"] == wanted != before
    assert "change indexes of zebra (1 to add, 0 to drop)" in [s.describe() for s in plan.operations]
    assert tenant.plan(files).is_empty


def test_a_title_longer_than_an_index_holds_is_kept_and_sorted(tenant: Tenant) -> None:
    same = "🦓" * 600
    with tenant.writing() as ctx:
        for name in ("b", same, f"A{same}", f"{same}!"):
            create_record(ctx, "contact", {"name": {"last": name}})

    with tenant.reading() as ctx:
        page = list_records(ctx, Query(entity="contact", sort=("name",)))

    assert [record.title for record in page.records] == [f"A{same}", "b", same, f"{same}!"]
