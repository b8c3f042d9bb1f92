"""Does an entity speak of its own fields? Title, owner, search, match, unique sets and rules."""

from collections.abc import Iterable

from metadata.catalog import Catalog, Entity, Field
from metadata.checks.paths import check_path
from metadata.diagnostics import Diagnostics, way_on
from metadata.literals import misfit
from metadata.merging import Layered
from metadata.syntax import Expression
from metadata.value_types import declared_of, value_of

MIRRORED = ("key", "name", "description")  # what a record holds of the document it follows
LONGEST = 500  # characters of any script fit into an index of PostgreSQL


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask an entity."""
    entity = catalog.entities[layered.key]
    for prop, key in (("title", entity.title), ("owner", entity.owner)):
        _check_named(entity, layered, [key] if key else [], found, prop)
    _check_named(entity, layered, entity.match, found, "match", listed=True)
    for at, keys in enumerate(entity.unique):
        _check_named(entity, layered, keys, found, "unique", at, listed=True)
        for number, key in enumerate(keys):
            if key in entity.fields:
                _check_indexable(entity.fields[key], layered, ("unique", at, number), found)
    for rule in entity.rules:
        _check_named(entity, layered, [rule.field] if rule.field else [], found, "rules", rule.key, "field")
        for prop in ("lock", "require", "show"):
            named = getattr(rule, prop)
            _check_named(entity, layered, named, found, "rules", rule.key, prop, listed=True)
    for at, path in enumerate(entity.search):
        check_path(catalog, entity, path, layered, ("search", at), found)
    for field in entity.declared:
        _check_index(field, layered, found)
        if not isinstance(field.default, Expression) and (message := misfit(field, field.default)):
            found.error(layered.place("fields", field.key, "default"), "field.default", message)
    _check_owner(entity, layered, found)
    _check_stages(entity, layered, found)
    for key in MIRRORED if entity.mirrors else ():
        if key not in entity.fields:
            message = f'"{entity.key}" mirrors documents, and has no field "{key}" to hold their {key}.'
            found.missing("field", key, layered.place("mirrors"), "entity.mirrors", message, "", of=entity.key)


def _check_named(
    entity: Entity,
    layered: Layered,
    keys: Iterable[str],
    found: Diagnostics,
    *where: str | int,
    listed: bool = False,
) -> None:
    for at, key in enumerate(keys):
        if key not in entity.fields:
            place = layered.place(*where, at) if listed else layered.place(*where)
            prop = where[-2] if isinstance(where[-1], int) else where[-1]
            message = f'"{prop}" of "{entity.key}" names the field "{key}", which is not there.'
            hint = way_on(key, [f.key for f in entity.declared], "fields")
            found.missing("field", key, place, "entity.unknown-field", message, hint, of=entity.key)


def _check_index(field: Field, layered: Layered, found: Diagnostics) -> None:
    for prop in ("unique", "index"):
        if getattr(field, prop):
            _check_indexable(field, layered, ("fields", field.key, prop), found)


def _check_indexable(
    field: Field, layered: Layered, where: tuple[str | int, ...], found: Diagnostics
) -> None:
    """Values that are never equal can't be unique, and long text is too much for an index."""
    longest = field.settings.get("max")
    if "eq" not in declared_of(field).operators:
        message = f'"{field.key}" can\'t be indexed or unique: its values are not compared.'
        found.error(layered.place(*where), "field.not-indexable", message)
    elif isinstance(longest, int) and longest > LONGEST and _is_text(field):
        message = f'"{field.key}" is too long to be indexed or unique, which {LONGEST} characters may be.'
        found.error(layered.place(*where), "field.not-indexable", message, f"Set: max: {LONGEST}")


def _is_text(field: Field) -> bool:
    return value_of(field) == "text"


def _check_owner(entity: Entity, layered: Layered, found: Diagnostics) -> None:
    field = entity.fields.get(entity.owner)
    if field is not None and (field.relation is None or field.relation.to != ("user",)):
        message = f'The owner of "{entity.key}" must be a field of type user.'
        found.error(layered.place("owner"), "entity.owner", message)


def _check_stages(entity: Entity, layered: Layered, found: Diagnostics) -> None:
    if entity.pipelines or found.has_lost("pipeline"):
        return
    for field in entity.declared:
        if value_of(field) == "stage":
            message = f'"{entity.key}" has stages but no pipeline.'
            hint = f"Add a document: pipeline: …, entity: {entity.key}, stages: …"
            place = layered.place("fields", field.key)
            found.error(place, "entity.no-pipeline", message, hint)
