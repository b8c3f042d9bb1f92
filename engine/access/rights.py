"""What a set of roles adds up to, entity by entity and field by field.

Roles add up, `deny` beats any grant, and what no role names is closed. The sum
depends on the catalog and the roles alone, so it is worked out once for each set
of roles in a revision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.machine import Machine
from metadata.catalog import Entity, Field, Grant, Role

SCOPES = ("no", "own", "team", "all")  # each holds all that the ones before it hold
LEVELS = ("none", "read", "write")
READING, WRITING = frozenset(("read",)), frozenset(("update", "delete"))
ON_RECORDS, NO_VERB = READING | WRITING, frozenset[str]()
NOTHING = Grant()


@dataclass(frozen=True, slots=True)
class Rights:
    """What an actor may do with one entity. `fields` names every field of it.

    `lent` are the actions that a record's parent may open besides, where the entity inherits.
    """

    create: bool
    read: str
    update: str
    delete: str
    export: bool
    fields: Mapping[str, str]
    lent: frozenset[str] = frozenset()

    def can_read(self, key: str) -> bool:
        """Whether the field may be read."""
        return self.fields[key] != "none"

    def can_write(self, key: str) -> bool:
        """Whether the field may be given a value."""
        return self.fields[key] == "write"

    def scope(self, action: str) -> str:
        """The scope of read, update or delete."""
        scope: str = getattr(self, action)
        return scope

    def allows(self, action: str) -> bool:
        """Whether the action is open with at least some records."""
        if action in ON_RECORDS:
            return self.scope(action) != "no" or action in self.lent
        allowed: bool = getattr(self, action)
        return allowed

    def narrowed(self, *, read: bool, write: bool) -> "Rights":
        """What is left of them under a token that only reads, only writes here, or neither."""
        return replace(
            self,
            create=self.create and write,
            read=self.read if read else "no",
            update=self.update if write else "no",
            delete=self.delete if write else "no",
            export=self.export and read,
            lent=self.lent & ((READING if read else NO_VERB) | (WRITING if write else NO_VERB)),
        )


def rights_of(machine: Machine, roles: frozenset[str], entity: str, *, system: bool) -> Rights:
    """What the holders of these roles may do with an entity."""
    key = ("rights", None if system else roles, entity)
    rights = machine.cache.get(key)
    if rights is None:
        declared = machine.catalog.entities[entity]
        held = [machine.catalog.roles[name] for name in sorted(roles & machine.catalog.roles.keys())]
        rights = _everything(declared) if system else _sum(declared, held)
        machine.cache[key] = rights
    return rights


def capabilities_of(machine: Machine, roles: frozenset[str]) -> frozenset[str]:
    """What these roles may do beside records: import, purge, manage_users…"""
    held = (machine.catalog.roles[name] for name in roles & machine.catalog.roles.keys())
    return frozenset().union(*(role.can for role in held))


def _everything(entity: Entity) -> Rights:
    return Rights(True, "all", "all", "all", True, dict.fromkeys(entity.fields, "write"))


def _sum(entity: Entity, roles: list[Role]) -> Rights:
    grants = [(role, _named(role.grants, entity.key)) for role in roles]
    denials = [_named(role.deny, entity.key) for role in roles]
    opened = _opened_to_everyone(entity)
    given = [*(grant for _, grant in grants), opened]
    levels = {
        key: _field_level(declared, entity, grants, opened, denials)
        for key, declared in entity.fields.items()
    }
    denied = {
        action for action in ON_RECORDS if any(getattr(d, action) != "no" for d in denials)
    }
    scopes = {
        action: "no" if action in denied else _widest(getattr(grant, action) for grant in given)
        for action in ON_RECORDS
    }
    return Rights(
        create=any(g.create for g in given) and not any(d.create for d in denials),
        export=any(g.export for g in given) and not any(d.export for d in denials),
        fields=levels,
        lent=ON_RECORDS - denied if entity.inherits else NO_VERB,
        **scopes,
    )


def _named(grants: Mapping[str, Grant], entity: str) -> Grant:
    return grants.get(entity) or grants.get("*") or NOTHING


def _opened_to_everyone(entity: Entity) -> Grant:
    match entity.access:
        case "read":
            return Grant(read="all")
        case "write":
            return Grant(create=True, read="all", update="all")
        case _:
            return NOTHING


def _widest(scopes: Iterable[str]) -> str:
    return max(scopes, key=SCOPES.index, default="no")


def _field_level(
    field: Field,
    entity: Entity,
    grants: Sequence[tuple[Role, Grant]],
    opened: Grant,
    denials: Sequence[Grant],
) -> str:
    level = max(
        [_granted_level(field, entity, role, grant) for role, grant in grants]
        + (["write"] if opened.update != "no" else ["read"] if opened.read != "no" else []),
        key=LEVELS.index,
        default="none",
    )
    if entity.inherits and not any(_reaches(grant) for _, grant in grants):
        level = "write"  # whoever reaches the record through its parent alone sees it whole
    return min([level, *_caps(field, denials)], key=LEVELS.index)


def _caps(field: Field, denials: Sequence[Grant]) -> list[str]:
    """The most that each denial leaves of a field. What every record has can't be denied."""
    if field.system:
        return []
    said = [denial.fields for denial in denials if denial.fields]
    caps = [fields.get(field.key, fields.get("*")) for fields in said]
    return [cap for cap in caps if cap is not None]


def _reaches(grant: Grant) -> bool:
    return grant.create or grant.read != "no" or grant.update != "no"


def _granted_level(field: Field, entity: Entity, role: Role, grant: Grant) -> str:
    """What one role's grant says of a field.

    A role that names fields speaks of those it could know: fields of its own pack and of the
    entity's. A field laid over the entity later is closed to it until it names it, or `*`.
    """
    if not _reaches(grant):
        return "none"
    if field.system or grant.fields is None:
        return "write"
    named = grant.fields.get(field.key, grant.fields.get("*"))
    if named is not None:
        return named
    return "write" if field.layer in {role.layer, entity.layer} else "none"
