"""Who a user is to the machine: roles, teams and habits, read afresh for every request."""

from typing import Any

import sqlalchemy as sa

from engine.context import Actor
from engine.errors import NotSignedIn
from engine.fields import Reader
from engine.machine import Machine


def load_actor(connection: sa.Connection, machine: Machine, user_id: str, **also: Any) -> Actor:
    """The actor that a user is now. NotSignedIn when there is no such active user.

    `also` sets further facts of the actor, such as the token that was used.
    """
    user = user_by(connection, machine, "id", user_id)
    if user is None or not user["active"]:
        raise NotSignedIn("auth.signed-out", "Sign in first.")
    return Actor(
        id=user_id,
        name=user["title"] or "",
        email=user["email"] or "",
        roles=_roles(connection, machine, user_id),
        teams=_teams(connection, machine, user_id),
        reader=Reader(
            time_zone=user["time_zone"] or "UTC",
            locale=user["locale"] or "en",
        ),
        **also,
    )


def user_by(
    connection: sa.Connection, machine: Machine, key: str, value: str
) -> dict[str, Any] | None:
    """The stored facts of the user, outside the trash, whose field has this value."""
    table = machine.tables.of("user")
    facts = {name: _column(machine, name) for name in ("email", "active", "time_zone", "locale")}
    wanted = table.c.id if key == "id" else _column(machine, key)
    statement = sa.select(
        table.c.id, table.c.title, *(column.label(name) for name, column in facts.items())
    ).where(wanted == value, table.c.trashed_at.is_(None))
    row = connection.execute(statement).mappings().first()
    return dict(row) if row else None


def _column(machine: Machine, key: str) -> sa.Column[Any]:
    return machine.tables.columns("user", key)[0]


def _roles(connection: sa.Connection, machine: Machine, user_id: str) -> frozenset[str]:
    held, role = machine.tables.link("user", "roles"), machine.tables.of("role")
    statement = (
        sa.select(machine.tables.columns("role", "key")[0])
        .join(held, held.c.target_id == role.c.id)
        .where(held.c.source_id == user_id, role.c.trashed_at.is_(None))
    )
    return frozenset(connection.execute(statement).scalars())


def _teams(connection: sa.Connection, machine: Machine, user_id: str) -> frozenset[str]:
    members, team = machine.tables.link("team", "members"), machine.tables.of("team")
    statement = (
        sa.select(members.c.source_id)
        .join(team, team.c.id == members.c.source_id)
        .where(members.c.target_id == user_id, team.c.trashed_at.is_(None))
    )
    return frozenset(connection.execute(statement).scalars())
