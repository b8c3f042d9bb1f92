"""From rows to records: one statement for the records, one for all titles of what they link to,
and one more for each relation followed.

Dotted paths and expansions are fetched the same way: the ids are collected over the whole
page, and each target entity is asked once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Source
from engine.context import Context
from engine.fields import Reference
from engine.formulas.putting_off import updating
from engine.records.portions import portions
from engine.records.record import Record, Selection
from engine.records.rows import select_rows
from engine.records.titles import load_titles
from metadata.catalog import Entity, Relation

MOST_RELATED = 100  # records of one to-many relation that an expansion shows for each record
TITLE = Selection(fields=("id", "title"))


def load_by_ids(
    ctx: Context, entity: str, ids: Iterable[str], selection: Selection
) -> dict[str, Record]:
    """Records by id, those that the actor may read, with everything the selection follows."""
    wanted = sorted(set(ids))
    rows = select_rows(ctx, entity, tuple(dict.fromkeys(("id", *selection.fields))))
    found: dict[str, Record] = {}
    for some in portions(wanted):
        for row in ctx.execute(rows.some, ids=some):
            values = rows.load(row)
            found[values["id"]] = Record(entity, values["id"], values)
    attach(ctx, rows.origin.entity, list(found.values()), selection)
    return found


def attach(ctx: Context, entity: Entity, records: list[Record], selection: Selection) -> None:
    """Give references their titles, and records what the selection follows."""
    if not records:
        return
    _attach_titles(ctx, entity, records, selection)
    _mark_updating(ctx, entity, records)
    for key in selection.listed:
        _attach_listed(ctx, entity.relations[key], records)
    for key, inner in selection.follow.items():
        relation = entity.relations[key]
        if relation.many:
            _attach_many(ctx, relation, records, inner)
        elif key in selection.expand or inner.fields:
            _attach_paths(ctx, key, relation, records, inner, key in selection.expand)


def _mark_updating(ctx: Context, entity: Entity, records: list[Record]) -> None:
    """Say which formulas are still to be worked out, of those that are shown as they are kept."""
    waiting = sorted(key for key in updating(ctx, entity.key) if gate.is_kept(ctx, entity, key))
    for record in records if waiting else ():
        record.updating = tuple(key for key in waiting if key in record.values)


def _attach_titles(
    ctx: Context, entity: Entity, records: list[Record], selection: Selection
) -> None:
    """Titles of every linked record."""
    links = [key for key in selection.fields if (f := entity.fields.get(key)) and f.relation]
    pointing = [
        (record.values, key, reference)
        for record in records
        for key in links
        if (reference := record.values.get(key)) is not None
    ]
    titles = load_titles(ctx, {reference for _, _, reference in pointing})
    titled = {each: Reference(each.entity, each.id, title) for each, title in titles.items()}
    for values, key, reference in pointing:
        values[key] = titled.get(reference, reference)


def _attach_paths(
    ctx: Context,
    key: str,
    relation: Relation,
    records: list[Record],
    inner: Selection,
    expand: bool,
) -> None:
    ids = {reference.id for r in records if (reference := r.values.get(key)) is not None}
    found = load_by_ids(ctx, relation.to[0], ids, inner)
    for record in records:
        reference = record.values.get(key)
        related = found.get(reference.id) if reference is not None else None
        if expand:
            record.expanded[key] = related
        for path in [*inner.fields, *_deeper(inner)]:
            record.values[f"{key}.{path}"] = related.values.get(path) if related else None


def _deeper(selection: Selection) -> list[str]:
    return [
        f"{key}.{path}"
        for key, inner in selection.follow.items()
        for path in [*inner.fields, *_deeper(inner)]
    ]


def _attach_many(
    ctx: Context, relation: Relation, records: list[Record], inner: Selection
) -> None:
    pairs = related_ids(ctx, relation, [record.id for record in records], MOST_RELATED)
    found = load_by_ids(ctx, relation.to[0], {far for _, far in pairs}, inner)
    lists: dict[str, list[Record]] = defaultdict(list)
    for near, far in pairs:
        if far in found:
            lists[near].append(found[far])
    for record in records:
        record.expanded[relation.key] = lists[record.id]


def _attach_listed(ctx: Context, relation: Relation, records: list[Record]) -> None:
    """The records that a relation to many leads to, by id and title."""
    pairs = related_ids(ctx, relation, [record.id for record in records], MOST_RELATED)
    target = relation.to[0]
    titles = load_titles(ctx, {Reference(target, far) for _, far in pairs})
    lists: dict[str, list[Reference]] = defaultdict(list)
    for near, far in pairs:
        lists[near].append(Reference(target, far, titles.get(Reference(target, far))))
    for record in records:
        record.values[relation.key] = lists[record.id]


def related_ids(
    ctx: Context, relation: Relation, ids: Sequence[str], most: int
) -> list[tuple[str, str]]:
    """Pairs of (record, related record) over a to-many relation, newest related first."""
    far = gate.source(ctx, relation.to[0])
    near, joined, condition = near_side(ctx, relation, far)
    rank = sa.func.row_number().over(partition_by=near, order_by=far.table.c.id.desc())
    ranked = (
        sa.select(near.label("near"), far.table.c.id.label("far"), rank.label("rank"))
        .select_from(joined)
        .where(near.in_(ids), condition, far.predicate)
        .subquery()
    )
    statement = (
        sa.select(ranked.c.near, ranked.c.far)
        .where(ranked.c.rank <= most)
        .order_by(ranked.c.near, ranked.c.rank)
    )
    return [(row[0], row[1]) for row in ctx.execute(statement)]


def near_side(
    ctx: Context, relation: Relation, far: Source
) -> tuple[sa.ColumnElement[Any], sa.FromClause, sa.ColumnElement[bool]]:
    """How rows of the far side know the near: the column with its id, what to select from, and
    what a row must meet besides.
    """
    if relation.kind == "many":
        link = gate.link_table(ctx, relation)
        here, there = (
            (link.c.target_id, link.c.source_id)
            if relation.is_inverse
            else (link.c.source_id, link.c.target_id)
        )
        return here, far.table.join(link, there == far.table.c.id), sa.true()
    stored = gate.columns(ctx, far, relation.field, "relation")
    if len(stored) == 1:
        return stored[0], far.table, sa.true()
    identity = ctx.machine.catalog.entities[relation.entity].identity
    return stored[0], far.table, stored[1] == identity
