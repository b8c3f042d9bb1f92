"""How a script goes on with a form's conditions while somebody types.

What it can decide by itself is written as a module, that is kept as long as its text is the same.
A condition that names something closed to the asker is never written: the server answers for it.
"""

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

import orjson

from engine.access import gate
from engine.access.known import is_open_expression
from engine.context import Context
from engine.expressions.facts import facts_of
from engine.expressions.functions import as_text
from engine.expressions.javascript import can_run_in_browser, names_in, write_function, written
from engine.records.defaults import depends
from engine.records.operands import operands_of
from engine.records.parents import asks_of_parent
from metadata.catalog import Entity
from metadata.expression_types import STATES
from metadata.syntax import Expression
from ui_builder.rendering.live import ALWAYS, Check, Ground, Live, asked_in, conditions_of
from ui_builder.rendering.values import show

LIMITS = ("min", "max", "scale")
PRINTED = frozenset(("money", "number", "percent", "text", "whole"))  # `live/printing.ts` writes these


def write_module(ctx: Context, ground: Ground) -> tuple[str, str]:
    """The module of a form's conditions, and what tells its text from any other."""

    def write() -> tuple[str, str]:
        known = in_browser(ctx, ground)
        text = "".join(write_function(each, name) for name, each in known.items())
        return text, hashlib.sha256(text.encode()).hexdigest()[:16]

    return ctx.machine.remembered(("form module", *_whose(ctx, ground)), write)


def in_browser(ctx: Context, ground: Ground) -> dict[str, Expression]:
    """What of a form a script may know, and can work out: its conditions, the values of formulas as
    `value_…`, and the defaults that follow from what is typed as `default_…`.
    """
    return ctx.machine.remembered(("form in browser", *_whose(ctx, ground)), lambda: _in_browser(ctx, ground))


def _whose(ctx: Context, ground: Ground) -> tuple[Hashable, ...]:
    return ground.entity.key, ground.kind, gate.standing(ctx)


def _in_browser(ctx: Context, ground: Ground) -> dict[str, Expression]:
    entity = ground.entity
    defaults = {
        field.key: field.default
        for field in entity.declared
        if _follows(ground, field.key) and gate.is_readable(ctx, entity, field.key)
    }
    formulas = {key: entity.fields[key].formula for key in ground.formulas}
    asked = {
        **conditions_of(ground),
        **{f"value_{key}": each for key, each in formulas.items() if each and _can_show(ctx, entity, key)},
        **{f"default_{key}": each for key, each in defaults.items()},
    }
    return {name: each for name, each in asked.items() if _is_known(ctx, ground, each)}


def _is_known(
    ctx: Context, ground: Ground, expression: Expression, above: frozenset[str] = frozenset()
) -> bool:
    """Whether a script may know an expression and can work it out. `above` are the fields that are
    left empty, on the way to it.
    """
    entity = ground.entity
    return (
        can_run_in_browser(expression, entity)
        and is_open_expression(ctx, entity, expression.source)
        and all(_is_read(ctx, ground, name, above) for name in names_in(expression))
    )


def _is_read(ctx: Context, ground: Ground, name: str, above: frozenset[str]) -> bool:
    """Whether a script knows a value by its name: it stays as it is, or is typed as scripts can read."""
    entity, inputs = ground.entity, ground.inputs
    key, _, fact = name.partition(".")
    kinds = {f.key: ctx.machine.behaviour(entity.key, f.key).value_type for f in entity.declared}
    if key in STATES or (fact and kinds.get(key) == "stage"):
        roads = {each for each, kind in kinds.items() if kind in {"stage", "pipeline"}}
        return not roads & inputs or len(entity.pipelines) == 1
    if _follows(ground, key):
        default = entity.fields[key].default
        if key in above or not _is_known(ctx, ground, default, above | {key}):
            return False
    return key not in inputs or (not fact and bool(ctx.machine.behaviour(entity.key, key).in_browser))


def _follows(ground: Ground, key: str) -> bool:
    """Whether a field that is left empty has a value that follows from others."""
    field = ground.entity.fields.get(key)
    return ground.kind == "new" and field is not None and depends(field)


def _can_show(ctx: Context, entity: Entity, key: str) -> bool:
    return ctx.machine.behaviour(entity.key, key).in_browser in PRINTED


