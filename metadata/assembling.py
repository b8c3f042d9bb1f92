"""From merged documents to a catalog: each entity's own half first, then what others bring to it.

A half is worked out once for each state of what it is made of, so that one changed
field works out one entity anew.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from metadata import schemas
from metadata.building import (
    build_choices,
    build_fields,
    build_pipeline,
    build_rules,
    words,
)
from metadata.catalog import Catalog, Effective, Entity, Field, Pack, Pipeline, Relation, Rule
from metadata.diagnostics import Diagnostics
from metadata.formulas import settle_modes
from metadata.identities import EntityIdentity, Identities
from metadata.kinds import (
    build_apps,
    build_layouts,
    build_roles,
    build_samples,
    build_settings,
    build_translations,
    build_views,
)
from metadata.memory import Memory
from metadata.merging import Layered
from metadata.names import Known, Names
from metadata.source import Document
from metadata.surroundings import Surroundings
from metadata.value_types import value_of

Merged = Mapping[tuple[str, str], Layered]
Makers = tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Half:
    """An entity's own half: what its documents say, before others' links reach it."""

    fields: Mapping[str, Field]
    rules: tuple[Rule, ...]
    inverses: tuple[Relation, ...]  # what it brings to others


_halves: Memory[Makers, tuple[Any, Half]] = Memory()
_effective: Memory[Makers, Effective] = Memory()


def assemble(
    merged: Merged,
    order: Sequence[str],
    given: Identities,
    names: Names,
    found: Diagnostics,
    previous: Catalog | None,
) -> Catalog:
    """The catalog that documents make. Entities equal to those of `previous` are those."""
    of_kind: dict[str, dict[str, Layered]] = {kind: {} for kind in schemas.kinds()}
    for (kind, key), layered in merged.items():
        of_kind[kind][key] = layered
    declared = of_kind["entity"]
    pipelines = {key: build_pipeline(layered) for key, layered in of_kind["pipeline"].items()}
    choices = {key: build_choices(each.data.get("values")) for key, each in of_kind["choices"].items()}
    around = Surroundings(
        choices=choices,
        pipelines=_by_entity(pipelines),
        entities=frozenset(declared),
        with_timeline=tuple(k for k, d in declared.items() if d.data.get("timeline", True)),
    )
    live = {entity.key: entity for entity in given.entities if entity.live}
    halves = {key: _half(layered, live[key], around, found) for key, layered in declared.items()}
    relations = _relations(halves, found, declared)
    entities = {
        key: _entity(layered, live[key], halves[key], relations[key], names[key], around)
        for key, layered in declared.items()
    }
    entities = {key: _as_before(each, previous) for key, each in settle_modes(entities).items()}
    return Catalog(
        packs=tuple(_pack(name, of_kind["pack"]) for name in order),
        entities=MappingProxyType(entities),
        pipelines=MappingProxyType(pipelines),
        choices=MappingProxyType(choices),
        views=build_views(of_kind["view"], found),
        layouts=build_layouts(of_kind["layout"], found),
        apps=build_apps(of_kind["app"], of_kind["view"]),
        roles=build_roles(of_kind["role"]),
        settings=build_settings(of_kind["settings"]),
        samples=build_samples(of_kind["sample"]),
        translations=build_translations(of_kind["translation"]),
        documents=MappingProxyType({name: _document(each) for name, each in merged.items()}),
        hash=_hash(merged),
    )


def _by_entity(pipelines: Mapping[str, Pipeline]) -> dict[str, dict[str, Pipeline]]:
    by_entity: dict[str, dict[str, Pipeline]] = {}
    for key, pipeline in pipelines.items():
        by_entity.setdefault(pipeline.entity, {})[key] = pipeline
    return by_entity


def _half(
    layered: Layered, identity: EntityIdentity, around: Surroundings, found: Diagnostics
) -> Half:
    """An entity's own half: the one known, if all it is made of is as it was."""
    made_of = (identity, around.of_use_to(layered))
    known = _halves.get(layered.made_of)
    if known is not None and known[0] == made_of:
        return known[1]
    faults = Diagnostics()
    fields = build_fields(layered, identity, around, faults)
    half = Half(MappingProxyType(fields), build_rules(layered, faults), _inverses(layered, fields))
    if not len(faults):
        _halves.keep(layered.made_of, (made_of, half))
    found.extend(faults)
    _lose_inverses(layered, fields, found)
    return half


def _inverses(layered: Layered, fields: Mapping[str, Field]) -> tuple[Relation, ...]:
    return tuple(
        Relation(
            key=relation.inverse,
            entity=target,
            to=(layered.key,),
            many=True,
            holder=layered.key,
            field=field.key,
            kind=relation.kind,
            inverse=field.key,
            on_delete=relation.on_delete,
            label=words(relation.inverse),
        )
        for field in fields.values()
        if (relation := field.relation) is not None and relation.inverse
        for target in relation.to
    )


