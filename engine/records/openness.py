"""Which records an action is open to, for those who offer it: nobody likes a button that refuses."""

from collections.abc import Iterable

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Denied
from engine.records.portions import portions

VERBS = {"update": "change", "delete": "delete"}


def open_ids(ctx: Context, entity: str, ids: Iterable[str], action: str) -> frozenset[str]:
    """Those of these records, all of them seen by the actor, with which the action is open too."""
    declared = gate.find_entity(ctx, entity)
    asked = sorted(set(ids))
    if declared.mirrors or not gate.can(ctx, entity, action):
        return frozenset()
    if gate.rights(ctx, entity).scope(action) == "all":
        return frozenset(asked)
    origin = gate.source(ctx, entity, action)
    wanted: sa.BindParameter[list[str]] = sa.bindparam("ids", expanding=True, required=True)
    statement = sa.select(origin.table.c.id).where(origin.table.c.id.in_(wanted), origin.predicate)
    return frozenset(
        found
        for some in portions(asked)
        for found in ctx.execute(statement, ids=some).scalars()
    )


def require_open(ctx: Context, entity: str, record_id: str, action: str) -> None:
    """Refuse an action that is not open to the actor with this record, which they see."""
    gate.require(ctx, entity, action)
    if record_id not in open_ids(ctx, entity, [record_id], action):
        label = gate.find_entity(ctx, entity).label.lower()
        raise Denied("access.record", f"You may not {VERBS[action]} this {label}.")
