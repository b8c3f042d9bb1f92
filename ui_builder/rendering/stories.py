"""A record's story: activities, comments and changes in one timeline, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import NotFound, Refused
from engine.fields.datetime import zone_of
from engine.records.defaults import usual_values
from engine.records.history import Entry, list_history
from engine.records.loading import load_by_ids, related_ids
from engine.records.record import Record
from engine.records.selection import select
from metadata.catalog import Entity, Relation
from metadata.screens import Composer, Layout, Section
from ui_builder.rendering.forms import Form, draw_form, typed_values
from ui_builder.rendering.pages import is_relation_open, layout_of
from ui_builder.rendering.values import Shown, record_url, show, whole_number

MOST = 100
CHANGES = "changes"
VERBS = {
    "created": "created this",
    "trashed": "moved this to the trash",
    "restored": "restored this",
    "destroyed": "removed this for good",
}
ICONS = {"created": "plus", "updated": "pencil", "trashed": "trash", "restored": "undo-2"}


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


@dataclass(frozen=True, slots=True)
class StoryQuestion:
    """What is asked of a story: one kind of entry, a tab of the composer, and what was typed there."""

    kind: str = ""
    compose: int = 0
    typed: Mapping[str, Any] | None = None
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class ComposerTab:
    """A tab of the composer."""

    label: str
    icon: str
    number: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Story:
    """A record's timeline and the composer above it. `kinds` are label, key, and whether shown alone."""

    href: str
    entries: tuple[StoryEntry, ...]
    kinds: tuple[tuple[str, str, bool], ...]
    kind: str
    composer: tuple[ComposerTab, ...]
    compose: int
    form: Form | None


def read_story_question(asked: Mapping[str, str]) -> StoryQuestion:
    """The question in an address."""
    return StoryQuestion(asked.get("kind", ""), whole_number(asked.get("compose", "")) or 0)


def draw_story(ctx: Context, entity: Entity, record_id: str, question: StoryQuestion) -> Story:
    """The newest entries of a record's timeline that the actor may see, and the composer."""
    layout = layout_of(ctx, entity)
    relations = [
        entity.relations[key]
        for key in layout.timeline
        if is_relation_open(ctx, entity, entity.relations[key])
    ]
    entries: list[StoryEntry] = []
    for relation in relations:
        if question.kind in {"", relation.key}:
            entries += _related(ctx, layout, relation, record_id)
    if question.kind in {"", CHANGES}:
        history = list_history(ctx, entity.key, record_id, limit=MOST)
        entries += [_change(ctx, entry) for entry in history]
    tabs = _composer_tabs(ctx, layout, question.compose)
    current = next((tab.number for tab in tabs if tab.is_current), 0)
    return Story(
        href=record_url(entity.key, record_id),
        entries=tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST]),
        kinds=_kinds(relations, question.kind),
        kind=question.kind,
        composer=tabs,
        compose=current,
        form=_composer_form(ctx, layout.composer[current], question) if tabs else None,
    )


def composer_of(ctx: Context, entity: Entity, number: int) -> Composer:
    """A tab of an entity's composer. NotFound when it has no such tab."""
    composers = layout_of(ctx, entity).composer
    if number >= len(composers):
        raise NotFound("composer.unknown", "There is no such tab.")
    return composers[number]


def values_about(
    ctx: Context, entity: Entity, record_id: str, composer: Composer
) -> dict[str, Any]:
    """What a composer sets by itself: its own values, and the link to the record it is about."""
    relation = entity.relations[composer.relation]
    link = ctx.machine.catalog.entities[composer.entity].fields[relation.field]
    several = link.relation is not None and len(link.relation.to) > 1
    return {**composer.values, relation.field: f"{entity.key}/{record_id}" if several else record_id}


def _kinds(relations: Sequence[Relation], kind: str) -> tuple[tuple[str, str, bool], ...]:
    named = [(relation.label, relation.key) for relation in relations]
    return tuple((label, key, key == kind) for label, key in [*named, ("Changes", CHANGES)])


def _composer_tabs(ctx: Context, layout: Layout, wanted: int) -> tuple[ComposerTab, ...]:
    """The tabs that make records which the actor may create."""
    numbers = [
        number
        for number, each in enumerate(layout.composer)
        if gate.can(ctx, each.entity, "create")
    ]
    current = wanted if wanted in numbers else next(iter(numbers), 0)
    return tuple(
        ComposerTab(each.label, each.icon, number, number == current)
        for number, each in enumerate(layout.composer)
        if number in numbers
    )


def _composer_form(ctx: Context, composer: Composer, question: StoryQuestion) -> Form:
    entity = ctx.machine.catalog.entities[composer.entity]
    sections = [Section(fields=composer.fields)]
    usual = typed_values(ctx, entity, usual_values(ctx, entity))
    typed = usual if question.typed is None else question.typed
    return draw_form(ctx, entity, sections, typed, question.refusal, prefix="story-")


def _related(
    ctx: Context, layout: Layout, relation: Relation, record_id: str
) -> list[StoryEntry]:
    kind = ctx.machine.catalog.entities[relation.to[0]]
    pairs = related_ids(ctx, relation, [record_id], MOST)
    found = load_by_ids(ctx, kind.key, [far for _, far in pairs], select(ctx, kind, None))
    return [_entry(ctx, kind, relation, record, layout) for record in found.values()]


def _entry(
    ctx: Context, kind: Entity, relation: Relation, record: Record, layout: Layout
) -> StoryEntry:
    """An entry drawn from the kinds of its fields: long text gives the words, the rest are facts."""
    text, facts, at = "", [], record.values["created_at"]
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
        _icon_of(kind, relation, record, layout),
        at,
        clock_time(ctx, at),
        (by.title if by else None) or "PulseCRM",
        record.title or kind.label,
        record_url(kind.key, record.id) if kind.title else "",
        text,
        tuple(facts),
    )


def _icon_of(kind: Entity, relation: Relation, record: Record, layout: Layout) -> str:
    """The icon of the composer's tab that makes records like this one, else the entity's own."""
    for composer in layout.composer:
        same = all(record.values.get(key) == value for key, value in composer.values.items())
        if composer.relation == relation.key and composer.values and same:
            return composer.icon
    return kind.icon


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
    if days in {1, -1}:
        return f"{'Yesterday' if days == 1 else 'Tomorrow'} {clock}"
    year = f" {local.year}" if local.year != now.year else ""
    return f"{local.day} {local.strftime('%b')}{year}, {clock}"
