"""Forms: the inputs of a record, filled with what it has or with what was typed before a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.access import gate
from engine.context import Context
from engine.errors import Refused
from engine.fields import Reference
from engine.fields.datetime import zone_of
from engine.records.loading import load_titles
from metadata.catalog import Entity, Field, Layout, Section


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form."""

    name: str
    type: str
    label: str
    help: str
    required: bool
    value: Any
    error: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""  # where a link's options come from
    chosen: tuple[tuple[str, str], ...] = ()  # linked records: value and title
    settings: Mapping[str, Any] | None = None
    prefix: str = ""  # keeps ids apart where a page has several forms

    @property
    def id(self) -> str:
        """The id of the input on its page."""
        return f"{self.prefix}field-{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """A titled part of a form."""

    label: str
    inputs: tuple[Input, ...]


def form_sections(ctx: Context, entity: Entity, layouts: Sequence[Layout]) -> tuple[Section, ...]:
    """The sections of an entity's form: of the first layout there is, else all its fields."""
    for layout in layouts:
        return tuple(section for tab in layout.tabs for section in tab.sections)
    return (Section(fields=tuple(f.key for f in entity.declared if not f.hidden)),)


def draw_form(
    ctx: Context,
    entity: Entity,
    sections: Sequence[Section],
    values: Mapping[str, Any],
    refusal: Refused | None = None,
    *,
    prefix: str = "",
) -> list[Group]:
    """A form's groups, with the fields that the actor may write. `values` are typed or of a record."""
    errors = errors_of(refusal)
    rights = gate.rights(ctx, entity.key)
    groups = []
    for section in sections:
        inputs = []
        for key in section.fields:
            field = entity.fields[key]
            generated = ctx.machine.behaviour(entity.key, key).generated
            if field.system or field.read_only or generated or not rights.can_write(key):
                continue
            drawn = draw_input(ctx, field, values.get(key), errors.get(key, ""))
            inputs.append(replace(drawn, prefix=prefix))
        if inputs:
            groups.append(Group(section.label, tuple(inputs)))
    return groups


def errors_of(refusal: Refused | None) -> dict[str, str]:
    """What is wrong with each field, by its key."""
    found: dict[str, str] = {}
    for problem in refusal.problems if refusal else ():
        found.setdefault(problem.pointer.strip("/").split("/")[0], problem.message)
    return found


def draw_input(ctx: Context, field: Field, value: Any, error: str = "") -> Input:
    """One input, with the value as its type dumps it, or as it was typed."""
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    raw = _raw(ctx, field, value)
    options = getattr(behaviour, "options", None)
    choices = tuple((c.key, c.label) for c in options.choices if not c.retired) if options else ()
    source, chosen = "", ()
    if field.relation is not None:
        source = f"/options/{','.join(field.relation.to)}"
        chosen = _chosen(ctx, field, raw)
    return Input(
        name=field.key,
        type=field.type,
        label=field.label,
        help=field.help,
        required=field.required,
        value=raw,
        error=error,
        choices=choices,
        source=source,
        chosen=chosen,
        settings=field.settings,
    )


def _raw(ctx: Context, field: Field, value: Any) -> Any:
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    if isinstance(value, datetime):
        return value.astimezone(zone_of(ctx.actor.reader)).strftime("%Y-%m-%dT%H:%M")
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, dict | list) and not any(isinstance(each, Reference) for each in value):
        return value
    return behaviour.dump(value)


def _chosen(ctx: Context, field: Field, raw: Any) -> tuple[tuple[str, str], ...]:
    """The records that a link has, by the value that the form sends and the title that people read."""
    given = raw if isinstance(raw, list) else [raw]
    to = field.relation.to if field.relation else ()
    references = []
    for each in given:
        record_id = each.get("id") if isinstance(each, dict) else each
        entity = each.get("entity") if isinstance(each, dict) else None
        if isinstance(record_id, str) and "/" in record_id:
            entity, _, record_id = record_id.partition("/")
        if record_id and to:
            references.append(Reference(entity or to[0], str(record_id)))
    titles = load_titles(ctx, references)
    many = len(to) > 1
    return tuple(
        (f"{r.entity}/{r.id}" if many else r.id, titles.get(r) or r.id) for r in references
    )


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
            given = [each for each in form.getlist(name) if each.strip()]
            typed[key] = given[0] if len(given) == 1 and not field.relation else given
        else:
            typed[key] = form.getlist(name)[-1]
    return typed
