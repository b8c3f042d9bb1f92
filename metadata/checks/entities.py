"""Does an entity speak of its own fields? Title, owner, search, unique sets and rules."""

from collections.abc import Iterable, Mapping

from metadata import declarations
from metadata.catalog import Catalog, Entity
from metadata.checks.paths import check_path
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every entity."""
    for entity in catalog.entities.values():
        layered = merged["entity", entity.key]
        _check_named(entity, layered, "title", [entity.title] if entity.title else [], found)
        _check_named(entity, layered, "owner", [entity.owner] if entity.owner else [], found)
        _check_named(entity, layered, "match", entity.match, found)
        for at, keys in enumerate(entity.unique):
            _check_named(entity, layered, "unique", keys, found, at)
        for rule in entity.rules:
            named = [*rule.lock, *rule.require, *rule.show, *([rule.field] if rule.field else [])]
            _check_named(entity, layered, "rules", named, found, rule.key)
        for at, path in enumerate(entity.search):
            check_path(catalog, entity, path, layered, ("search", at), found)
        _check_owner(entity, layered, found)
        _check_stages(entity, layered, found)


def _check_named(
    entity: Entity,
    layered: Layered,
    prop: str,
    keys: Iterable[str],
    found: Diagnostics,
    *deeper: str | int,
) -> None:
    for key in keys:
        if key not in entity.fields:
            place = layered.origin(prop, *deeper).place(prop, *deeper)
            message = f'"{prop}" of "{entity.key}" names the field "{key}", which is not there.'
            hint = way_on(key, [f.key for f in entity.declared], "fields")
            found.error(place, "entity.unknown-field", message, hint)


def _check_owner(entity: Entity, layered: Layered, found: Diagnostics) -> None:
    field = entity.fields.get(entity.owner)
    if field is not None and (field.relation is None or field.relation.to != ("user",)):
        place = layered.origin("owner").place("owner")
        message = f'The owner of "{entity.key}" must be a field of type user.'
        found.error(place, "entity.owner", message)


def _check_stages(entity: Entity, layered: Layered, found: Diagnostics) -> None:
    for field in entity.declared:
        if declarations.declared(field.type).value == "stage" and not entity.pipelines:
            place = layered.origin("fields", field.key).place("fields", field.key)
            message = f'"{entity.key}" has stages but no pipeline.'
            hint = f"Add a document: pipeline: …, entity: {entity.key}, stages: …"
            found.error(place, "entity.no-pipeline", message, hint)
