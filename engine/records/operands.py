"""A record's values as an expression over it sees them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.context import Context
from engine.records.stages import stage_of
from metadata.catalog import Entity


def operands_of(ctx: Context, entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Operands by field key, with the facts of a stage beside it (`stage.category`, `is_open`)."""
    operands: dict[str, Any] = {}
    for key, value in values.items():
        if value is None:
            continue
        behaviour = ctx.machine.behaviour(entity.key, key)
        operands[key] = behaviour.operand(value)
        for fact, part in behaviour.facts(value).items():
            operands[f"{key}.{fact}"] = part
    for field in entity.declared:
        if ctx.machine.behaviour(entity.key, field.key).value_type == "stage":
            stage = stage_of(ctx, entity, values, field)
            if stage is not None:
                operands[f"{field.key}.label"] = stage.label
                operands[f"{field.key}.category"] = stage.category
                operands[f"{field.key}.probability"] = Decimal(stage.probability)
            for category in ("open", "won", "lost"):
                operands[f"is_{category}"] = stage is not None and stage.category == category
    return operands

