"""Boards: columns from a view's stages or choices, with totals that the database reckons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from engine.access import gate
from engine.context import Context
from engine.records.openness import open_ids
from engine.records.queries import Query, list_records
from engine.records.record import Page, Record
from engine.records.totals import Totals, group_totals
from metadata.catalog import Entity
from metadata.screens import View
from ui_builder.rendering.conditions import equals
from ui_builder.rendering.lists import (
    Heading,
    as_far_as_read,
    conditions_of,
    draw_heading,
    open_sort,
)
from ui_builder.rendering.questions import Question
from ui_builder.rendering.tables import open_columns
from ui_builder.rendering.values import Shown, field_at, record_url, show

CARDS = 25  # of a column at first, and at each step further


@dataclass(frozen=True, slots=True)
class Lane:
    """What a column of a board is of: a stage, a choice, or nothing chosen (key "")."""

    key: str
    label: str
    tone: str
    rotting_days: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A record on a board. `move_url` is empty when the actor may not move it."""

    id: str
    href: str
    title: str
    facts: tuple[Shown, ...]
    move_url: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it holds, what that adds up to, and the first of its cards."""

    lane: Lane
    count: int
    totals: tuple[str, ...]
    cards: tuple[Card, ...]
    more_href: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A board, its columns in the order of the pipeline."""

    heading: Heading
    columns: list[Column]
    lanes: list[Lane]
    group: str


def draw_board(ctx: Context, view: View, question: Question) -> BoardPage:
    """The board of a view, or the one column of it that the question names."""
    entity = ctx.machine.catalog.entities[view.entity]
    gate.require_readable(ctx, entity, view.group, "group")
    heading = draw_heading(ctx, view, question)
    question = as_far_as_read(heading)
    conditions = conditions_of(entity, view, question)
    summed = [name for name in view.totals if gate.is_readable(ctx, entity, name)]
    totals = group_totals(ctx, entity.key, view.group, summed, conditions, question.q)
    lanes = lanes_of(ctx, entity, view.group)
    if totals.get(None):
        lanes.append(Lane("", f"No {entity.fields[view.group].label.lower()}", ""))
    pages = {
        lane: list_records(ctx, _query(ctx, view, question, lane))
        for lane in lanes
        if not question.lane or question.lane == lane.key
    }
    movable = _movable(ctx, view, pages.values())
    columns = [
        _draw_column(ctx, view, question, lane, totals.get(lane.key or None, Totals()), page, movable)
        for lane, page in pages.items()
    ]
    return BoardPage(heading, columns, lanes, view.group)


def lanes_of(ctx: Context, entity: Entity, group: str) -> list[Lane]:
    """The columns of a board, by a field with stages or choices."""
    if ctx.machine.behaviour(entity.key, group).value_type == "stage":
        stages = {key: s for each in entity.pipelines.values() for key, s in each.stages.items()}
        return [Lane(key, s.label, s.color, s.rotting_days) for key, s in stages.items()]
    choices = entity.fields[group].settings.get("choices") or ()
    return [Lane(choice.key, choice.label, choice.color) for choice in choices if not choice.retired]


def _query(ctx: Context, view: View, question: Question, lane: Lane) -> Query:
    entity = ctx.machine.catalog.entities[view.entity]
    return Query(
        entity=entity.key,
        where=(*conditions_of(entity, view, question), equals(view.group, lane.key or None)),
        q=question.q,
        sort=open_sort(ctx, entity, view),
        fields=tuple(dict.fromkeys([*open_columns(ctx, entity, view.card), view.group])),
        limit=CARDS,
        after=question.after or None,
    )


def _movable(ctx: Context, view: View, pages: Iterable[Page]) -> frozenset[str]:
    """The records that the actor may put in another column."""
    if not gate.rights(ctx, view.entity).can_write(view.group):
        return frozenset()
    return open_ids(ctx, view.entity, [r.id for page in pages for r in page.records], "update")


def _draw_column(
    ctx: Context,
    view: View,
    question: Question,
    lane: Lane,
    totals: Totals,
    page: Page,
    movable: frozenset[str],
) -> Column:
    entity = ctx.machine.catalog.entities[view.entity]
    paths = open_columns(ctx, entity, view.card)
    more = question.address(view.key, lane=lane.key, after=page.next) if page.next else ""
    cards = tuple(
        _draw_card(ctx, entity, record, paths, lane, _move_url(view, record, movable))
        for record in page.records
    )
    return Column(lane, totals.count, total_words(ctx, entity, totals), cards, more)


def _move_url(view: View, record: Record, movable: frozenset[str]) -> str:
    return f"/views/{view.key}/cards/{record.id}" if record.id in movable else ""


def total_words(ctx: Context, entity: Entity, totals: Totals) -> tuple[str, ...]:
    """What a group adds up to, in whole units, currency by currency."""
    words = []
    for name, sums in totals.sums.items():
        behaviour = ctx.machine.behaviour(entity.key, name)
        for currency, total in sums.items():
            whole = total.quantize(Decimal(1))
            value = behaviour.load(whole, currency) if currency else behaviour.load(whole)
            text = behaviour.show(value, ctx.actor.reader)
            words.append(text.removesuffix(".00").removesuffix(",00"))
    return tuple(words)


def _draw_card(
    ctx: Context, entity: Entity, record: Record, paths: Sequence[str], lane: Lane, move_url: str
) -> Card:
    facts = [show(ctx, field_at(ctx, entity, path), record.values.get(path)) for path in paths]
    stale = False
    if lane.rotting_days:
        stale = ctx.now() - record.values["updated_at"] > timedelta(days=lane.rotting_days)
    return Card(
        record.id,
        record_url(entity.key, record.id),
        record.title or "Untitled",
        tuple(fact for fact in facts if not fact.is_empty),
        move_url,
        stale,
    )
