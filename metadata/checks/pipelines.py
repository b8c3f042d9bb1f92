"""Does every pipeline lead somewhere? Its entity, moves and requirements must be there."""

from collections.abc import Mapping

from metadata import declarations
from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every pipeline."""
    for key, pipeline in catalog.pipelines.items():
        layered = merged["pipeline", key]
        entity = catalog.entities.get(pipeline.entity)
        if entity is None:
            message = f'The pipeline "{key}" is of "{pipeline.entity}", which is no entity.'
            place = layered.origin("entity").place("entity")
            found.error(
                place, "pipeline.unknown-entity", message, way_on(pipeline.entity, catalog.entities)
            )
            continue
        if not any(declarations.declared(f.type).value == "stage" for f in entity.declared):
            message = f'"{entity.key}" has a pipeline but no field of type stage.'
            found.error(layered.document.place("entity"), "pipeline.no-stage-field", message)
        for stage in pipeline.stages.values():
            for prop, names, known in (
                ("moves", stage.moves or (), pipeline.stages),
                ("requires", stage.requires, entity.fields),
            ):
                for name in names:
                    if name not in known:
                        path = ("stages", stage.key, prop)
                        message = f'"{prop}" of the stage "{stage.key}" names "{name}".'
                        found.error(
                            layered.origin(*path).place(*path),
                            f"pipeline.unknown-{prop}",
                            message,
                            way_on(name, known),
                        )
