"""Exporting: the answer to a query as a file, a page of records at a time.

A file carries what the reader may read and the records' ids, under names that an import
recognises, so that it can be changed and imported again, or into another CRM.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import Malformed
from engine.fields import Reference
from engine.records.loading import related_ids
from engine.records.queries import MOST_LIMIT, Query, list_records
from engine.records.record import Record
from engine.records.selection import require_known
from engine.records.titles import load_titles
from engine.records.transfer.leaving import Leaving, Table
from engine.records.transfer.writers import WRITERS
from metadata.catalog import Entity, Relation

FORMATS = tuple(WRITERS)
MOST_LINKS = 10_000  # of one record that one cell names


def export_records(ctx: Context, query: Query, form: str) -> Iterator[bytes]:
    """The records that a query finds, in one of the FORMATS. Needs the right to export them.

    Without fields in the query, everything that the reader may read is exported; without a sort,
    the oldest come first. The context must stay open until the last piece is taken.
    """
    if form not in WRITERS:
        known = ", ".join(WRITERS)
        raise Malformed("export.format", f'There is no format "{form}". Formats: {known}.')
    entity = gate.find_entity(ctx, query.entity)
    gate.require(ctx, query.entity, "export")
    fields = _fields(ctx, entity, query.fields)
    own = tuple(each.path for each in fields if each.relation is None)
    whole = replace(query, fields=own, sort=query.sort or ("id",), limit=MOST_LIMIT, count="none")
    first = list_records(ctx, whole)  # a question that is refused is refused before the first piece
    rows = (row for page in _pages(ctx, whole, first) for row in _rows(ctx, fields, page))
    return WRITERS[form](Table(entity.plural, fields, rows))


def _fields(ctx: Context, entity: Entity, asked: Sequence[str] | None) -> list[Leaving]:
    if asked is None:
        readable = [f.key for f in entity.declared if gate.is_readable(ctx, entity, f.key)]
        asked = ["id", *readable]
    return [_leaving(ctx, entity, path) for path in asked]


def _leaving(ctx: Context, entity: Entity, path: str) -> Leaving:
    """The field at the end of a path over to-one relations."""
    end, steps = entity, path.split(".")
    for step in steps[:-1]:
        require_known(ctx, end, step)
        relation = end.relations.get(step)
        if relation is None or relation.many or len(relation.to) != 1:
            raise Malformed("field.not-a-link", f'"{step}" of {end.key} links to no single record.')
        end = gate.find_entity(ctx, relation.to[0])
    key = steps[-1]
    require_known(ctx, end, key)
    if key not in end.fields:
        raise Malformed("export.inverse", f'"{key}" of {end.key} is kept by the other side.')
    relation = end.fields[key].relation
    is_many = relation is not None and relation.many
    if is_many:
        gate.require_readable(ctx, end, key, "export")
        if len(steps) > 1:
            raise Malformed("export.many", f'"{path}" may be many records for each one.')
    return Leaving(path, ctx.machine.behaviour(end.key, key), relation if is_many else None)


def _pages(ctx: Context, query: Query, page: Any) -> Iterator[list[Record]]:
    while True:
        yield page.records
        if page.next is None:
            return
        page = list_records(ctx, replace(query, after=page.next, offset=0))


def _rows(
    ctx: Context, fields: Sequence[Leaving], records: list[Record]
) -> Iterator[list[Any]]:
    ends = {each.path: _ends(ctx, each.relation, records) for each in fields if each.relation}
    for record in records:
        yield [
            ends[each.path][record.id] or None if each.relation else record.values.get(each.path)
            for each in fields
        ]


def _ends(
    ctx: Context, relation: Relation, records: list[Record]
) -> dict[str, list[Reference]]:
    """What each record links to, as far as the reader may see it."""
    pairs = related_ids(ctx, relation, [record.id for record in records], MOST_LINKS)
    target = relation.to[0]
    titles = load_titles(ctx, {Reference(target, far) for _, far in pairs})
    ends: dict[str, list[Reference]] = defaultdict(list)
    for near, far in pairs:
        ends[near].append(Reference(target, far, titles.get(Reference(target, far))))
    return ends
