"""The one gate: every table and every column that a query or command uses comes from here.

A source is a table with the condition that its rows must meet for this actor and
action; a column is handed out only when the actor may read its field. What has no
other door can't leak through one.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.rights import Rights, capabilities_of, rights_of
from engine.context import Context
from engine.errors import Denied, NotFound
from engine.expressions.asker import ASKER, TEAMS
from engine.formulas.graph import graph_of
from engine.registry import Registry
from metadata.catalog import Entity, Field, Relation

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Source:
    """An entity's table under an alias of its own, and the rows of it that are open."""

    entity: Entity
    table: sa.FromClause
    predicate: Condition


WayToRead = Callable[[Context, Source, Field], tuple[sa.ColumnElement[Any], ...]]
ways_to_read: Registry[WayToRead] = Registry("way to read")  # what is not in columns: engine.formulas


def find_entity(ctx: Context, key: str) -> Entity:
    """An entity that the actor may know of; NotFound otherwise."""
    entity = ctx.machine.catalog.entities.get(key)
    if entity is None:
        raise NotFound("entity.unknown", f'There is no entity "{key}".')
    return entity


def rights(ctx: Context, entity: str) -> Rights:
    """What the actor may do with an entity, narrowed by the scopes of a token."""
    found: Rights | None = ctx.prepared.get(entity)
    if found is None:
        actor = ctx.actor
        found = rights_of(ctx.machine, actor.roles, entity, system=actor.is_system)
        if actor.scopes is not None:
            write = bool(actor.scopes & {"write", f"write:{entity}"})
            read = write or bool(actor.scopes & {"read", f"read:{entity}"})
            found = found.narrowed(read=read, write=write)
        ctx.prepared[entity] = found
    return found


def standing(ctx: Context) -> Hashable:
    """What of an asker decides what is open to them, whoever they are."""
    actor = ctx.actor
    return actor.is_system, actor.roles, actor.scopes


def has_capability(ctx: Context, capability: str) -> bool:
    """Whether the actor holds a capability, such as purge. A token with scopes holds none, but
    the one its scope `metadata` is for.
    """
    if ctx.actor.is_system:
        return True
    scopes = ctx.actor.scopes
    if scopes is not None and not (capability == "design" and "metadata" in scopes):
        return False
    return capability in capabilities_of(ctx.machine, ctx.actor.roles)


def require_capability(ctx: Context, capability: str) -> None:
    """Refuse an actor without the capability, naming it."""
    if not has_capability(ctx, capability):
        words = capability.replace("_", " ")
        raise Denied("access.capability", f'This needs the capability "{words}".')


def can(ctx: Context, entity: str, action: str) -> bool:
    """Whether the actor may do this with at least some records of the entity."""
    return rights(ctx, entity).allows(action)


def require(ctx: Context, entity: str, action: str) -> None:
    """Refuse an action that no record of the entity is open to."""
    if not can(ctx, entity, action):
        label = find_entity(ctx, entity).plural.lower()
        raise Denied("access.action", f"You may not {action} {label}.", facts={"action": action})


def source(ctx: Context, entity: str, action: str = "read", *, trash: bool = False) -> Source:
    """The rows of an entity that are open to the actor for an action.

    `trash` asks for the records in the trash instead of those outside it.
    """
    declared = find_entity(ctx, entity)
    table = ctx.machine.tables.alias(entity)
    kept = table.c.trashed_at.is_not(None) if trash else table.c.trashed_at.is_(None)
    return Source(declared, table, sa.and_(kept, predicate(ctx, declared, table, action)))


def every_row(ctx: Context, entity: str) -> Source:
    """All rows, in the trash or not, open or not: for the machine's own upkeep of what it keeps."""
    declared = find_entity(ctx, entity)
    return Source(declared, ctx.machine.tables.alias(entity), sa.true())


def column(
    ctx: Context, origin: Source, key: str, purpose: str = "select"
) -> sa.ColumnElement[Any]:
    """The column that sorts and compares a field. Denied names a field that is closed."""
    return columns(ctx, origin, key, purpose)[0]


def columns(
    ctx: Context, origin: Source, key: str, purpose: str = "select"
) -> tuple[sa.ColumnElement[Any], ...]:
    """All columns of a field's value, in the order its type loads them from."""
    require_readable(ctx, origin.entity, key, purpose)
    field = origin.entity.fields[key]
    if field.formula is not None and _is_worked_out(ctx, field):
        return ways_to_read["formula"](ctx, origin, field)
    return kept_columns(ctx, origin, key)


def kept_columns(ctx: Context, origin: Source, key: str) -> tuple[sa.ColumnElement[Any], ...]:
    """The columns that a field's value is kept in, for whoever has asked whether it may be read."""
    stored = ctx.machine.tables.columns(origin.entity.key, key)
    return tuple(origin.table.c[each.name] for each in stored)


