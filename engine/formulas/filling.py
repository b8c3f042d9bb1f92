"""Filling: a formula that is new, or says something else now, is worked out for all records there are.

It is done by the database itself, some thousand records at a time along their ids.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.formulas.graph import Formula
from engine.formulas.upkeep import work_out_between

AT_ONCE = 5_000  # records


def fill(ctx: Context, formula: Formula) -> int:
    """Work a formula out for every record. Answers for how many its value changed."""
    entity = formula.field.entity
    spans = stretches(ctx, entity)
    return sum(len(work_out_between(ctx, entity, [formula], first, last)) for first, last in spans)


def is_large(ctx: Context, entity: str) -> bool:
    """Whether an entity has more records than are filled at once."""
    own = gate.every_row(ctx, entity).table.c.id
    return ctx.connection.execute(sa.select(own).limit(1).offset(AT_ONCE)).first() is not None


def stretches(ctx: Context, entity: str, after: str = "") -> Iterator[tuple[str, str]]:
    """The first and last ids of some thousand records each, in order, all behind a given id."""
    while stretch := next_stretch(ctx, entity, after):
        yield stretch
        after = stretch[1]


def next_stretch(ctx: Context, entity: str, after: str) -> tuple[str, str] | None:
    """The first and last ids of the next some thousand records behind a given id; None behind the last."""
    own = gate.every_row(ctx, entity).table.c.id
    some = sa.select(own).where(own > after).order_by(own).limit(AT_ONCE).subquery()
    first, last = ctx.connection.execute(sa.select(sa.func.min(some.c.id), sa.func.max(some.c.id))).one()
    return (first, last) if first is not None else None
