"""Who a user is to the machine: roles, teams and habits, read afresh for every request."""

from typing import Any

import sqlalchemy as sa

from engine.context import Actor
from engine.errors import NotSignedIn
from engine.fields import Reader
from engine.fields.regions import region_of
from engine.machine import Machine

FACTS = ("email", "active", "time_zone", "locale")


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
        roles=frozenset((user["roles"] or "").split()),
        teams=frozenset((user["teams"] or "").split()),
        reader=_reader(user["time_zone"] or "UTC", user["locale"] or "en"),
        **also,
    )


def _reader(time_zone: str, locale: str) -> Reader:
    return Reader(time_zone=time_zone, locale=locale, region=region_of(time_zone, locale))


def user_by(
    connection: sa.Connection, machine: Machine, key: str, value: str
) -> dict[str, Any] | None:
    """The stored facts of the user, outside the trash, whose field has this value, in one question."""
    cached = ("user by", key)
    statement = machine.cache.get(cached)
    if statement is None:
        statement = machine.cache[cached] = _user_by(machine, key)
    row = connection.execute(statement, {"value": value}).mappings().first()
    return dict(row) if row else None


def _user_by(machine: Machine, key: str) -> sa.Select[Any]:
    table = machine.tables.of("user")
    facts = (machine.tables.columns("user", fact)[0].label(fact) for fact in FACTS)
    wanted = table.c.id if key == "id" else machine.tables.columns("user", key)[0]
    return sa.select(
        table.c.id, table.c.title, *facts, _roles(machine, table), _teams(machine, table)
    ).where(wanted == sa.bindparam("value"), table.c.trashed_at.is_(None))


def _roles(machine: Machine, user: sa.Table) -> sa.Label[str | None]:
    held, role = machine.tables.link("user", "roles"), machine.tables.of("role")
    key = machine.tables.columns("role", "key")[0]
    statement = (
        sa.select(sa.func.aggregate_strings(key, " "))
        .join(held, held.c.target_id == role.c.id)
        .where(held.c.source_id == user.c.id, role.c.trashed_at.is_(None))
    )
    return statement.scalar_subquery().label("roles")


def _teams(machine: Machine, user: sa.Table) -> sa.Label[str | None]:
    members, team = machine.tables.link("team", "members"), machine.tables.of("team")
    statement = (
        sa.select(sa.func.aggregate_strings(team.c.id, " "))
        .join(members, team.c.id == members.c.source_id)
        .where(members.c.target_id == user.c.id, team.c.trashed_at.is_(None))
    )
    return statement.scalar_subquery().label("teams")