def write_plan(ctx: Context, live: Live, names: Iterable[str], links: Iterable[str]) -> str:
    """What a script must know beside the module: which condition decides what, and the values so far.

    `names` are the inputs that are drawn, `links` those whose choices depend on others.
    """
    ground, entity = live.ground, live.ground.entity
    names = [name for name in names if name in ground.inputs]
    known = in_browser(ctx, ground)
    asked = frozenset[str]().union(*(names_in(each) for each in known.values()))
    before = live.pending.before
    plan = {
        "show": {key: whens for key in (*names, *ground.formulas) if (whens := live.showing(key))},
        "require": {key: whens for key in names if _may_be_needed(live, key) and (whens := live.requiring(key))},
        "choices": {key: offers for key in names if (offers := live.offering(entity.fields[key]))},
        "chosen": {key: chosen for key in names if live.offering(entity.fields[key]) and (chosen := (before or {}).get(key))},
        "sections": [name for name in live.conditions if name.startswith("section_")],
        "checks": [_told(check, known) for check in live.checks()],
        "formulas": {key: _printing(ctx, entity, key) for key in ground.formulas if f"value_{key}" in known},
        "shown": {
            key: show(ctx, entity.fields[key], live.pending.values.get(key)).text
            for key in ground.formulas
            if f"value_{key}" not in known
        },
        "asked": {name: holds for name, holds in live.holding.items() if name not in known},
        "asks": sorted(_asks(live, known, links)),
        "reads": {name: _reading(ctx, entity, name) for name in names if name in asked or _is_stage(ctx, entity, name)},
        "stages": _stages(ctx, ground),
        "known": _known(ctx, entity, asked, live.pending.values),
        "old": None if before is None else _known(ctx, entity, asked, before),
        "facts": _facts(ctx),
        "states": sorted(STATES),
        "locale": ctx.actor.reader.locale,
    }
    return orjson.dumps(plan).decode()


def _may_be_needed(live: Live, key: str) -> bool:
    """Whether the conditions of a field decide if it is needed."""
    return key not in live.locked and not live.ground.entity.fields[key].required


def _asks(live: Live, known: Mapping[str, Expression], links: Iterable[str]) -> set[str]:
    """The inputs that the server is to be asked about when they change."""
    ground = live.ground
    found: set[str] = set()
    for name, each in live.conditions.items():
        if name not in known:
            found |= asked_in(ground, each)
    for key in ground.formulas:
        formula = ground.entity.fields[key].formula
        if formula is not None and f"value_{key}" not in known:
            found |= asked_in(ground, formula)
    for key in links:
        found |= {key, *asks_of_parent(ground.entity.fields[key].settings["filter"])} & ground.inputs
    return found


def _told(check: Check, known: Mapping[str, Expression]) -> dict[str, str]:
    """A check as a script knows it; where the server decides, it also says what is wrong."""
    is_known = {check.when, check.check} <= {ALWAYS, *known}
    return asdict(check if is_known else replace(check, message=""))


def _is_stage(ctx: Context, entity: Entity, key: str) -> bool:
    return ctx.machine.behaviour(entity.key, key).value_type == "stage"


def _reading(ctx: Context, entity: Entity, key: str) -> dict[str, Any]:
    """How what is typed into an input is read."""
    field = entity.fields[key]
    limits = {each: str(field.settings[each]) for each in LIMITS if field.settings.get(each) is not None}
    currency = field.settings.get("currency") or ctx.actor.reader.currency
    return {"as": ctx.machine.behaviour(entity.key, key).in_browser, "currency": currency, **limits}


def _printing(ctx: Context, entity: Entity, key: str) -> dict[str, Any]:
    """How the value of a formula is written."""
    behaviour = ctx.machine.behaviour(entity.key, key)
    currency = behaviour.settings.get("currency") or ""
    scale = behaviour.settings.get("scale", 2)
    return {"as": behaviour.in_browser, "scale": scale, "currency": currency}


def _stages(ctx: Context, ground: Ground) -> dict[str, Any]:
    """What is known of each stage that may be chosen, by the field that holds it."""
    stages = {
        stage.key: {"label": stage.label, "category": stage.category, "probability": {"number": str(stage.probability)}}
        for road in ground.entity.pipelines.values()
        for stage in road.stages.values()
    }
    return {key: stages for key in ground.inputs if _is_stage(ctx, ground.entity, key)}


def _known(
    ctx: Context, entity: Entity, asked: frozenset[str], values: Mapping[str, Any]
) -> dict[str, Any]:
    operands = operands_of(ctx, entity, values)
    return {name: written(operands[name]) for name in sorted(asked) if name in operands}


def _facts(ctx: Context) -> dict[str, Any]:
    facts = facts_of(ctx)
    return {
        "now": as_text(facts.now),
        "zone": facts.zone.key,
        "user": facts.user_id,
        "roles": sorted(facts.roles),
        "teams": sorted(facts.teams),
    }
