"""How one record's value came about: what went in, what came out, and why nothing did.

All of it as the reader sees it. Of a published formula that is made of more than is open to them
they are told that, and no reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.access.gate import sees_all_of
from engine.context import Context
from engine.expressions.facts import facts_of
from engine.expressions.results import fitted
from engine.fields.money import Money
from engine.formulas.freezing import frozen_since
from engine.formulas.graph import Formula, graph_of
from engine.formulas.inputs import Used, parts_used, used_at
from engine.formulas.looking import Looked
from engine.formulas.openness import is_all_open
from engine.formulas.reasons import TOO_LARGE, Reason, Reasons
from engine.formulas.unrated import why_unrated
from engine.records.queries import find_record
from engine.records.record import Record
from metadata.catalog import Entity, Field

BEYOND = "It is made of more than is open to you."
EMPTY_THEN = "It was empty when it was frozen."
FROZEN = "It was frozen on {day}, and stays as it was then."
WAITING = "It is still being worked out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """One record's value and how it came about. `reason` says why there is none."""

    id: str
    title: str
    text: str
    used: tuple[Used, ...]
    reason: str
    is_fault: bool
    is_updating: bool
    note: str


def reckon_at(ctx: Context, field: Field, record_id: str) -> Reckoning:
    """How a formula's value came about at a record. NotFound for one that is not open."""
    formula = graph_of(ctx.machine).formulas[field.entity, field.key]
    record = find_record(ctx, field.entity, record_id, fields=[field.key])
    value = record.values.get(field.key)
    entity = ctx.machine.catalog.entities[field.entity]
    looked = Looked(ctx, entity, record.id)
    reason = _reason(looked, formula, record) if value is None else Reason("")
    return Reckoning(
        id=record.id,
        title=record.title or "",
        text="" if value is None else ctx.machine.behaviour(*formula.name).show(value, ctx.actor.reader),
        used=used_at(looked, parts_used(ctx, formula)),
        reason=reason.words,
        is_fault=reason.is_fault,
        is_updating=field.key in record.updating,
        note=_note(ctx, formula, record.id) if is_all_open(ctx, formula) else BEYOND,
    )


def _note(ctx: Context, formula: Formula, record_id: str) -> str:
    """Since when a value stays as it is."""
    since = frozen_since(ctx, formula, record_id)
    if since is None:
        return ""
    return FROZEN.format(day=ctx.machine.behaviour(formula.field.entity, "updated_at").show(since, ctx.actor.reader))


def reasons_at(ctx: Context, entity: Entity, record: Record, keys: Sequence[str]) -> dict[str, Reason]:
    """Why those of a record's formulas are empty that are: all asked for in one question."""
    formulas = graph_of(ctx.machine).formulas
    named = (formulas.get((entity.key, key)) for key in keys if record.values.get(key) is None)
    empty = [formula for formula in named if formula is not None]
    looked = Looked(ctx, entity, record.id)
    looked.look(each.expression.root for each in empty if is_all_open(ctx, each))
    return {each.field.key: _reason(looked, each, record) for each in empty}


def _reason(looked: Looked, formula: Formula, record: Record) -> Reason:
    """Why a formula is empty at a record."""
    ctx = looked.ctx
    if not is_all_open(ctx, formula):
        return Reason(BEYOND)
    if frozen_since(ctx, formula, record.id) is not None:
        return Reason(EMPTY_THEN if sees_all_of(ctx, formula.field) else BEYOND)
    if formula.field.key in record.updating:
        return Reason(WAITING)
    if formula.pricing is not None:
        return why_unrated(looked, formula)
    value = looked.value(formula.expression.root)
    if value is None:
        return Reasons(looked).why(formula.expression.root)
    behaviour = ctx.machine.behaviour(*formula.name)
    if fitted(value, behaviour, facts_of(ctx), formula.currency) is not None:
        return Reason("")
    if behaviour.value_type != "money":
        is_number = behaviour.value_type in {"number", "duration"}
        return Reason(TOO_LARGE, is_fault=True) if is_number else Reason("There is nothing in it.")
    if formula.currency or isinstance(value, Money):
        return Reason(TOO_LARGE, is_fault=True)
    return Reasons(looked).why_bare(formula.expression.root)
