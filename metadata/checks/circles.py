"""Does access ever come back to where it began? Inheritance must end at a parent of its own rights."""

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Follow an entity's inheritance to its end."""
    entity = catalog.entities[layered.key]
    if not entity.inherits:
        return
    relation = entity.relations.get(entity.inherits)
    if relation is None or relation.many or relation.is_inverse:
        ways = [r.key for r in entity.relations.values() if not r.many and not r.is_inverse]
        message = f'"{entity.key}" inherits from "{entity.inherits}", which is no link of it.'
        hint = way_on(entity.inherits, ways, "links")
        place = layered.place("access", "inherit")
        found.missing("field", entity.inherits, place, "entity.inherit", message, hint, of=entity.key)
        return
    circle = _circle(catalog, entity.key, (entity.key,))
    if circle:
        message = f"Access is inherited in a circle: {' → '.join(circle)}."
        found.error(layered.place("access", "inherit"), "entity.inherit-circle", message)


def _circle(catalog: Catalog, key: str, path: tuple[str, ...]) -> tuple[str, ...]:
    entity = catalog.entities[key]
    relation = entity.relations.get(entity.inherits) if entity.inherits else None
    for target in relation.to if relation else ():
        if target == path[0]:
            return (*path, target)
        if target not in path and (circle := _circle(catalog, target, (*path, target))):
            return circle
    return ()
