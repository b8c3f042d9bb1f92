"""Do paths lead anywhere? Shared by the checks of views, layouts and search."""

from metadata import declarations
from metadata.catalog import Catalog, Entity, Field
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered

LONGEST = 5  # steps over relations


def check_path(
    catalog: Catalog,
    entity: Entity,
    path: str,
    layered: Layered,
    where: tuple[str | int, ...],
    found: Diagnostics,
    *,
    at_key: bool = False,
) -> Field | None:
    """The field at the end of a path that stands in a document; what is wrong is noted there."""
    *steps, last = path.removeprefix("-").split(".")
    code = f"{layered.kind}.unknown-field"
    for step in steps:
        relation = entity.relations.get(step)
        own = entity.fields.get(step)
        if own is not None and last in declarations.declared(own.type).facts:
            return own
        if relation is None or relation.many or len(relation.to) != 1:
            if relation is not None and not relation.to:
                return None  # a link that leads nowhere was told of where it stands
            message = f'"{step}" of {entity.key} links to no single record.'
            hint = way_on(step, [r.key for r in entity.relations.values() if not r.many], "links")
            place = layered.place(*where, at_key=at_key)
            found.missing("field", step, place, code, message, hint, of=entity.key)
            return None
        entity = catalog.entities[relation.to[0]]
    field = entity.fields.get(last)
    if field is None:
        message = f'There is no field "{last}" of {entity.key}.'
        hint = way_on(last, [each.key for each in entity.declared], "fields")
        place = layered.place(*where, at_key=at_key)
        found.missing("field", last, place, code, message, hint, of=entity.key)
    return field
