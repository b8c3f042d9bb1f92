"""Who belongs to whom: teams by their name, and chains of managers, as SQL.

The machine itself looks, so that a rule means the same whoever it is asked for.
"""

from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Condition
from engine.context import Context
from engine.expressions.dialects import lower_text

LONGEST_CHAIN = 10


def in_team(ctx: Context, user: sa.ColumnElement[Any], name: str) -> Condition:
    """Whether a user is a member of a team of that name, whatever its case."""
    system = ctx.as_system()
    team = gate.source(system, "team")
    members = gate.link_table(system, team.entity.relations["members"])
    return (
        sa.exists()
        .select_from(team.table.join(members, members.c.source_id == team.table.c.id))
        .where(
            members.c.target_id == user,
            lower_text(gate.column(system, team, "name")) == name.lower(),
            team.predicate,
        )
    )


def reports_to(ctx: Context, user: sa.ColumnElement[Any], boss: sa.ColumnElement[Any]) -> Condition:
    """Whether a user's manager, or a manager's manager, is somebody."""
    system = ctx.as_system()
    first = gate.source(system, "user")
    chain = (
        sa.select(first.table.c.id, sa.literal(1).label("length"))
        .where(gate.column(system, first, "manager") == boss, first.predicate)
        .cte(recursive=True)
    )
    further = gate.source(system, "user")
    chain = chain.union(
        sa.select(further.table.c.id, chain.c.length + 1).where(
            gate.column(system, further, "manager") == chain.c.id, chain.c.length < LONGEST_CHAIN
        )
    )
    return sa.and_(user.is_not(None), user.in_(sa.select(chain.c.id)))
