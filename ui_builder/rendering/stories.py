"""A record's story: activities, comments and changes in one timeline, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.fields.datetime import zone_of
from engine.records.history import Entry, list_history
from engine.records.queries import Query, list_records
from engine.records.record import Record
from metadata.catalog import Entity, Layout, Relation
from ui_builder.rendering.values import Shown, record_url, show

MOST = 100
VERBS = {
    "created": "created this",
    "trashed": "moved this to the trash",
    "restored": "restored this",
    "destroyed": "removed this for good",
}
ICONS = {"created": "plus", "updated": "pencil", "trashed": "trash-2", "restored": "undo-2"}


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One thing that happened."""

    kind: str  # the relation it came by, or "changes"
    icon: str
    at: datetime
    when: str
    who: str
    title: str
    href: str = ""
    text: str = ""
    facts: tuple[Shown, ...] = ()
    steps: tuple[tuple[str, str, str], ...] = ()  # label, from, to


def draw_story(ctx: Context, entity: Entity, record_id: str, layout: Layout) -> list[StoryEntry]:
    """The newest entries of a record's timeline, of those that the actor may see."""
    entries: list[StoryEntry] = []
    for key in layout.timeline:
        relation = entity.relations[key]
        if gate.can(ctx, relation.to[0], "read"):
            entries += _related(ctx, entity, relation, record_id)
    entries += [_change(ctx, entry) for entry in list_history(ctx, entity.key, record_id, limit=MOST)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST]


def _related(
    ctx: Context, entity: Entity, relation: Relation, record_id: str
) -> list[StoryEntry]:
    kind = ctx.machine.catalog.entities[relation.to[0]]
    if not gate.is_readable(ctx, kind, relation.field):
        return []
    where = f"{relation.field} == '{record_id}'"
    page = list_records(ctx, Query(entity=kind.key, where=(where,), limit=MOST))
    return [_entry(ctx, kind, relation, record) for record in page.records]


def _entry(ctx: Context, kind: Entity, relation: Relation, record: Record) -> StoryEntry:
    """An entry drawn from the kinds of its fields: a choice gives the icon, long text the words."""
    icon, text, facts, at = kind.icon, "", [], record.values["created_at"]
    for field in kind.declared:
        value = record.values.get(field.key)
        if value is None or field.key in {kind.title, relation.field}:
            continue
        behaviour = ctx.machine.behaviour(kind.key, field.key)
        if behaviour.value_type == "text" and not behaviour.sortable:
            text = behaviour.show(value, ctx.actor.reader)
        elif behaviour.value_type == "datetime" and field.default is not None:
            at = value
        elif behaviour.value_type != "record":
            facts.append(show(ctx, field, value))
    by = record.values.get("created_by")
    return StoryEntry(
        relation.key,
        icon,
        at,
        clock_time(ctx, at),
        (by.title if by else None) or "PulseCRM",
        record.title or kind.label,
        record_url(kind.key, record.id) if kind.title else "",
        text,
        tuple(facts),
    )


def _change(ctx: Context, entry: Entry) -> StoryEntry:
    def words(field: Any, value: Any) -> str:
        return show(ctx, field, value).text or "empty"

    steps = tuple((s.field.label, words(s.field, s.before), words(s.field, s.after)) for s in entry.steps)
    title = VERBS.get(entry.operation) or (
        f"changed {steps[0][0]}" if len(steps) == 1 else f"changed {len(steps)} fields"
    )
    who = (entry.actor.title if entry.actor else None) or "PulseCRM"
    icon = ICONS.get(entry.operation, "pencil")
    return StoryEntry(
        "changes", icon, entry.at, clock_time(ctx, entry.at), who, title, steps=steps
    )


def clock_time(ctx: Context, at: datetime) -> str:
    """A moment as a timeline says it: the time today, the day before that."""
    zone = zone_of(ctx.actor.reader)
    local, now = at.astimezone(zone), ctx.now().astimezone(zone)
    days = (now.date() - local.date()).days
    clock = local.strftime("%H:%M")
    if days == 0:
        return f"Today {clock}"
    if days == 1:
        return f"Yesterday {clock}"
    year = f" {local.year}" if local.year != now.year else ""
    return f"{local.day} {local.strftime('%b')}{year}, {clock}"
