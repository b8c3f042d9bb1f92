"""Does access ever come back to where it began? Inheritance must end at a parent of its own rights."""

from collections.abc import Mapping

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Follow every inheritance to its end."""
    for entity in catalog.entities.values():
        if not entity.inherits:
            continue
        layered = merged["entity", entity.key]
        place = layered.origin("access").place("access")
        relation = entity.relations.get(entity.inherits)
        if relation is None or relation.many or relation.is_inverse:
            ways = [r.key for r in entity.relations.values() if not r.many and not r.is_inverse]
            message = f'"{entity.key}" inherits from "{entity.inherits}", which is no link of it.'
            found.error(place, "entity.inherit", message, way_on(entity.inherits, ways, "links"))
            continue
        circle = _circle(catalog, entity.key, (entity.key,))
        if circle:
            message = f"Access is inherited in a circle: {' → '.join(circle)}."
            found.error(place, "entity.inherit-circle", message)


def _circle(catalog: Catalog, key: str, path: tuple[str, ...]) -> tuple[str, ...]:
    entity = catalog.entities[key]
    relation = entity.relations.get(entity.inherits) if entity.inherits else None
    for target in relation.to if relation else ():
        if target == path[0]:
            return (*path, target)
        if target not in path and (circle := _circle(catalog, target, (*path, target))):
            return circle
    return ()
