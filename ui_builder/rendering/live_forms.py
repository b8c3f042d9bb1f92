"""The forms that make and change records, with their conditions and the script that goes on with them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.context import Context
from engine.errors import Refused
from engine.records.trying import try_formulas, unoffered
from metadata.catalog import Entity
from ui_builder.rendering.forms import (
    FORM_KINDS,
    NEW_KINDS,
    Form,
    Script,
    draw_form,
    form_sections,
    is_writable,
    without_silence,
)
from ui_builder.rendering.live import Ground, Live, judge, tried_formulas
from ui_builder.rendering.scripts import in_browser, write_module, write_plan
from ui_builder.rendering.values import show

KINDS = {"new": NEW_KINDS, "edit": FORM_KINDS}


def ground_of(ctx: Context, entity: Entity, kind: str) -> Ground:
    """The form of an entity that makes a record, or changes one, as far as the actor may type into it."""
    sections = form_sections(list(ctx.machine.catalog.layouts.values()), entity, KINDS[kind])
    keys = (key for section in sections for key in section.fields)
    inputs = frozenset(key for key in keys if is_writable(ctx, entity.fields[key]))
    return Ground(entity, kind, sections, inputs, tried_formulas(ctx, entity, sections))


def draw_live_form(
    ctx: Context,
    entity: Entity,
    typed: Mapping[str, Any],
    changed: Mapping[str, Any],
    refusal: Refused | None = None,
    *,
    record_id: str | None = None,
) -> Form:
    """A form that holds what is typed; `changed` is what of it is other than it was saved."""
    ground = ground_of(ctx, entity, "edit" if record_id else "new")
    live = _judge(ctx, ground, changed, record_id)
    try_formulas(ctx, entity, ground.formulas, live.pending)
    form = draw_form(ctx, entity, ground.sections, typed, refusal, live=live)
    links = [each.name for group in form.groups for each in group.inputs if each.follows is not None]
    if not (live.conditions or ground.formulas or links):
        return form
    return replace(form, script=_script(ctx, live, form, links, record_id))


def _judge(ctx: Context, ground: Ground, changed: Mapping[str, Any], record_id: str | None) -> Live:
    said = changed if record_id else without_silence(ground.entity, changed)
    return judge(ctx, ground, said, record_id)


def _script(ctx: Context, live: Live, form: Form, links: list[str], record_id: str | None) -> Script:
    ground = live.ground
    _, mark = write_module(ctx, ground)
    address = f"/forms/{ground.entity.key}/{ground.kind}"
    names = [each.name for group in form.groups for each in group.inputs]
    return Script(
        module=f"{address}/{mark}.js",
        ask=f"{address}/asked?id={record_id}" if record_id else f"{address}/asked",
        plan=write_plan(ctx, live, names, links),
    )


def answer(
    ctx: Context, ground: Ground, changed: Mapping[str, Any], record_id: str | None
) -> dict[str, Any]:
    """What a script can't know of a form as it is typed by now."""
    live = _judge(ctx, ground, changed, record_id)
    known = in_browser(ctx, ground)
    asked = [key for key in ground.formulas if f"value_{key}" not in known]
    values = try_formulas(ctx, ground.entity, asked, live.pending)
    faults = unoffered(ctx, ground.entity, live.pending)
    return {
        "asked": {name: holds for name, holds in live.holding.items() if name not in known},
        "told": {
            check.check: check.message
            for check in live.checks()
            if live.holds([check.when]) and not live.holds([check.check])
        },
        "faults": {key: message for key, message in faults.items() if key in ground.inputs},
        "shown": {k: show(ctx, ground.entity.fields[k], value).text for k, value in values.items()},
    }
