"""Does every pipeline lead somewhere? Its entity, moves and requirements must be there."""

from metadata import declarations
from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask a pipeline."""
    pipeline = catalog.pipelines[layered.key]
    entity = catalog.entities.get(pipeline.entity)
    if entity is None:
        message = f'The pipeline "{pipeline.key}" is of "{pipeline.entity}", which is no entity.'
        hint = way_on(pipeline.entity, catalog.entities, "entities")
        place = layered.place("entity")
        found.missing("entity", pipeline.entity, place, "pipeline.unknown-entity", message, hint)
        return
    has_stage = any(declarations.declared(f.type).value == "stage" for f in entity.declared)
    if not has_stage and not found.has_lost("field"):
        message = f'"{entity.key}" has a pipeline but no field of type stage.'
        hint = "Add a field: stage: {type: stage}"
        found.error(layered.place("entity"), "pipeline.no-stage-field", message, hint)
    for stage in pipeline.stages.values():
        for at, name in enumerate(stage.moves or ()):
            if name not in pipeline.stages:
                place = layered.place("stages", stage.key, "moves", at)
                message = f'From the stage "{stage.key}" one may move to "{name}", which is not there.'
                hint = way_on(name, pipeline.stages, "stages")
                found.missing("stage", name, place, "pipeline.unknown-stage", message, hint, of=pipeline.key)
        for at, name in enumerate(stage.requires):
            if name not in entity.fields:
                place = layered.place("stages", stage.key, "requires", at)
                message = f'The stage "{stage.key}" requires the field "{name}", which is not there.'
                hint = way_on(name, [each.key for each in entity.declared], "fields")
                found.missing("field", name, place, "pipeline.unknown-field", message, hint, of=entity.key)
