"""What fields and relations are called now, and what they were called before.

Documents go on naming a field by a key that it had once. A name that something has now
always means that; one that nothing has any more means what was called so last.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from metadata import declarations
from metadata.catalog import Entity
from metadata.identities import EntityIdentity, Identities
from metadata.source import Document


@dataclass(frozen=True, slots=True)
class Known:
    """The names of one entity: those it has, those it had, and where they lead.

    `leads` says of a relation which entity is at its other side, and whether it leads to many.
    """

    live: frozenset[str]
    former: Mapping[str, str]
    leads: Mapping[str, tuple[str, bool]]

    def now(self, name: str) -> str:
        """What is called by a name, as it is called now."""
        return name if name in self.live else self.former.get(name, name)


Names = Mapping[str, Known]


def names_of(entities: Iterable[Entity]) -> Names:
    """The names of the entities of a catalog; none when nothing was ever called otherwise."""
    all_of_them = list(entities)
    if not any(entity.former for entity in all_of_them):
        return {}
    return {
        entity.key: Known(
            frozenset((*entity.fields, *entity.relations)),
            entity.former,
            {key: (way.to[0], way.many) for key, way in entity.relations.items() if len(way.to) == 1},
        )
        for entity in all_of_them
    }


@dataclass(slots=True)
class _Draft:
    """The names of an entity, while documents are read one after the other."""

    live: set[str] = field(default_factory=set)
    former: dict[str, str] = field(default_factory=dict)
    leads: dict[str, tuple[str, bool]] = field(default_factory=dict)


def names_in(documents: Iterable[Document], identities: Identities) -> Names:
    """The names of the entities that documents declare, before anything is made of them."""
    declared = _declared(documents)
    drafts = {entity: _Draft(set(fields)) for entity, (_, fields) in declared.items()}
    known = {each.key: each for each in identities.entities if each.live}
    for entity, (was, fields) in declared.items():
        _lead(drafts, entity, fields)
        before = known.get(entity) or known.get(was)
        for name, now in _remembered(before, fields):
            drafts[entity].former[name] = now
    for entity, (was, fields) in declared.items():
        before = known.get(entity) or known.get(was)
        for target, name, inverse in _turned(before, fields, drafts):
            drafts[target].former[name] = inverse
    return {
        entity: Known(
            frozenset(draft.live),
            MappingProxyType({k: now for k, now in draft.former.items() if k not in draft.live}),
            draft.leads,
        )
        for entity, draft in drafts.items()
    }


def _declared(documents: Iterable[Document]) -> dict[str, tuple[str, dict[str, Any]]]:
    """What each entity was called, and its fields as all layers declare them together."""
    declared: dict[str, tuple[str, dict[str, Any]]] = {}
    overlays = []
    for document in documents:
        if document.kind == "entity":
            declared.setdefault(document.key, (document.data.get("was", ""), {**_fields(document)}))
        elif document.kind == "overlay" and document.key.startswith("entity/"):
            overlays.append(document)
    for overlay in overlays:
        entity = declared.get(overlay.key.partition("/")[2])
        if entity:
            _lay(entity[1], _fields(overlay))
    return declared


def _lay(fields: dict[str, Any], over: Mapping[str, Any]) -> None:
    """Lay what an overlay says of fields over them. What has no type, and is not there, is no field."""
    for key, said in over.items():
        if said is None:
            fields.pop(key, None)
        elif isinstance(said, dict) and (key in fields or "type" in said):
            fields[key] = {**(fields.get(key) or {}), **said}


def _fields(document: Document) -> dict[str, Any]:
    fields = document.data.get("fields")
    return fields if isinstance(fields, dict) else {}


def _lead(drafts: Mapping[str, _Draft], entity: str, fields: Mapping[str, Any]) -> None:
    for key, said in fields.items():
        targets = _targets(said, drafts)
        if len(targets) == 1:
            drafts[entity].leads[key] = (targets[0], _relation(said) == "many")
        for target in targets if targets and said.get("inverse") else ():
            drafts[target].live.add(said["inverse"])
            drafts[target].leads[said["inverse"]] = (entity, True)
    for key in ("created_by", "updated_by"):
        if "user" in drafts:
            drafts[entity].leads.setdefault(key, ("user", False))


def _relation(said: Any) -> str:
    known = isinstance(said, dict) and said.get("type") in declarations.names()
    return declarations.declared(said["type"]).relation if known else ""


def _targets(said: Any, entities: Iterable[str]) -> list[str]:
    """The entities that a link leads to, of those there are."""
    if not _relation(said):
        return []
    to = declarations.declared(said["type"]).to or said.get("to") or []
    if to == "*":
        return list(entities)
    named = {to} if isinstance(to, str) else set(to)
    return [each for each in entities if each in named]


def _renamed(fields: Mapping[str, Any]) -> dict[str, str]:
    """What fields are called now, by what they say that they were called."""
    return {
        said["was"]: key for key, said in fields.items() if isinstance(said, dict) and said.get("was")
    }


def _remembered(
    before: EntityIdentity | None, fields: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Each name that a field had, and what it is called now."""
    renamed = _renamed(fields)
    for known in before.fields if before else ():
        now = known.key if known.key in fields else renamed.get(known.key, "")
        if now in fields and known.live:
            yield from ((name, now) for name in known.former)
    yield from renamed.items()


def _turned(
    before: EntityIdentity | None, fields: Mapping[str, Any], entities: Iterable[str]
) -> Iterator[tuple[str, str, str]]:
    """Each name that the other side of a link had: of which entity, and what it is called now."""
    renamed = _renamed(fields)
    for known in before.fields if before else ():
        said = fields.get(known.key) or fields.get(renamed.get(known.key, ""))
        if known.live and isinstance(said, dict) and (inverse := said.get("inverse")):
            for name in filter(None, (*known.inverses, known.inverse)):
                yield from ((target, name, inverse) for target in _targets(said, entities))
