"""The compiler: packs in, a frozen catalog out, or everything that is wrong with them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import orjson

from metadata import schemas
from metadata.building import (
    RESERVED,
    Surroundings,
    build_choices,
    build_fields,
    build_pipeline,
    build_rules,
    words,
)
from metadata.catalog import Catalog, Effective, Entity, Field, Pack, Relation, Rule
from metadata.checks import check_catalog
from metadata.diagnostics import Diagnostic, Diagnostics
from metadata.identities import NONE, EntityIdentity, Identities, identify
from metadata.kinds import (
    build_apps,
    build_layouts,
    build_roles,
    build_samples,
    build_translations,
    build_views,
)
from metadata.merging import Layered, merge_layers
from metadata.packs import order_packs
from metadata.source import Document, SourceFile, read_source

Merged = Mapping[tuple[str, str], Layered]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of compiling: a catalog unless there were errors, and what was found."""

    catalog: Catalog | None
    diagnostics: Diagnostics
    identities: Identities


@dataclass(frozen=True, slots=True)
class _Part:
    """An entity's own half: what its document says, before others' links reach it."""

    fields: Mapping[str, Field]
    rules: tuple[Rule, ...]
    found: tuple[Diagnostic, ...]


_shapes: dict[Document, tuple[Diagnostic, ...]] = {}
_parts: dict[str, _Part] = {}
MOST_REMEMBERED = 20_000


def compile_packs(
    files: Sequence[SourceFile],
    identities: Identities = NONE,
    previous: Catalog | None = None,
) -> Compiled:
    """Compile packs. Entities that come out the same as in `previous` are the same objects."""
    found = Diagnostics()
    documents: list[Document] = []
    for file in files:
        read, faults = read_source(file, schemas.kinds())
        documents += read
        found.extend(faults)
    order = order_packs(documents, (file.pack for file in files), found)
    sound = [document for document in documents if _is_sound(document, found)]
    merged = merge_layers(sound, order, found)
    for layered in merged.values():
        if layered.overlays:
            _check_overlaid(layered, found)
    given = identify(_declared(merged), identities)
    catalog = _build(merged, order, given, found, previous)
    check_catalog(catalog, merged, found)
    return Compiled(None if found.has_errors else catalog, found, given)


def _is_sound(document: Document, found: Diagnostics) -> bool:
    """Check a document's shape, once for each text of it."""
    if document not in _shapes:
        if len(_shapes) >= MOST_REMEMBERED:
            _shapes.clear()
        faults = Diagnostics()
        schemas.check_shape(document, faults)
        fields = document.data.get("fields")
        if document.kind == "entity" and isinstance(fields, dict):
            _check_fields(document, fields, faults)
        _shapes[document] = tuple(faults)
    faults_found = _shapes[document]
    found.extend(faults_found)
    return not faults_found


def _check_fields(document: Document, fields: Mapping[str, Any], found: Diagnostics) -> None:
    for key, said in fields.items():
        if key in RESERVED:
            message = f'"{key}" is a name that every record has already.'
            found.error(document.place("fields", key, at_key=True), "field.reserved", message)
        elif isinstance(said, dict):
            schemas.check_field(document, ("fields", key), said, found)


def _check_overlaid(layered: Layered, found: Diagnostics) -> None:
    """A document must still be sound after its overlays; what is not is told at the overlay."""
    faults = Diagnostics()
    last = layered.overlays[-1]
    whole = replace(last, kind=layered.kind, data=layered.data)
    schemas.check_shape(whole, faults)
    if layered.kind == "entity":
        _check_fields(whole, layered.data.get("fields") or {}, faults)
    found.extend(faults)


def _declared(merged: Merged) -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
    return {
        key: (
            layered.data.get("was", ""),
            {
                name: (said["type"], said.get("was", ""))
                for name, said in (layered.data.get("fields") or {}).items()
                if isinstance(said, dict) and said.get("type") in schemas.declarations.names()
            },
        )
        for (kind, key), layered in merged.items()
        if kind == "entity"
    }


