"""From records that were touched back to those whose formulas look at them.

A way is walked from its far end, one relation at a time, for all records at once. Where a link was
moved, both its ends are at the near side: the old one, which the write remembers, and the new.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.terms import given
from engine.formulas.graph import Way
from engine.formulas.turns import among_ids, hold
from metadata.catalog import Relation

Column = sa.ColumnElement[Any]
Ends = Mapping[str, Collection[str]]  # the ids that each record's link led to before


@dataclass(slots=True)
class Touched:
    """Records of an entity that something has happened to: their ids by the fields concerned.

    `moved` has, by link, where it led before, if it led elsewhere. `new` are records just made.
    `values` are those of the whole records, where the write knows them.
    """

    entity: str
    fields: Mapping[str, Collection[str]]
    moved: Mapping[str, Ends] = field(default_factory=dict)
    new: Collection[str] = ()
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def walk_back(ctx: Context, way: Way, ids: Collection[str], touched: Touched) -> set[str]:
    """The records at the beginning of a way whose far end has one of these."""
    found = set(ids)
    for at, step in reversed(list(enumerate(way))):
        if not found:
            break
        found = _near(ctx, step, found, touched)
        if at and found:  # what leads on from here must stay as it is
            hold(ctx, step.entity, among_ids, {"ids": sorted(found)})
    return found


def _near(ctx: Context, step: Relation, far: set[str], touched: Touched) -> set[str]:
    if step.is_inverse and step.kind != "many" and touched.entity == step.holder and far <= touched.values.keys():
        links = (touched.values[each].get(step.field) for each in far)
        near = {link.id for link in links if link is not None and link.entity == step.entity}
    else:
        found = ctx.connection.execute(_statement(ctx, step), {"ids": sorted(far)}).scalars()
        near = {each for each in found if each}
    if step.is_inverse and touched.entity == step.holder:
        before = touched.moved.get(step.field, {})
        for each in far & before.keys():
            near |= set(before[each])
    return near


def _statement(ctx: Context, step: Relation) -> sa.Select[Any]:
    def prepare() -> sa.Select[Any]:
        near, far, conditions = ends_of(ctx, step)
        return sa.select(near).where(given(far, "ids"), *conditions).distinct()

    return ctx.machine.remembered(("walk back", step), prepare)


def ends_of(ctx: Context, step: Relation) -> tuple[Column, Column, tuple[sa.ColumnElement[bool], ...]]:
    """The ids at the near and the far side of a relation, and what must hold of the rows besides."""
    if step.kind == "many":
        link = gate.link_table(ctx, step)
        ends = link.c.source_id, link.c.target_id
        far, near = ends if step.is_inverse else reversed(ends)
        return near, far, ()
    holder = gate.every_row(ctx, step.holder)
    columns = gate.columns(ctx.as_system(), holder, step.field, "upkeep")
    held = holder.table.c.id, columns[0]
    far, near = held if step.is_inverse else reversed(held)
    target = ctx.machine.catalog.entities[step.entity if step.is_inverse else step.to[0]]
    return near, far, (columns[1] == target.identity,) if len(columns) > 1 else ()
