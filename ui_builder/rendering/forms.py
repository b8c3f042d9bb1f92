"""Forms: the inputs of a record, holding what it has or what was typed before a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.access import gate
from engine.context import Context
from engine.errors import Refused
from engine.fields import Reference
from engine.records.defaults import depends
from engine.records.parents import asks_of_parent
from engine.records.titles import load_titles
from metadata.catalog import Entity, Field
from metadata.screens import Layout, Section
from ui_builder.rendering.live import Live
from ui_builder.rendering.values import show

FORM_KINDS = ("form", "record")  # which layout arranges a form, the first there is
NEW_KINDS = ("quick_create", *FORM_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of a form."""

    id: str
    name: str
    type: str
    label: str
    help: str = ""
    required: bool = False
    value: Any = None
    error: str = ""
    theirs: str = ""  # what somebody else has made of it meanwhile
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""  # where a link's options come from
    chosen: tuple[tuple[str, str], ...] = ()  # linked records: value and title
    currency: str = ""
    unasked: bool = False  # no condition asks for it by now
    locked: str = ""  # why it can't be changed
    shown: str | None = None  # of a value that follows from others
    follows: str | None = None  # the inputs that a link's options depend on, where they do on any
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """A titled part of a form."""

    label: str
    inputs: tuple[Input, ...]
    name: str = ""  # of the condition it is shown on
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """How a script goes on with a form: its conditions, whom to ask for others, and what it must know."""

    module: str
    ask: str
    plan: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was typed; `input` is the id of the input it is about, if any."""

    input: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form of an entity: its inputs, and what was wrong with them when it was last sent."""

    groups: tuple[Group, ...]
    faults: tuple[Fault, ...] = ()
    script: Script | None = None


def draw_form(
    ctx: Context,
    entity: Entity,
    sections: Sequence[Section],
    typed: Mapping[str, Any],
    refusal: Refused | None = None,
    *,
    prefix: str = "",
    live: Live | None = None,
) -> Form:
    """A form with the fields that the actor may write. `prefix` tells apart the ids of a page's forms;
    `live` holds what its conditions come to.
    """
    errors = errors_of(refusal)
    theirs = refusal.facts.get("theirs", {}) if refusal else {}
    groups = []
    for at, section in enumerate(sections):
        inputs = tuple(
            _judged(ctx, _draw_input(ctx, field, typed.get(field.key), errors, theirs, prefix), field, live)
            for field in (entity.fields[key] for key in section.fields)
            if is_writable(ctx, field) or (live and field.key in live.ground.formulas)
        )
        asked = tuple(each for each in inputs if not (live and live.is_ruled_out(live.showing(each.name))))
        group = _group(section, asked, f"section_{at}", live)
        if group is not None:
            groups.append(group)
    ids = {each.name: each for group in groups for each in group.inputs}
    return Form(tuple(groups), tuple(_faults(entity, refusal, ids)))


def _group(section: Section, inputs: tuple[Input, ...], name: str, live: Live | None) -> Group | None:
    """A section with its inputs, unless nothing can have it shown."""
    if all(each.shown is not None for each in inputs):
        return None  # nothing can be typed into it
    if section.when is None or live is None:
        return Group(section.label, inputs)
    return None if live.is_ruled_out([name]) else Group(section.label, inputs, name, not live.holds([name]))


def form_sections(
    layouts: Sequence[Layout], entity: Entity, kinds: Sequence[str] = FORM_KINDS
) -> tuple[Section, ...]:
    """The sections of an entity's form: those of the first layout of these kinds, else all fields."""
    for kind in kinds:
        for layout in layouts:
            if layout.entity == entity.key and layout.kind == kind:
                return tuple(section for tab in layout.tabs for section in tab.sections)
    return (Section(fields=tuple(field.key for field in entity.declared if not field.hidden)),)


def errors_of(refusal: Refused | None) -> dict[str, str]:
    """What is wrong with each field, by its key."""
    found: dict[str, str] = {}
    for problem in refusal.problems if refusal else ():
        found.setdefault(problem.pointer.strip("/").split("/")[0], problem.message)
    return found