def is_kept(ctx: Context, entity: Entity, key: str) -> bool:
    """Whether the actor is shown a field's value as it is stored."""
    field = entity.fields[key]
    return field.formula is None or not _is_worked_out(ctx, field)


def _is_worked_out(ctx: Context, field: Field) -> bool:
    """Whether a formula's value is worked out for each question: where it is not stored, or was made
    of records that are not all open to the actor.
    """
    return field.mode == "read" or not sees_all_of(ctx, field)


def sees_all_of(ctx: Context, field: Field) -> bool:
    """Whether a formula's value is for the actor what it is for the machine."""
    if ctx.actor.is_system or field.settings.get("publish"):
        return True
    over = graph_of(ctx.machine).goes_over((field.entity, field.key))
    return all(rights(ctx, each).read == "all" for each in over)


def require_readable(ctx: Context, entity: Entity, key: str, purpose: str) -> None:
    """Refuse a field that the actor may not read, naming it."""
    if not is_readable(ctx, entity, key):
        raise Denied(
            "access.field",
            f'You may not read the field "{key}" of {entity.plural.lower()}.',
            facts={"field": key, "purpose": purpose},
        )


def is_readable(ctx: Context, entity: Entity, key: str) -> bool:
    """Whether the actor may read a field, or follow the inverse of one.

    The title is as open as the field it is made of, an inverse as the link behind it, and a formula
    as all that it looks at, unless it is published.
    """
    fields = rights(ctx, entity.key).fields
    if key == "title" and entity.title:
        return fields[entity.title] != "none"
    if key in fields:
        declared = entity.fields[key]
        return fields[key] != "none" and (declared.formula is None or _is_open(ctx, declared))
    relation = entity.relations[key]
    return rights(ctx, relation.holder).fields[relation.field] != "none"


def _is_open(ctx: Context, field: Field) -> bool:
    """Whether the actor may read all that a formula looks at, or need not."""
    if ctx.actor.is_system or field.settings.get("publish"):
        return True
    asked = ("open", field.entity, field.key)
    known: bool | None = ctx.prepared.get(asked)
    if known is None:
        entities = ctx.machine.catalog.entities
        inputs = graph_of(ctx.machine).inputs((field.entity, field.key))
        known = all(is_readable(ctx, entities[entity], key) for entity, key in inputs)
        ctx.prepared[asked] = known
    return known


def link_table(ctx: Context, relation: Relation) -> sa.FromClause:
    """The table of a to-many link, under an alias. Its ends are reached through their sources."""
    return ctx.machine.tables.link(relation.holder, relation.field).alias()


def predicate(ctx: Context, entity: Entity, table: sa.FromClause, action: str) -> Condition:
    """What a row must meet to be open for an action: the scope, or what its parent lends it."""
    found = rights(ctx, entity.key)
    own = _SCOPES[found.scope(action)](ctx, entity, table)
    if action not in found.lent or found.scope(action) == "all":
        return own
    return sa.or_(own, _inherited(ctx, entity, table, action))


def _inherited(ctx: Context, entity: Entity, table: sa.FromClause, action: str) -> Condition:
    parent_action = "read" if action == "read" else "update"
    field = entity.fields[entity.inherits]
    stored = ctx.machine.tables.columns(entity.key, field.key)
    ways = []
    for key in field.relation.to if field.relation else ():
        parent = source(ctx, key, parent_action)
        way = parent.table.c.id == table.c[stored[0].name]
        if len(stored) > 1:
            way = sa.and_(table.c[stored[1].name] == parent.entity.identity, way)
        ways.append(sa.exists().where(way, parent.predicate))
    return sa.or_(sa.false(), *ways)


def _owner_column(ctx: Context, entity: Entity, table: sa.FromClause) -> sa.ColumnElement[Any]:
    if not entity.owner:
        return table.c.created_by
    return table.c[ctx.machine.tables.columns(entity.key, entity.owner)[0].name]


def _no(_ctx: Context, _entity: Entity, _table: sa.FromClause) -> Condition:
    return sa.false()


def _own(ctx: Context, entity: Entity, table: sa.FromClause) -> Condition:
    own: Condition = _owner_column(ctx, entity, table) == ASKER
    return sa.or_(own, table.c.id == ASKER) if entity.key == "user" else own


def _team(ctx: Context, entity: Entity, table: sa.FromClause) -> Condition:
    members = ctx.machine.tables.link("team", "members").alias()
    mates = sa.select(members.c.target_id).where(members.c.source_id.in_(TEAMS))
    return sa.or_(
        _own(ctx, entity, table), _owner_column(ctx, entity, table).in_(mates)
    )


def _all(_ctx: Context, _entity: Entity, _table: sa.FromClause) -> Condition:
    return sa.true()


_SCOPES: dict[str, Callable[[Context, Entity, sa.FromClause], Condition]] = {
    "no": _no,
    "own": _own,
    "team": _team,
    "all": _all,
}
