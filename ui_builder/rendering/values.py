"""Values as a page shows them: words, where they lead, and their colour."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from engine.access import gate
from engine.context import Context
from engine.fields import Reference
from engine.fields.datetime import zone_of
from engine.formulas.putting_off import updating
from metadata.catalog import Entity, Field


@dataclass(frozen=True, slots=True)
class Shown:
    """A value ready to be shown. `type` names the template, `text` says it in words."""

    type: str
    label: str
    text: str
    raw: Any = None
    href: str = ""
    tone: str = ""
    items: tuple["Shown", ...] = ()
    end: bool = False  # numbers stand at the end of their column
    entity: str = ""
    is_updating: bool = False  # a formula that is still to be worked out
    explain_href: str = ""  # where a formula's page says how it is computed
    reason: str = ""  # why a formula is empty
    is_fault: bool = False  # and whether somebody should mend that

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.text


def record_url(entity: str, record_id: str) -> str:
    """The address of a record's page."""
    return f"/records/{entity}/{record_id}"


def whole_number(text: str) -> int | None:
    """The number that an address or a form says; None when it says none."""
    return int(text) if text.isascii() and text.isdigit() else None


def field_at(ctx: Context, entity: Entity, path: str) -> Field:
    """The field that a path over links ends at."""
    *steps, last = path.split(".")
    for step in steps:
        entity = ctx.machine.catalog.entities[entity.relations[step].to[0]]
    return entity.fields[last]


def is_open(ctx: Context, entity: Entity, path: str) -> bool:
    """Whether the actor may read every step of a path."""
    for step in path.removeprefix("-").split("."):
        if step not in entity.fields or not gate.is_readable(ctx, entity, step):
            return False
        relation = entity.relations.get(step)
        if relation is not None and relation.to:
            entity = ctx.machine.catalog.entities[relation.to[0]]
    return True


def show(ctx: Context, field: Field, value: Any) -> Shown:
    """A field's value for the actor's eyes, in the actor's time zone and language."""
    shown = _shown(ctx, field, value)
    entity = ctx.machine.catalog.entities[field.entity]
    if field.key in updating(ctx, field.entity) and gate.is_kept(ctx, entity, field.key):
        return replace(shown, is_updating=True)
    return shown


def _shown(ctx: Context, field: Field, value: Any) -> Shown:
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    end = behaviour.value_type in {"number", "money"} and not behaviour.relation
    if value is None or value == []:
        return Shown(behaviour.looks, field.label, "", end=end)
    if isinstance(value, Reference):
        return _linked(behaviour.looks, field.label, value)
    if isinstance(value, list) and value and isinstance(value[0], Reference):
        linked = tuple(_linked(behaviour.looks, field.label, each) for each in value)
        return Shown(behaviour.looks, field.label, ", ".join(i.text for i in linked), items=linked)
    text = day_words(ctx, value) or behaviour.show(value, ctx.actor.reader)
    raw = behaviour.dump(value)
    options = getattr(behaviour, "options", None)
    items: tuple[Shown, ...] = ()
    if behaviour.multiple:
        items = tuple(
            Shown(behaviour.looks, "", options.label(key) if options else key, tone=_tone(options, key))
            for key in value
        )
    return Shown(behaviour.looks, field.label, text, raw, "", _tone(options, value), items, end)


def day_words(ctx: Context, value: Any) -> str:
    """A day or moment near now, as one says it; empty for what is none, or is far."""
    if not isinstance(value, date):
        return ""
    zone = zone_of(ctx.actor.reader)
    local = value.astimezone(zone) if isinstance(value, datetime) else value
    day = local.date() if isinstance(local, datetime) else local
    today = ctx.now().astimezone(zone).date()
    names = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
    words = names.get((day - today).days)
    if words is None:
        if day.year != today.year:
            return ""
        words = format_date(day, "MMM d", locale=ctx.actor.reader.locale.replace("-", "_"))
    return f"{words}, {local:%H:%M}" if isinstance(local, datetime) else words


def _linked(looks: str, label: str, reference: Reference) -> Shown:
    gone = reference.title is None
    text = "Not open to you, or in the trash" if gone else str(reference.title)
    href = "" if gone else record_url(reference.entity, reference.id)
    return Shown(looks, label, text, reference.id, href, hue(reference.id), entity=reference.entity)


def _tone(options: Any, key: Any) -> str:
    choice = options.by_key.get(key) if options and isinstance(key, str) else None
    return choice.color if choice else ""


def hue(text: str) -> str:
    """A colour that stays the same for the same text."""
    tones = ("blue", "teal", "green", "amber", "orange", "red", "pink", "violet")
    return tones[sum(text.encode()) % len(tones)]


def initials(name: str) -> str:
    """The first letters of the first and last word of a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