def typed_values(ctx: Context, entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values as the inputs of a form hold them."""
    return {
        key: ctx.machine.behaviour(entity.key, key).typed(value, ctx.actor.reader)
        for key, value in values.items()
        if value is not None and key in entity.fields
    }


def read_form(ctx: Context, entity: Entity, form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed into a form, by field: parts put together, lists as lists."""
    typed: dict[str, Any] = {}
    for name in form:
        key, _, part = name.partition(".")
        field = entity.fields.get(key)
        if field is None or field.system:
            continue
        if part:
            typed.setdefault(key, {})[part] = form[name]
        elif ctx.machine.behaviour(entity.key, key).multiple:
            several = [each for each in form.getlist(name) if each.strip()]
            typed[key] = several[0] if len(several) == 1 else several  # one text may name several
        else:
            typed[key] = form.getlist(name)[-1]  # a box that is ticked comes after its "no"
    return typed


def without_silence(entity: Entity, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed for a new record, without the inputs left empty whose default follows from others."""
    return {
        key: value
        for key, value in typed.items()
        if value not in ("", []) or not depends(entity.fields[key])
    }


def is_writable(ctx: Context, field: Field) -> bool:
    """Whether the actor may type a field's value."""
    generated = ctx.machine.behaviour(field.entity, field.key).generated
    kept = field.system or field.read_only or generated
    return not kept and gate.rights(ctx, field.entity).can_write(field.key)


def _judged(ctx: Context, drawn: Input, field: Field, live: Live | None) -> Input:
    """An input as the conditions of its form have it by now."""
    if live is None:
        return drawn
    offering, showing = live.offering(field), live.showing(field.key)
    gone = {key for key, name in offering.items() if live.is_ruled_out([name])}
    if field.settings.get("pipelines") is not None:
        gone |= live.barred
    locked = live.locked.get(field.key, "")
    shown = show(ctx, field, live.pending.values.get(field.key)).text if field.formula else None
    return replace(
        drawn,
        unasked=bool(showing) and not live.holds(showing),
        required=not locked and (drawn.required or live.holds(live.requiring(field.key))),
        locked=locked,
        shown=shown,
        **_narrowed(field, live),
        choices=tuple(choice for choice in drawn.choices if choice[0] not in gone or choice[0] == drawn.value),
    )


def _narrowed(field: Field, live: Live) -> dict[str, Any]:
    """Where the options of a link come from that offers only what fits its record."""
    condition = field.settings.get("filter")
    if condition is None:
        return {}
    source = f"/options/{field.entity}/{field.key}"
    own_id = live.pending.id
    return {
        "source": f"{source}?id={own_id}" if own_id else source,
        "follows": " ".join(asks_of_parent(condition)),
    }


def _draw_input(
    ctx: Context,
    field: Field,
    typed: Any,
    errors: Mapping[str, str],
    theirs: Mapping[str, str],
    prefix: str,
) -> Input:
    options = getattr(ctx.machine.behaviour(field.entity, field.key), "options", None)
    offered = options.choices if options else ()
    return Input(
        id=f"{prefix}field-{field.key}",
        name=field.key,
        type=field.type,
        label=field.label,
        help=field.help,
        required=field.required,
        value=typed,
        error=errors.get(field.key, ""),
        theirs=theirs.get(field.key, ""),
        choices=tuple((c.key, c.label) for c in offered if not c.retired or c.key == typed),
        source=f"/options/{','.join(field.relation.to)}" if field.relation else "",
        chosen=_chosen(ctx, field, typed) if field.relation else (),
        currency=field.settings.get("currency") or ctx.actor.reader.currency,
        settings=field.settings,
    )


def _chosen(ctx: Context, field: Field, typed: Any) -> tuple[tuple[str, str], ...]:
    """The records that a link has, by the value that the form sends and the title that people read."""
    to = field.relation.to if field.relation else ()
    given = typed if isinstance(typed, list) else [typed]
    references = [found for each in given if (found := _reference(each, to))]
    titles = load_titles(ctx, references)
    return tuple(
        (f"{each.entity}/{each.id}" if len(to) > 1 else each.id, titles.get(each) or "Not open to you")
        for each in references
    )


def _reference(typed: Any, to: Sequence[str]) -> Reference | None:
    """The record that was typed: an id, `entity/id`, or a record as the API shows one."""
    if isinstance(typed, Mapping):
        entity, record_id = typed.get("entity"), typed.get("id")
    else:
        entity, _, record_id = str(typed or "").rpartition("/")
    kind = entity or (to[0] if to else "")
    return Reference(kind, str(record_id)) if record_id and kind else None


def _faults(entity: Entity, refusal: Refused | None, inputs: Mapping[str, Input]) -> list[Fault]:
    if refusal is None:
        return []
    faults = [] if refusal.problems else [Fault("", "", refusal.message)]
    told = {key: f"it is {words} by now." for key, words in refusal.facts.get("theirs", {}).items()}
    for problem in refusal.problems:
        told[problem.pointer.strip("/").split("/")[0]] = problem.message
    order = [*(key for key in inputs if key in told), *(key for key in told if key not in inputs)]
    for key in order:
        words = told[key]
        field = entity.fields.get(key)
        at = inputs[key].id if key in inputs else ""
        faults.append(Fault(at, field.label if field else "", words))
    return faults
