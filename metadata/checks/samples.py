"""Are sample records of entities and fields that there are?"""

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask a sample."""
    for at, (entity, _, values) in enumerate(catalog.samples[layered.key].records):
        declared = catalog.entities.get(entity)
        if declared is None:
            place = layered.place("records", at, entity, at_key=True)
            hint = way_on(entity, catalog.entities, "entities")
            message = f'There is no entity "{entity}".'
            found.missing("entity", entity, place, "sample.unknown-entity", message, hint)
            continue
        for name in values:
            if name not in declared.fields and name not in declared.relations:
                place = layered.place("records", at, entity, name, at_key=True)
                hint = way_on(name, [f.key for f in declared.declared], "fields")
                message = f'There is no field "{name}" of {entity}.'
                found.missing("field", name, place, "sample.unknown-field", message, hint)
