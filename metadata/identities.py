"""Identities: given to an entity and its fields at first publish, and kept through every rename.

What is removed is retired, not forgotten: when the same key comes back with the same
type, it is the same field, with its data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldIdentity:
    """One field's identity, with the key and type it has, or had when it was retired."""

    identity: str
    key: str
    type: str
    live: bool = True


@dataclass(frozen=True, slots=True)
class EntityIdentity:
    """One entity's identity, and those of all fields it ever had."""

    identity: str
    key: str
    fields: tuple[FieldIdentity, ...] = ()
    live: bool = True


@dataclass(frozen=True, slots=True)
class Identities:
    """All identities ever given."""

    entities: tuple[EntityIdentity, ...] = ()

    def as_json(self) -> list[Any]:
        """As a revision keeps them."""
        return [
            [e.identity, e.key, e.live, [[f.identity, f.key, f.type, f.live] for f in e.fields]]
            for e in self.entities
        ]


NONE = Identities()


def read_identities(kept: list[Any]) -> Identities:
    """Identities as a revision kept them."""
    return Identities(
        tuple(
            EntityIdentity(
                identity, key, tuple(FieldIdentity(*facts) for facts in fields), live
            )
            for identity, key, live, fields in kept
        )
    )


def identify(
    entities: Mapping[str, tuple[str, Mapping[str, tuple[str, str]]]], before: Identities
) -> Identities:
    """Identities for entities as they are now declared.

    `entities` maps a key to (`was`, {field key: (type, `was`)}); `was` may be empty.
    """
    known = {e.identity: e for e in before.entities}
    by_key = {e.key: e for e in before.entities if e.live}
    renamed = {was: key for key, (was, _) in entities.items() if was in by_key and key not in by_key}
    given: list[EntityIdentity] = []
    for key, (was, fields) in entities.items():
        old = by_key.get(was) if renamed.get(was) == key else by_key.get(key)
        if old is not None and renamed.get(key) not in {None, key} and old.key == key:
            old = None  # another entity took this one's identity along with its new name
        if old is None:
            old = next((e for e in before.entities if not e.live and e.key == key), None)
        identity = old.identity if old else _unused(key, known)
        known.setdefault(identity, EntityIdentity(identity, key))
        given.append(
            EntityIdentity(identity, key, _fields(identity, fields, old.fields if old else ()))
        )
    taken = {e.identity for e in given}
    retired = (
        EntityIdentity(e.identity, e.key, e.fields, live=False)
        for e in before.entities
        if e.identity not in taken
    )
    return Identities((*given, *retired))


def _fields(
    entity: str, fields: Mapping[str, tuple[str, str]], before: tuple[FieldIdentity, ...]
) -> tuple[FieldIdentity, ...]:
    known = {f.identity: f for f in before}
    by_key = {f.key: f for f in before if f.live}
    renamed = {was: key for key, (_, was) in fields.items() if was in by_key and key not in by_key}
    given: list[FieldIdentity] = []
    for key, (kind, was) in fields.items():
        old = by_key.get(was) if renamed.get(was) == key else by_key.get(key)
        if old is not None and old.key == key and renamed.get(key) not in {None, key}:
            old = None
        if old is None:
            same = (f for f in before if not f.live and (f.key, f.type) == (key, kind))
            old = next(same, None)
        identity = old.identity if old else _unused(f"{entity}.{key}", known)
        known.setdefault(identity, FieldIdentity(identity, key, kind))
        given.append(FieldIdentity(identity, key, kind))
    taken = {f.identity for f in given}
    retired = (
        FieldIdentity(f.identity, f.key, f.type, live=False)
        for f in before
        if f.identity not in taken
    )
    return (*given, *retired)


def _unused(wanted: str, known: Mapping[str, Any]) -> str:
    """The wanted identity, with a number behind it if something else has it already."""
    number, identity = 2, wanted
    while identity in known:
        identity, number = f"{wanted}~{number}", number + 1
    return identity
