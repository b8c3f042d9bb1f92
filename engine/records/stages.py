"""Moving along a pipeline: only allowed moves, and only with what the next stage asks for."""

from collections.abc import Mapping

from engine.context import Context
from engine.records.writes import Pending
from metadata.catalog import Entity, Field, Stage


def check_move(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Note a fault when a record may not enter the stage it is to be in."""
    for field in entity.declared:
        if ctx.machine.behaviour(entity.key, field.key).value_type == "stage":
            _check(ctx, entity, field, pending)


def _check(ctx: Context, entity: Entity, field: Field, pending: Pending) -> None:
    target = stage_of(ctx, entity, pending.values, field)
    if target is None or not pending.is_good:
        if pending.is_good and pending.values.get(field.key) is not None:
            pending.find_fault(
                field.key, "stage.other-pipeline", "This stage is not one of the record's pipeline."
            )
        return
    if pending.before is not None:
        current = stage_of(ctx, entity, pending.before, field)
        if current == target:
            return
        if current is not None and not _may_move(current, target):
            pending.find_fault(field.key, "stage.no-such-move", _way_on(entity, current, target))
            return
    for key in target.requires:
        if pending.values.get(key) is None and not pending.links.get(key):
            label = entity.fields[key].label
            message = f"Fill in {label} before moving to {target.label}."
            pending.find_fault(key, "stage.missing-field", message)


def stage_of(
    ctx: Context, entity: Entity, values: Mapping[str, object], field: Field
) -> Stage | None:
    """The stage a record with these values is in; None when its pipeline has no such stage."""
    pipelines = list(entity.pipelines.values())
    for other in entity.declared:
        is_road = ctx.machine.behaviour(entity.key, other.key).value_type == "pipeline"
        if is_road and values.get(other.key) in entity.pipelines:
            pipelines = [entity.pipelines[str(values[other.key])]]
    key = values.get(field.key)
    return next((p.stages[str(key)] for p in pipelines if key in p.stages), None)


def _may_move(current: Stage, target: Stage) -> bool:
    return current.moves is None or target.key in current.moves


def _way_on(entity: Entity, current: Stage, target: Stage) -> str:
    stages = {key: stage for p in entity.pipelines.values() for key, stage in p.stages.items()}
    labels = ", ".join(stages[key].label for key in current.moves or () if key in stages)
    return (
        f"From {current.label} a record can go to: {labels or 'nowhere'}. "
        f'Not to "{target.label}".'
    )
