"""Do roles speak of entities and fields that there are?"""

from collections.abc import Mapping

from metadata.catalog import Catalog, Grant
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every role."""
    for key, role in catalog.roles.items():
        layered = merged["role", key]
        for prop, grants in (("grants", role.grants), ("deny", role.deny)):
            for entity, grant in grants.items():
                _check_grant(catalog, layered, prop, entity, grant, found)


def _check_grant(
    catalog: Catalog, layered: Layered, prop: str, entity: str, grant: Grant, found: Diagnostics
) -> None:
    if entity != "*" and entity not in catalog.entities:
        place = layered.origin(prop, entity).place(prop, entity, at_key=True)
        message = f'The role speaks of "{entity}", which is no entity.'
        found.error(place, "role.unknown-entity", message, way_on(entity, catalog.entities))
        return
    known = catalog.entities[entity].fields if entity != "*" else {}
    for name in grant.fields or ():
        if name != "*" and name not in known:
            where = (prop, entity, "fields", name)
            place = layered.origin(*where).place(*where, at_key=True)
            message = f'The role speaks of the field "{name}" of "{entity}", which is not there.'
            found.error(place, "role.unknown-field", message, way_on(name, known, "fields"))
