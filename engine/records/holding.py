"""What expressions come to for a record: as it is to be, by the closures that judge a write, or as it is."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import facts_of
from engine.expressions.sql import compile_sql
from engine.records.filters import RowScope
from engine.records.operands import operands_of
from engine.records.remotes import Found, coming_values, far_parts
from engine.records.writes import Pending
from metadata.catalog import Entity
from metadata.syntax import Expression


def which_hold(
    ctx: Context, entity: Entity, conditions: Mapping[str, Expression], pending: Pending
) -> dict[str, bool]:
    """Which of some conditions hold of a record as it is to be, by their names."""
    found = what_comes(ctx, entity, conditions, pending)
    return {name: value is True for name, value in found.items()}


def what_comes(
    ctx: Context,
    entity: Entity,
    expressions: Mapping[str, Expression],
    pending: Pending,
    known: Found | None = None,
) -> dict[str, Any]:
    """What expressions come to for a record as it is to be, by their names. `known` are parts of
    them that are known already.
    """
    far = {name: far_parts(ctx.machine, entity, each) for name, each in expressions.items()}
    parts = frozenset[Any]().union(*far.values()) - (known or {}).keys()
    own_id = None if pending.is_new else pending.id
    now = Given(
        operands_of(ctx, entity, pending.values),
        facts_of(ctx),
        None if pending.before is None else operands_of(ctx, entity, pending.before),
        {**coming_values(ctx, entity, parts, pending.values, own_id), **(known or {})},
    )
    return {name: compile_closure(each, far[name])(now) for name, each in expressions.items()}


def which_hold_now(
    ctx: Context, entity: Entity, conditions: Mapping[str, Expression], record_id: str
) -> dict[str, bool]:
    """Which of some conditions hold of a record as it is stored, for whoever asks."""
    if not conditions:
        return {}
    origin = gate.every_row(ctx.as_system(), entity.key)
    scope = RowScope(ctx.as_system(), origin, facts_of(ctx))
    answers = [
        sa.case((compile_sql(each, scope), sa.true()), else_=sa.false()) for each in conditions.values()
    ]
    statement = sa.select(*answers).where(origin.table.c.id == sa.bindparam("record_id"))
    row = ctx.execute(statement, record_id=record_id).first() or ()
    return dict(zip(conditions, map(bool, row), strict=False))
