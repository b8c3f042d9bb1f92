"""What a new record has before anybody says so."""

from collections.abc import Sequence
from typing import Any

from engine.context import Context
from engine.errors import ValueRefused
from engine.expressions.closure import Closure, Given, compile_closure
from engine.expressions.facts import facts_of
from engine.records.operands import operands_of
from engine.records.remotes import Found, coming_values, far_parts
from engine.records.writes import Pending
from metadata.catalog import Entity, Field
from metadata.syntax import Expression, Node


def fill(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Give each field that was not spoken of its default, in the order of the fields, as far as the
    record itself tells what it is.
    """
    for field in _fields_with_default(ctx, entity):
        if field.key not in pending.named and not _far(ctx, entity, field):
            _give(ctx, entity, field, pending, {})


def fill_far(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    """Give new records the defaults that follow from records they link to."""
    fields = [each for each in _fields_with_default(ctx, entity) if _far(ctx, entity, each)]
    known: dict[Any, Any] = {}
    for pending in batch if fields else ():
        for field in fields if pending.is_new and pending.is_good else ():
            if field.key not in pending.named:
                parts = _far(ctx, entity, field)
                _give(ctx, entity, field, pending, coming_values(ctx, entity, parts, pending.values, known=known))


def _far(ctx: Context, entity: Entity, field: Field) -> frozenset[Node]:
    default = field.default
    return far_parts(ctx.machine, entity, default) if isinstance(default, Expression) else frozenset()


def _give(ctx: Context, entity: Entity, field: Field, pending: Pending, found: Found) -> None:
    typed = _default(ctx, entity, field, pending, found)
    if typed is None:
        return
    behaviour = ctx.machine.behaviour(entity.key, field.key)
    try:
        value = behaviour.parse(typed, ctx.actor.reader)
    except ValueRefused:
        return  # what an expression answers may not suit the field; it stays empty then
    if behaviour.relation != "many":
        pending.values[field.key] = value
    elif value:
        pending.links[field.key] = value


def _fields_with_default(ctx: Context, entity: Entity) -> tuple[Field, ...]:
    key = ("fields with default", entity.key)
    fields: tuple[Field, ...] | None = ctx.machine.cache.get(key)
    if fields is None:
        fields = tuple(
            field
            for field in entity.declared
            if field.default is not None
            or ctx.machine.behaviour(entity.key, field.key).value_type in {"stage", "pipeline"}
        )
        ctx.machine.cache[key] = fields
    return fields


def usual_values(ctx: Context, entity: Entity) -> dict[str, Any]:
    """What a new record has whatever else is said of it, for a form to begin with."""
    pending = Pending(at=0, id="", named={}, values={})
    fill(ctx, entity, pending)
    fill_far(ctx, entity, [pending])
    held = pending.values | pending.links
    return {key: value for key, value in held.items() if not depends(entity.fields[key])}


def depends(field: Field) -> bool:
    """Whether a field's default follows from other fields of the record."""
    default = field.default
    return isinstance(default, Expression) and any(p.names[0] != "me" for p in default.paths)


def _default(ctx: Context, entity: Entity, field: Field, pending: Pending, found: Found) -> Any:
    if isinstance(field.default, Expression):
        closure = _closure(ctx, entity, field.default)
        operands = operands_of(ctx, entity, pending.values) if depends(field) else {}
        return closure(Given(operands, facts_of(ctx), found=found))
    if field.default is not None:
        return field.default
    if ctx.machine.behaviour(entity.key, field.key).value_type in {"stage", "pipeline"}:
        return _first(ctx, entity, field, pending)
    return None


def _first(ctx: Context, entity: Entity, field: Field, pending: Pending) -> str | None:
    """The first pipeline there is, and the first stage of the record's pipeline."""
    pipelines = list(entity.pipelines.values())
    if not pipelines:
        return None
    if ctx.machine.behaviour(entity.key, field.key).value_type == "pipeline":
        return pipelines[0].key
    for other in entity.declared:
        chosen = entity.pipelines.get(str(pending.values.get(other.key)))
        if chosen and ctx.machine.behaviour(entity.key, other.key).value_type == "pipeline":
            return next(iter(chosen.stages))
    return next(iter(pipelines[0].stages))


def _closure(ctx: Context, entity: Entity, expression: Expression) -> Closure:
    key = ("closure", entity.key, expression)
    closure = ctx.machine.cache.get(key)
    if closure is None:
        far = far_parts(ctx.machine, entity, expression)
        closure = ctx.machine.cache[key] = compile_closure(expression, far)
    return closure


def require_filled(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Note a fault beside each required field that is to be empty. What is generated comes later."""
    faulty = {problem.pointer for problem in pending.problems}
    for field in entity.declared:
        if not field.required or f"/{field.key}" in faulty:
            continue
        if ctx.machine.behaviour(entity.key, field.key).generated:
            continue
        if not pending.is_new and field.key not in pending.named:
            continue
        if pending.values.get(field.key) is None and not pending.links.get(field.key):
            pending.find_fault(field.key, "field.required", f"{field.label} is needed.")
