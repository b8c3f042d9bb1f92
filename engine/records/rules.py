"""Rules: what a record must meet, have filled or leave alone, whoever writes it."""

from collections.abc import Callable

from engine.context import Context
from engine.expressions.closure import Given, compile_condition
from engine.expressions.facts import facts_of
from engine.records.operands import operands_of
from engine.records.writes import Pending
from metadata.catalog import Entity, Rule
from metadata.syntax import Expression


def check_rules(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Note a fault for each rule that the record would break.

    Locks are decided by the values as they were saved, all else by those it is to have.
    """
    if not entity.rules:
        return
    old = None if pending.before is None else operands_of(ctx, entity, pending.before)
    now = Given(operands_of(ctx, entity, pending.values), facts_of(ctx), old)
    for rule in entity.rules:
        if rule.lock and old is not None:
            _check_lock(ctx, entity, rule, pending, Given(old, now.facts, old))
        if (rule.check is None and not rule.require) or not _holds(ctx, rule.when, now):
            continue
        if rule.check is not None and not _holds(ctx, rule.check, now):
            field = rule.field or next(iter(pending.named), "")
            message = rule.message or f"The rule {rule.key.replace('_', ' ')} is not met."
            pending.find_fault(field, f"rule.{rule.key}", message)
        for key in rule.require:
            if pending.values.get(key) is None and not pending.links.get(key):
                label = entity.fields[key].label
                message = rule.message or f"{label} is needed."
                pending.find_fault(key, f"rule.{rule.key}", message)


def _check_lock(
    ctx: Context, entity: Entity, rule: Rule, pending: Pending, before: Given
) -> None:
    if not _holds(ctx, rule.when, before):
        return
    for key in rule.lock:
        stays = pending.before is not None and pending.before.get(key) == pending.values.get(key)
        if key in pending.named and not stays:
            label = entity.fields[key].label
            message = rule.message or f"{label} can't be changed any more."
            pending.find_fault(key, f"rule.{rule.key}", message)


def _holds(ctx: Context, expression: Expression | None, given: Given) -> bool:
    if expression is None:
        return True
    key = ("condition", expression)
    condition: Callable[[Given], bool] | None = ctx.machine.cache.get(key)
    if condition is None:
        condition = ctx.machine.cache[key] = compile_condition(expression)
    return condition(given)
