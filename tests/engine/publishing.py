"""Publishing texts of one entity, the okapi, over and over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from engine.plans.plan import Plan
from engine.records.commands import create_record
from engine.records.queries import Query, list_records
from engine.storage.indexes import list_indexes
from engine.tenant import Tenant
from metadata.source import SourceFile

OKAPI = """
entity: okapi
fields:
  name: {type: text, required: true}
  size: {type: decimal}
  coat: {type: choice, choices: [striped, plain, spotted]}
  friends: {type: links, to: okapi, inverse: friend_of}
"""


def with_okapi(tenant: Tenant, *texts: str) -> list[SourceFile]:
    """The live files, and these texts in place of what was said of the okapi."""
    others = [file for file in tenant.files if not file.path.startswith("local/okapi")]
    return [*others, *(SourceFile("local", f"local/okapi{at}.yaml", text) for at, text in enumerate(texts))]


def publish(tenant: Tenant, *texts: str, **also: Any) -> Plan:
    """Plan and apply texts; the plan tells what was done."""
    plan = tenant.plan(with_okapi(tenant, *texts))
    tenant.apply(plan, **also)
    return plan


def steps(plan: Plan) -> list[str]:
    """What a plan does, a line a step."""
    return [f"{step.sign} {step.describe()}" for step in plan.operations]


def breed(tenant: Tenant, **values: Any) -> str:
    """A new okapi; answers with its id."""
    with tenant.writing() as ctx:
        return create_record(ctx, "okapi", values).id


def okapis(tenant: Tenant, field: str) -> dict[str | None, Any]:
    """What the okapis have in a field, by their titles."""
    with tenant.reading() as ctx:
        found = list_records(ctx, Query(entity="okapi", sort=("title",))).records
    return {record.title: record.values.get(field) for record in found}


@contextmanager
def statements(tenant: Tenant) -> Iterator[list[str]]:
    """Every statement that the database is given meanwhile."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(tenant.database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(tenant.database.engine, "before_cursor_execute", note)


def state(tenant: Tenant) -> dict[str, Any]:
    """All that applying a plan may touch: tables, columns, indexes, revisions, documents, records."""
    with tenant.database.reading() as connection:
        inspector = sa.inspect(connection)
        tables = sorted(inspector.get_table_names())
        columns = {name: sorted(c["name"] for c in inspector.get_columns(name)) for name in tables}
        indexes = {name: sorted(found) for name, found in list_indexes(connection).items()}
        rows = {
            name: sorted(map(str, connection.execute(sa.text(f'SELECT * FROM "{name}"')).all()))  # noqa: S608
            for name in tables
        }
    return {"columns": columns, "indexes": indexes, "rows": rows}
