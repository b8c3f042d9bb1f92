"""Formulas over nothing but a record's own values: worked out before it is written, so that rules
see them and the row has them at once.
"""

from typing import Any

from engine.context import Context
from engine.expressions.closure import Closure, Given, compile_closure
from engine.expressions.facts import facts_of
from engine.expressions.results import fitted
from engine.formulas.graph import Formula, graph_of
from engine.records.operands import operands_of
from engine.records.writes import Pending
from metadata.catalog import Entity


def work_out(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Give a record that is to be written the values of those formulas whose inputs change."""
    formulas = graph_of(ctx.machine).own.get(entity.key, ())
    operands: dict[str, Any] | None = None
    for formula in formulas:
        if not _is_touched(formula, pending):
            continue
        if operands is None:
            operands = operands_of(ctx, entity, pending.values)
        key = formula.field.key
        behaviour = ctx.machine.behaviour(entity.key, key)
        answer = _closure(ctx, formula)(Given(operands, facts_of(ctx)))
        value = fitted(answer, behaviour, facts_of(ctx), formula.currency)
        pending.values[key] = value
        operands[key] = None if value is None else behaviour.operand(value)


def _is_touched(formula: Formula, pending: Pending) -> bool:
    before, now = pending.before, pending.values
    return before is None or any(before.get(r.key) != now.get(r.key) for r in formula.reads)


def _closure(ctx: Context, formula: Formula) -> Closure:
    key = ("formula", formula.name)
    closure: Closure | None = ctx.machine.cache.get(key)
    if closure is None:
        closure = ctx.machine.cache[key] = compile_closure(formula.expression)
    return closure