def _build(
    merged: Merged,
    order: Sequence[str],
    given: Identities,
    found: Diagnostics,
    previous: Catalog | None,
) -> Catalog:
    of_kind = _by_kind(merged)
    pipelines = {key: build_pipeline(layered) for key, layered in of_kind["pipeline"].items()}
    choices = {
        key: build_choices(layered.data.get("values"))
        for key, layered in of_kind["choices"].items()
    }
    by_entity: dict[str, dict[str, Any]] = {}
    for key, pipeline in pipelines.items():
        by_entity.setdefault(pipeline.entity, {})[key] = pipeline
    declared = of_kind["entity"]
    around = Surroundings(
        choices=choices,
        pipelines=by_entity,
        entities=frozenset(declared),
        with_timeline=tuple(k for k, d in declared.items() if d.data.get("timeline", True)),
    )
    live = {entity.key: entity for entity in given.entities if entity.live}
    parts = {
        key: _part(layered, live[key], around, found) for key, layered in declared.items()
    }
    relations = _relations(parts, found, declared)
    entities = {
        key: _entity(layered, live[key], parts[key], relations[key], by_entity, previous)
        for key, layered in declared.items()
    }
    catalog = Catalog(
        packs=tuple(_pack(name, merged) for name in order),
        entities=MappingProxyType(entities),
        pipelines=MappingProxyType(pipelines),
        choices=MappingProxyType(choices),
        views=build_views(of_kind["view"], found),
        layouts=build_layouts(of_kind["layout"]),
        apps=build_apps(of_kind["app"], of_kind["view"]),
        roles=build_roles(of_kind["role"]),
        samples=build_samples(of_kind["sample"]),
        translations=build_translations(of_kind["translation"]),
        documents=MappingProxyType({name: _effective(each) for name, each in merged.items()}),
    )
    return replace(catalog, hash=_hash([given.as_json(), *(m.data for m in merged.values())]))


def _by_kind(merged: Merged) -> dict[str, dict[str, Layered]]:
    of_kind: dict[str, dict[str, Layered]] = {kind: {} for kind in schemas.kinds()}
    for (kind, key), layered in merged.items():
        of_kind[kind][key] = layered
    return of_kind


def _part(
    layered: Layered, identity: EntityIdentity, around: Surroundings, found: Diagnostics
) -> _Part:
    """An entity's own half, built once for each state of what it is made of."""
    pipelines = around.pipelines.get(layered.key, {})
    made_of = [
        layered.data,
        sorted(layered.layers.items()),
        layered.document.pack,
        layered.document.file,
        [[f.identity, f.key, f.type, f.live] for f in identity.fields],
        repr(pipelines),
        sorted(around.entities) + list(around.with_timeline) if _links(layered) else [],
        repr(around.choices) if '"choices"' in repr(layered.data).replace("'", '"') else "",
    ]
    key = _hash(made_of)
    if key not in _parts:
        if len(_parts) >= MOST_REMEMBERED:
            _parts.clear()
        faults = Diagnostics()
        fields = build_fields(layered, identity, around, faults)
        rules = build_rules(layered, faults)
        _parts[key] = _Part(MappingProxyType(fields), rules, tuple(faults))
    part = _parts[key]
    found.extend(part.found)
    return part


def _links(layered: Layered) -> bool:
    declarations = schemas.declarations
    return any(
        isinstance(said, dict)
        and said.get("type") in declarations.names()
        and declarations.declared(said["type"]).relation
        for said in (layered.data.get("fields") or {}).values()
    )


