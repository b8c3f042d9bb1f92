"""Queries: questions about records, answered with what the actor may see and no more."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Source
from engine.context import Context
from engine.errors import Malformed, NotFound
from engine.records import filters, paging
from engine.records.loading import attach, select_records
from engine.records.record import Page, Record
from engine.records.selection import select
from engine.records.sorting import sort_keys
from metadata.syntax import Expression

CAP = 10_001  # where a capped count stops
DEFAULT_LIMIT = 50
MOST_LIMIT = 500
MOST_OFFSET = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question about the records of an entity.

    `where` may be several conditions, all of which must hold. `fields` None asks for all.
    `sort` names fields and paths, a leading "-" for descending. `count` is none, capped or exact.
    `trash` asks for what was put in the trash itself, without what went along with it.
    """

    entity: str
    where: tuple[str | Expression, ...] = ()
    q: str = ""
    sort: tuple[str, ...] = ()
    fields: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    after: str | None = None
    offset: int = 0
    count: str = "none"
    trash: bool = False


def find_record(
    ctx: Context,
    entity: str,
    record_id: str,
    *,
    fields: Sequence[str] | None = None,
    expand: Sequence[str] = (),
    trash: bool = False,
) -> Record:
    """One record. NotFound when there is none, or none that the actor may see."""
    declared = gate.find_entity(ctx, entity)
    selection = select(ctx, declared, fields, expand)
    origin = gate.source(ctx, entity, trash=trash)
    columns, load_row = select_records(ctx, origin, selection)
    statement = sa.select(*columns).where(origin.table.c.id == record_id, origin.predicate)
    row = ctx.connection.execute(statement).first()
    if row is None:
        raise NotFound("record.not-found", f"There is no such {declared.label.lower()}.")
    record = Record(entity, record_id, load_row(row))
    attach(ctx, declared, [record], selection)
    return record


def list_records(ctx: Context, query: Query) -> Page:
    """A page of records. Malformed for what can't be understood, Denied for what may not be used."""
    declared = gate.find_entity(ctx, query.entity)
    gate.require(ctx, query.entity, "read")
    _require_limits(query)
    selection = select(ctx, declared, query.fields, query.expand)
    origin = gate.source(ctx, query.entity, trash=query.trash)
    conditions = [origin.predicate, *filters.conditions(ctx, origin, query.where, query.q)]
    if query.trash:
        conditions.append(origin.table.c.trashed_with == origin.table.c.id)
    keys = sort_keys(ctx, origin, query.sort)
    columns, load_row = select_records(ctx, origin, selection)
    marks = [key.expression.label(f"sort_{at}") for at, key in enumerate(keys)]
    statement = (
        sa.select(*marks, *columns)
        .where(*conditions)
        .order_by(*paging.order_by(keys))
        .limit(query.limit + 1)
    )
    question = _question(ctx, query)
    if query.after is not None:
        values = paging.read_cursor(question, query.after)
        statement = statement.where(paging.after(keys, values))
    elif query.offset:
        statement = statement.offset(query.offset)
    rows = ctx.connection.execute(statement).all()
    shown = rows[: query.limit]
    records = []
    for row in shown:
        values_of = load_row(row[len(keys) :])
        records.append(Record(query.entity, values_of["id"], values_of))
    attach(ctx, declared, records, selection)
    cursor = None
    if len(rows) > query.limit:
        cursor = paging.write_cursor(question, list(shown[-1][: len(keys)]))
    count, capped = _count(ctx, origin, conditions, query.count)
    return Page(records, cursor, count, capped)


def count_records(
    ctx: Context, entity: str, where: tuple[str | Expression, ...] = (), q: str = ""
) -> int:
    """How many records the actor may see that meet the conditions."""
    origin = gate.source(ctx, entity)
    conditions = [origin.predicate, *filters.conditions(ctx, origin, where, q)]
    return _count(ctx, origin, conditions, "exact")[0] or 0


def _require_limits(query: Query) -> None:
    if not 1 <= query.limit <= MOST_LIMIT:
        raise Malformed("limit.out-of-range", f"limit goes from 1 to {MOST_LIMIT}.")
    if not 0 <= query.offset <= MOST_OFFSET:
        raise Malformed("offset.out-of-range", f"offset goes from 0 to {MOST_OFFSET}.")
    if query.count not in {"none", "capped", "exact"}:
        raise Malformed("count.unknown", "count is none, capped or exact.")


def _question(ctx: Context, query: Query) -> str:
    """What a cursor belongs to: the question without its page, for this revision."""
    where = [w if isinstance(w, str) else w.source for w in query.where]
    parts = [query.entity, where, query.q, query.sort, query.trash, ctx.machine.revision]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()


def _count(
    ctx: Context, origin: Source, conditions: list[Any], how: str
) -> tuple[int | None, bool | None]:
    if how == "none":
        return None, None
    some = sa.select(sa.literal(1)).select_from(origin.table).where(*conditions)
    if how == "capped":
        some = some.limit(CAP)
    statement = sa.select(sa.func.count()).select_from(some.subquery())
    count = ctx.connection.execute(statement).scalar_one()
    return count, count >= CAP if how == "capped" else False
