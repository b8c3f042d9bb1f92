"""Identities: given to an entity and its fields at first publish, and kept through every rename.

What is removed is retired, not forgotten: when the same key comes back with the same
type, it is the same field, with its data.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldIdentity:
    """One field's identity, with the key and type it has, or had when it was retired.

    `former` are the keys it had before; `inverse` is what its link is called from the other side,
    and `inverses` what that was called before.
    """

    identity: str
    key: str
    type: str
    live: bool = True
    former: tuple[str, ...] = ()
    inverse: str = ""
    inverses: tuple[str, ...] = ()


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
            [e.identity, e.key, e.live, [_field_as_json(f) for f in e.fields]] for e in self.entities
        ]


def _field_as_json(known: FieldIdentity) -> list[Any]:
    """What is known of a field; of most there is no more to tell than they always had."""
    facts = [known.identity, known.key, known.type, known.live]
    if known.former or known.inverse or known.inverses:
        facts += [list(known.former), known.inverse, list(known.inverses)]
    return facts


NONE = Identities()


def read_identities(kept: list[Any]) -> Identities:
    """Identities as a revision kept them."""
    return Identities(
        tuple(
            EntityIdentity(
                identity, key, tuple(_read_field(*facts) for facts in fields), live
            )
            for identity, key, live, fields in kept
        )
    )


def _read_field(
    identity: str,
    key: str,
    kind: str,
    live: bool,
    former: Sequence[str] = (),
    inverse: str = "",
    inverses: Sequence[str] = (),
) -> FieldIdentity:
    return FieldIdentity(identity, key, kind, live, tuple(former), inverse, tuple(inverses))


@dataclass(frozen=True, slots=True)
class Declared:
    """What an entity asks an identity for: itself and its fields, and what they were called."""

    was: str
    fields: tuple[tuple[str, str], ...]  # key and type
    renamed: Mapping[str, str]  # the former key by the key
    inverses: Mapping[str, str] = field(default_factory=dict)  # what links are called from the other side, by key


def identify(entities: Mapping[str, Declared], before: Identities) -> Identities:
    """Identities for entities as they are now declared, by key."""
    known = {e.identity for e in before.entities}
    by_key = {e.key: e for e in before.entities if e.live}
    retired = {e.key: e for e in before.entities if not e.live}
    renamed = {
        asked.was: key for key, asked in entities.items() if asked.was in by_key and key not in by_key
    }
    given: list[EntityIdentity] = []
    for key, asked in entities.items():
        old = by_key.get(asked.was if renamed.get(asked.was) == key else key)
        if old is not None and old.key == key and key in renamed:
            old = None  # another entity took this one's identity along with its new name
        old = old or retired.get(key)
        if old is not None and old.live and old.key == key and _is_same(asked, old):
            given.append(old)
            continue
        identity = old.identity if old else _unused(key, known)
        known.add(identity)
        fields = _fields(identity, asked, old.fields if old else ())
        given.append(EntityIdentity(identity, key, fields))
    taken = {e.identity for e in given}
    gone = (replace(e, live=False) for e in before.entities if e.identity not in taken)
    return Identities((*given, *gone))


def _is_same(asked: Declared, old: EntityIdentity) -> bool:
    live = [f for f in old.fields if f.live]
    named = all(asked.inverses.get(f.key, "") == f.inverse for f in live)
    return named and asked.fields == tuple((f.key, f.type) for f in live)


def _fields(
    entity: str, asked: Declared, before: tuple[FieldIdentity, ...]
) -> tuple[FieldIdentity, ...]:
    known = {f.identity for f in before}
    by_key = {f.key: f for f in before if f.live}
    retired = {(f.key, f.type): f for f in before if not f.live}
    keys = {key for key, _ in asked.fields}
    renamed = {
        was: key
        for key, was in asked.renamed.items()
        if key in keys and was in by_key and key not in by_key
    }
    given: list[FieldIdentity] = []
    for key, kind in asked.fields:
        was = asked.renamed.get(key, "")
        old = by_key.get(was if renamed.get(was) == key else key)
        if old is not None and old.key == key and key in renamed:
            old = None
        old = old or retired.get((key, kind))
        identity = old.identity if old else _unused(f"{entity}.{key}", known)
        known.add(identity)
        inverse = asked.inverses.get(key, "")
        former = _once(old.former, old.key, key) if old else ()
        inverses = _once(old.inverses, old.inverse, inverse) if old else ()
        given.append(FieldIdentity(identity, key, kind, True, former, inverse, inverses))
    taken = {f.identity for f in given}
    gone = (replace(f, live=False) for f in before if f.identity not in taken)
    return (*given, *gone)


def _once(former: tuple[str, ...], last: str, now: str) -> tuple[str, ...]:
    """All former names, each once, with the last one behind them; not what the name is now."""
    names = dict.fromkeys([*(each for each in former if each != last), last])
    return tuple(name for name in names if name and name != now)


def _unused(wanted: str, known: Set[str]) -> str:
    """The wanted identity, with a number behind it if something else has it already."""
    number, identity = 2, wanted
    while identity in known:
        identity, number = f"{wanted}~{number}", number + 1
    return identity
