"""Who a user is to the machine: roles, teams and habits, read afresh for every request."""

from collections.abc import Mapping
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
    if user is None:
        raise _signed_out()
    return actor_of(machine, user_id, user, **also)


def actor_of(
    machine: Machine, user_id: str, facts: Mapping[str, Any] | sa.RowMapping, **also: Any
) -> Actor:
    """The actor of a user with these facts. NotSignedIn when the user is not active."""
    if not facts["active"]:
        raise _signed_out()
    return Actor(
        id=user_id,
        name=facts["title"] or "",
        email=facts["email"] or "",
        roles=frozenset((facts["roles"] or "").split()),
        teams=frozenset((facts["teams"] or "").split()),
        reader=_reader(machine.reader, facts["time_zone"], facts["locale"]),
        **also,
    )


def _signed_out() -> NotSignedIn:
    return NotSignedIn("auth.signed-out", "Sign in first.")


def _reader(usual: Reader, time_zone: str | None, locale: str | None) -> Reader:
    """A user's habits; what they leave open is as usual."""
    zone, language = time_zone or usual.time_zone, locale or usual.locale
    return Reader(zone, language, region_of(zone, language), usual.currency)


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


def with_user(
    machine: Machine, table: sa.Table, *conditions: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    """The row of a table that names users, such as that of tokens, with the facts of its user
    beside its own; they are empty where there is no such user.

    A table is always asked with the same conditions, whose values are given with each question.
    """
    key = ("with user", table.name)
    statement: sa.Select[Any] | None = machine.cache.get(key)
    if statement is None:
        user = machine.tables.of("user")
        is_theirs = sa.and_(user.c.id == table.c.user_id, user.c.trashed_at.is_(None))
        joined = table.join(user, is_theirs, isouter=True)
        selected = sa.select(*table.c, *_facts(machine, user)).select_from(joined)
        statement = machine.cache[key] = selected.where(*conditions)
    return statement


def _user_by(machine: Machine, key: str) -> sa.Select[Any]:
    table = machine.tables.of("user")
    wanted = table.c.id if key == "id" else machine.tables.columns("user", key)[0]
    return sa.select(table.c.id, *_facts(machine, table)).where(
        wanted == sa.bindparam("value"), table.c.trashed_at.is_(None)
    )


def _facts(machine: Machine, user: sa.Table) -> list[sa.ColumnElement[Any]]:
    facts = [machine.tables.columns("user", fact)[0].label(fact) for fact in FACTS]
    return [user.c.title, *facts, _roles(machine, user), _teams(machine, user)]


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
