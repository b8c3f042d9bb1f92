"""Queries: questions about records, answered with what the actor may see and no more."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Condition, Source
from engine.context import Context
from engine.errors import Malformed, NotFound
from engine.ids import is_id
from engine.records import filters, paging
from engine.records.loading import attach
from engine.records.paging import SortKey
from engine.records.record import Page, Record, Selection
from engine.records.rows import Rows, select_rows
from engine.records.selection import ALWAYS, select
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
    gate.require(ctx, entity, "read")
    selection, rows = _prepare(ctx, entity, fields, expand, trash=trash)
    row = ctx.execute(rows.one, record_id=record_id).first() if is_id(record_id) else None
    if row is None:
        raise NotFound("record.not-found", f"There is no such {declared.label.lower()}.")
    record = Record(entity, record_id, rows.load(row))
    attach(ctx, declared, [record], selection)
    return record


def list_records(ctx: Context, query: Query) -> Page:
    """A page of records. Malformed for what can't be understood, Denied for what may not be used."""
    declared = gate.find_entity(ctx, query.entity)
    gate.require(ctx, query.entity, "read")
    _require_limits(query)
    asked = _prepare_list(ctx, query)
    conditions = filters.conditions(ctx, asked.rows.origin, query.where, query.q)
    question = _question(ctx, query)
    found = _read(ctx, query, asked, conditions, question)
    shown = found[: query.limit]
    records = []
    for row in shown:
        values = asked.rows.load(row)
        records.append(Record(query.entity, values["id"], values))
    attach(ctx, declared, records, asked.selection)
    cursor = None
    if len(found) > query.limit:
        cursor = paging.write_cursor(ctx.seal, question, shown[-1][-len(asked.keys) :])
    count, capped = _count(ctx, asked.rows.origin, [*asked.kept, *conditions], query.count)
    return Page(records, cursor, count, capped)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A list that was asked for, without what narrows it: worked out once for the same names and
    the same standing. `first` are the statements of its first page, to be asked in turn.
    """

    selection: Selection
    rows: Rows
    kept: tuple[Condition, ...]
    keys: tuple[SortKey, ...]
    statement: sa.Select[Any]
    first: tuple[sa.Select[Any], ...]


def _prepare(
    ctx: Context, entity: str, fields: Sequence[str] | None, expand: Sequence[str], *, trash: bool
) -> tuple[Selection, Rows]:
    names = None if fields is None else tuple(fields)
    declared = gate.find_entity(ctx, entity)

    def prepare() -> tuple[Selection, Rows]:
        always = (*ALWAYS, "trashed_at") if trash else ALWAYS
        selection = select(ctx, declared, names, expand, always=always)
        return selection, select_rows(ctx, entity, selection.fields, trash=trash)

    key = ("one", entity, names, tuple(expand), trash, gate.standing(ctx))
    return ctx.machine.remembered(key, prepare)


def _prepare_list(ctx: Context, query: Query) -> _Asked:
    def prepare() -> _Asked:
        selection, rows = _prepare(
            ctx, query.entity, query.fields, query.expand, trash=query.trash
        )
        table = rows.origin.table
        kept = (table.c.trashed_with == table.c.id,) if query.trash else ()
        keys = sort_keys(ctx, rows.origin, query.sort, trash=query.trash)
        marks = [key.expression.label(f"sort_{at}") for at, key in enumerate(keys)]
        joined = paging.joined(table, keys)
        statement = rows.statement.select_from(joined).add_columns(*marks).where(*kept)
        first = tuple(leg.of(statement) for leg in paging.legs(keys))
        return _Asked(selection, rows, kept, tuple(keys), statement, first)

    asked = (query.entity, query.fields, query.expand, query.trash, query.sort)
    return ctx.machine.remembered(("list", asked, gate.standing(ctx)), prepare)


def _read(
    ctx: Context, query: Query, asked: _Asked, conditions: Sequence[Condition], question: str
) -> list[sa.Row[*tuple[Any, ...]]]:
    """The rows of a page, and one more where there are more."""
    statements: Sequence[sa.Select[Any]] = asked.first
    if query.after is not None:
        values = paging.read_cursor(ctx.seal, question, query.after)
        statements = [leg.of(asked.statement) for leg in paging.legs(asked.keys, values)]
    found: list[sa.Row[*tuple[Any, ...]]] = []
    skipped = query.offset
    for statement in statements:
        narrowed = statement.where(*conditions) if conditions else statement
        asking = narrowed.offset(skipped) if skipped else narrowed
        found += ctx.execute(asking, most=query.limit + 1 - len(found))
        if len(found) > query.limit:
            break
        if skipped:
            skipped = 0 if found else max(0, skipped - _length(ctx, narrowed))
    return found


def _length(ctx: Context, leg: sa.Select[Any]) -> int:
    """How many rows a leg has; nobody asks for one further on than the largest offset."""
    rows = leg.order_by(None).with_only_columns(sa.literal(1)).subquery()
    counted = sa.select(sa.func.count()).select_from(rows)
    return int(ctx.execute(counted, most=MOST_OFFSET).scalar_one())


def count_records(
    ctx: Context, entity: str, where: tuple[str | Expression, ...] = (), q: str = ""
) -> int:
    """How many records the actor may see that meet the conditions."""
    origin = gate.source(ctx, entity)
    conditions = filters.conditions(ctx, origin, where, q)
    return _count(ctx, origin, conditions, "exact")[0] or 0


def _require_limits(query: Query) -> None:
    if not 1 <= query.limit <= MOST_LIMIT:
        raise Malformed("limit.out-of-range", f"limit goes from 1 to {MOST_LIMIT}.")
    if not 0 <= query.offset <= MOST_OFFSET:
        raise Malformed("offset.out-of-range", f"offset goes from 0 to {MOST_OFFSET}.")
    if query.count not in {"none", "capped", "exact"}:
        raise Malformed("count.unknown", "count is none, capped or exact.")
    if query.offset and query.after is not None:
        raise Malformed("offset.with-after", "Go on by after or by offset, not by both.")


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
    some = sa.select(sa.literal(1)).select_from(origin.table).where(origin.predicate, *conditions)
    if how == "capped":
        some = some.limit(CAP)
    statement = sa.select(sa.func.count()).select_from(some.subquery())
    count = ctx.execute(statement).scalar_one()
    return count, count >= CAP if how == "capped" else False