def _lose_inverses(layered: Layered, fields: Mapping[str, Field], found: Diagnostics) -> None:
    """A link that leads nowhere gives its target no relation; that much has been told."""
    for field in fields.values():
        if field.relation is not None and field.relation.inverse and not field.relation.to:
            found.lose("relation", field.relation.inverse)


def _relations(
    halves: Mapping[str, Half], found: Diagnostics, declared: Mapping[str, Layered]
) -> dict[str, dict[str, Relation]]:
    """Every way out of every entity: its own links, and the inverses of others' links to it."""
    ways: dict[str, dict[str, Relation]] = {
        key: {f.key: f.relation for f in half.fields.values() if f.relation is not None}
        for key, half in halves.items()
    }
    for half in halves.values():
        for inverse in half.inverses:
            if inverse.key in ways[inverse.entity] or inverse.key in halves[inverse.entity].fields:
                place = declared[inverse.holder].place("fields", inverse.field, "inverse")
                message = f'"{inverse.entity}" has a field or relation "{inverse.key}" already.'
                found.error(place, "field.inverse-taken", message, "Choose another name.")
            else:
                ways[inverse.entity][inverse.key] = inverse
    return ways


def _entity(
    layered: Layered,
    identity: EntityIdentity,
    half: Half,
    relations: dict[str, Relation],
    names: Known,
    around: Surroundings,
) -> Entity:
    data = layered.data
    label = data.get("label") or words(layered.key)
    access = data.get("access", "private")
    title = data.get("title") or _usual_title(half.fields)
    return Entity(
        key=layered.key,
        identity=identity.identity,
        label=label,
        plural=data.get("plural") or f"{label}s",
        icon=data.get("icon", "circle"),
        help=data.get("help", ""),
        title=title,
        access=access if isinstance(access, str) else "private",
        inherits=access.get("inherit", "") if isinstance(access, dict) else "",
        owner=data.get("owner") or _usual_owner(half.fields),
        search=tuple(data.get("search") or ()),
        match=tuple(data.get("match") or _usual_match(half.fields, title)),
        aliases=tuple(data.get("aliases") or ()),
        timeline=data.get("timeline", True),
        mirrors=data.get("mirrors", ""),
        fields=half.fields,
        relations=MappingProxyType(relations),
        pipelines=MappingProxyType(around.pipelines.get(layered.key, {})),
        rules=half.rules,
        unique=tuple(tuple(keys) for keys in data.get("unique") or ()),
        layer=layered.document.pack,
        former=names.former,
    )


def _as_before(entity: Entity, previous: Catalog | None) -> Entity:
    """The very entity that there was before, if it is as it was."""
    before = previous.entities.get(entity.key) if previous else None
    is_same = before is not None and before == entity and _order(before) == _order(entity)
    return before if before is not None and is_same else entity


def _order(entity: Entity) -> tuple[Any, ...]:
    """What stands in an order of its own, which equal mappings may differ in."""
    roads = [(key, tuple(road.stages)) for key, road in entity.pipelines.items()]
    return tuple(entity.fields), tuple(entity.relations), roads


def _usual_title(fields: Mapping[str, Field]) -> str:
    """The field `name` or `subject`, else the first whose value is text."""
    for key in ("name", "subject"):
        if key in fields:
            return key
    return next((key for key, field in fields.items() if _is_text(field)), "")


def _is_text(field: Field) -> bool:
    return not field.system and field.formula is None and value_of(field) == "text"


def _usual_match(fields: Mapping[str, Field], title: str) -> list[str]:
    """The field it is called by, and each whose value no other record has."""
    unique = [field.key for field in fields.values() if field.unique]
    return list(dict.fromkeys([title, *unique] if title in fields else unique))


def _usual_owner(fields: Mapping[str, Field]) -> str:
    owner = fields.get("owner")
    relation = owner.relation if owner is not None and owner.formula is None else None
    return "owner" if relation is not None and relation.to == ("user",) else ""


def _pack(name: str, declared: Mapping[str, Layered]) -> Pack:
    data = declared[name].data if name in declared else {}
    requires = data.get("requires") or {}
    return Pack(
        name=name,
        version=str(data.get("version", "0")),
        label=data.get("label") or words(name),
        requires=MappingProxyType({each: str(requires[each] or "") for each in requires})
        if isinstance(requires, dict)
        else MappingProxyType(dict.fromkeys(requires, "")),
    )


def _document(layered: Layered) -> Effective:
    return _effective.recall(
        layered.made_of,
        lambda: Effective(
            kind=layered.kind,
            key=layered.key,
            data=layered.data,
            layers=layered.layers,
            place=layered.document.place(),
            layer=layered.document.pack,
        ),
    )


def _hash(merged: Merged) -> str:
    """What tells these documents from all others."""
    made_of = [[*name, [each.source.hash for each in layered.made_of]] for name, layered in merged.items()]
    return hashlib.sha256(orjson.dumps(made_of)).hexdigest()
