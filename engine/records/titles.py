"""What linked records are called: asked for a whole page at once, whatever entities they are of."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.terms import given
from engine.fields import Reference
from engine.records.portions import MOST_AT_ONCE


def load_titles(ctx: Context, references: Iterable[Reference]) -> dict[Reference, str | None]:
    """The titles of records, those that the actor may see."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for reference in references:
        if reference.entity in ctx.machine.catalog.entities:
            wanted[reference.entity].add(reference.id)
    waiting = {
        entity: sorted(ids)
        for entity, ids in sorted(wanted.items())
        if gate.is_readable(ctx, gate.find_entity(ctx, entity), "title")
    }
    found: dict[Reference, str | None] = {}
    while waiting:
        entities = tuple(waiting)
        ids = {f"ids_{at}": waiting[entity][:MOST_AT_ONCE] for at, entity in enumerate(entities)}
        for at, record_id, title in ctx.execute(_titles_of(ctx, entities), **ids):
            found[Reference(entities[at], record_id)] = title
        waiting = {entity: rest for entity in entities if (rest := waiting[entity][MOST_AT_ONCE:])}
    return found


def _titles_of(ctx: Context, entities: tuple[str, ...]) -> sa.CompoundSelect[Any]:
    """The ids and titles of records of several entities, each with its entity's place among them."""

    def prepare() -> sa.CompoundSelect[Any]:
        return sa.union_all(*(_title(ctx, at, entity) for at, entity in enumerate(entities)))

    return ctx.machine.remembered(("titles", entities, gate.standing(ctx)), prepare)


def _title(ctx: Context, at: int, entity: str) -> sa.Select[Any]:
    origin = gate.source(ctx, entity)
    own_id = origin.table.c.id
    return sa.select(
        sa.literal_column(str(at), sa.Integer), own_id, gate.column(ctx, origin, "title")
    ).where(given(own_id, f"ids_{at}"), origin.predicate)
