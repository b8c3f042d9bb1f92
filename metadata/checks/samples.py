"""Are sample records of entities and fields that there are?"""

from collections.abc import Mapping

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every sample."""
    for key, sample in catalog.samples.items():
        layered = merged["sample", key]
        for at, (entity, _, values) in enumerate(sample.records):
            place = layered.document.place("records", at, entity)
            declared = catalog.entities.get(entity)
            if declared is None:
                message = f'There is no entity "{entity}".'
                found.error(place, "sample.unknown-entity", message, way_on(entity, catalog.entities))
                continue
            for name in values:
                if name not in declared.fields:
                    hint = way_on(name, [f.key for f in declared.declared], "fields")
                    message = f'There is no field "{name}" of {entity}.'
                    found.error(place, "sample.unknown-field", message, hint)
