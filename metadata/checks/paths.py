"""Do paths lead anywhere? Shared by the checks of views, layouts and search."""

from metadata import declarations
from metadata.catalog import Catalog, Entity, Field
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered

Merged = dict[tuple[str, str], Layered]
LONGEST = 5  # steps over relations


def resolve(catalog: Catalog, entity: Entity, path: str) -> Field | str:
    """The field that a path over to-one relations ends at, or what is wrong with the path."""
    *steps, last = path.removeprefix("-").split(".")
    for step in steps:
        relation = entity.relations.get(step)
        if relation is None and step in entity.fields:
            facts = declarations.declared(entity.fields[step].type).facts
            if last in facts:
                return entity.fields[step]
        if relation is None or relation.many or len(relation.to) != 1:
            return f'"{step}" of {entity.key} links to no single record.'
        entity = catalog.entities[relation.to[0]]
    field = entity.fields.get(last)
    return field if field is not None else f'There is no field "{last}" of {entity.key}.'


def check_path(
    catalog: Catalog,
    entity: Entity,
    path: str,
    layered: Layered,
    where: tuple[str | int, ...],
    found: Diagnostics,
) -> Field | None:
    """The field at the end of a path that stands in a document; what is wrong is noted there."""
    end = resolve(catalog, entity, path)
    if isinstance(end, Field):
        return end
    hint = way_on(path.rsplit(".", maxsplit=1)[-1], _near(catalog, entity, path), "fields")
    code = f"{layered.kind}.unknown-field"
    found.error(layered.origin(*where).place(*where), code, end, hint)
    return None


def _near(catalog: Catalog, entity: Entity, path: str) -> list[str]:
    for step in path.removeprefix("-").split(".")[:-1]:
        relation = entity.relations.get(step)
        if relation is None or len(relation.to) != 1:
            return list(entity.relations)
        entity = catalog.entities[relation.to[0]]
    return [field.key for field in entity.declared]
