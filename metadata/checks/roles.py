"""Do roles speak of entities and fields that there are?"""

from metadata.catalog import Catalog, Grant
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask a role."""
    role = catalog.roles[layered.key]
    for prop, grants in (("grants", role.grants), ("deny", role.deny)):
        for entity, grant in grants.items():
            _check_grant(catalog, layered, prop, entity, grant, found)


def _check_grant(
    catalog: Catalog, layered: Layered, prop: str, entity: str, grant: Grant, found: Diagnostics
) -> None:
    if entity != "*" and entity not in catalog.entities:
        place = layered.place(prop, entity, at_key=True)
        message = f'The role speaks of "{entity}", which is no entity.'
        hint = way_on(entity, catalog.entities, "entities")
        found.missing("entity", entity, place, "role.unknown-entity", message, hint)
        return
    known = catalog.entities[entity].fields if entity != "*" else {}
    for name in grant.fields or ():
        if name != "*" and name not in known:
            place = layered.place(prop, entity, "fields", name, at_key=True)
            message = f'The role speaks of the field "{name}" of "{entity}", which is not there.'
            hint = way_on(name, known, "fields")
            found.missing("field", name, place, "role.unknown-field", message, hint, of=entity)