def _relations(
    parts: Mapping[str, _Part], found: Diagnostics, declared: Mapping[str, Layered]
) -> dict[str, dict[str, Relation]]:
    """Every way out of every entity: its own links, and the inverses of others' links to it."""
    ways: dict[str, dict[str, Relation]] = {
        key: {f.key: f.relation for f in part.fields.values() if f.relation is not None}
        for key, part in parts.items()
    }
    for holder, part in parts.items():
        for field in part.fields.values():
            relation = field.relation
            if relation is None or not relation.inverse:
                continue
            for target in relation.to:
                inverse = Relation(
                    key=relation.inverse,
                    entity=target,
                    to=(holder,),
                    many=True,
                    holder=holder,
                    field=field.key,
                    kind=relation.kind,
                    inverse=field.key,
                    on_delete=relation.on_delete,
                    label=words(relation.inverse),
                )
                if relation.inverse in ways[target] or relation.inverse in parts[target].fields:
                    place = declared[holder].document.place("fields", field.key, "inverse")
                    message = f'"{target}" has a field or relation "{relation.inverse}" already.'
                    found.error(place, "field.inverse-taken", message, "Choose another name.")
                else:
                    ways[target][relation.inverse] = inverse
    return ways


def _entity(
    layered: Layered,
    identity: EntityIdentity,
    part: _Part,
    relations: dict[str, Relation],
    pipelines: Mapping[str, Mapping[str, Any]],
    previous: Catalog | None,
) -> Entity:
    data = layered.data
    label = data.get("label") or words(layered.key)
    access = data.get("access", "private")
    title = data.get("title") or _usual_title(part.fields)
    entity = Entity(
        key=layered.key,
        identity=identity.identity,
        label=label,
        plural=data.get("plural") or f"{label}s",
        icon=data.get("icon", "circle"),
        help=data.get("help", ""),
        title=title,
        access=access if isinstance(access, str) else "private",
        inherits=access.get("inherit", "") if isinstance(access, dict) else "",
        owner=data.get("owner") or _usual_owner(part.fields),
        search=tuple(data.get("search") or ()),
        match=tuple(data.get("match") or _usual_match(part.fields, title)),
        aliases=tuple(data.get("aliases") or ()),
        timeline=data.get("timeline", True),
        mirrors=data.get("mirrors", ""),
        fields=part.fields,
        relations=MappingProxyType(relations),
        pipelines=MappingProxyType(dict(pipelines.get(layered.key, {}))),
        rules=part.rules,
        unique=tuple(tuple(keys) for keys in data.get("unique") or ()),
        layer=layered.document.pack,
    )
    before = previous.entities.get(layered.key) if previous else None
    return before if before == entity and before is not None else entity


def _usual_title(fields: Mapping[str, Field]) -> str:
    """The field `name` or `subject`, else the first whose value is text."""
    for key in ("name", "subject"):
        if key in fields:
            return key
    return next((key for key, field in fields.items() if _is_text(field)), "")


def _is_text(field: Field) -> bool:
    return not field.system and schemas.declarations.declared(field.type).value == "text"


def _usual_match(fields: Mapping[str, Field], title: str) -> list[str]:
    """The field it is called by, and each whose value no other record has."""
    unique = [field.key for field in fields.values() if field.unique]
    return list(dict.fromkeys([title, *unique] if title in fields else unique))


def _usual_owner(fields: Mapping[str, Field]) -> str:
    owner = fields.get("owner")
    is_person = owner is not None and owner.relation is not None and owner.relation.to == ("user",)
    return "owner" if is_person else ""


def _pack(name: str, merged: Merged) -> Pack:
    layered = merged.get(("pack", name))
    data = layered.data if layered else {}
    requires = data.get("requires") or {}
    return Pack(
        name=name,
        version=str(data.get("version", "0")),
        label=data.get("label") or words(name),
        requires=MappingProxyType(dict.fromkeys(requires, "") if isinstance(requires, list) else requires),
    )


def _effective(layered: Layered) -> Effective:
    return Effective(
        kind=layered.kind,
        key=layered.key,
        data=layered.data,
        layers=layered.layers,
        place=layered.document.place(),
        layer=layered.document.pack,
    )


def _hash(made_of: Any) -> str:
    return hashlib.sha256(orjson.dumps(made_of, default=str)).hexdigest()
