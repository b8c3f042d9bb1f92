"""Boards: columns from a view's stages or choices, with totals that the database reckons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from engine.access import gate
from engine.context import Context
from engine.fields.money import Money, MoneyField
from engine.records.queries import Query, list_records
from engine.records.record import Record
from engine.records.totals import Totals, group_totals
from metadata.catalog import Entity, Stage, View
from ui_builder.rendering.tables import open_columns
from ui_builder.rendering.values import Shown, field_at, record_url, show

CARDS = 25  # a column at first


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
class BoardColumn:
    """A column: what it is of, what it adds up to, and its first cards."""

    key: str
    label: str
    tone: str
    count: int
    totals: tuple[str, ...]
    cards: tuple[Card, ...]
    more: bool


def draw_board(ctx: Context, view: View, where: Sequence[str], q: str) -> list[BoardColumn]:
    """All columns of a view's board."""
    entity = ctx.machine.catalog.entities[view.entity]
    conditions = [*([view.where] if view.where else []), *where]
    found = totals_of(ctx, view, where, q)
    card = open_columns(ctx, entity, view.card)
    columns = []
    for key, label, tone, stage in lanes(ctx, entity, view.group):
        query = Query(
            entity=entity.key,
            where=(*conditions, f"{view.group} == '{key}'"),
            q=q,
            sort=tuple(s for s in view.sort),
            fields=(*card, view.group),
            limit=CARDS,
        )
        page = list_records(ctx, query)
        cards = tuple(_card(ctx, entity, record, card, stage) for record in page.records)
        totals = found.get(key, Totals())
        words = total_words(ctx, entity, totals)
        columns.append(BoardColumn(key, label, tone, totals.count, words, cards, page.next is not None))
    return columns


def totals_of(ctx: Context, view: View, where: Sequence[str], q: str) -> dict[str, Totals]:
    """What each column of a board holds."""
    entity = ctx.machine.catalog.entities[view.entity]
    fields = [name for name in view.totals if gate.is_readable(ctx, entity, name)]
    conditions = [*([view.where] if view.where else []), *where]
    return group_totals(ctx, view.entity, view.group, fields, conditions, q)


def lanes(ctx: Context, entity: Entity, group: str) -> list[tuple[str, str, str, Stage | None]]:
    """The columns of a board: key, label, colour, and the stage if it is one."""
    field = entity.fields[group]
    behaviour = ctx.machine.behaviour(entity.key, group)
    if behaviour.value_type == "stage":
        stages = {k: s for p in entity.pipelines.values() for k, s in p.stages.items()}
        return [(key, stage.label, stage.color, stage) for key, stage in stages.items()]
    choices = field.settings.get("choices") or ()
    return [(c.key, c.label, c.color, None) for c in choices if not c.retired]


def total_words(ctx: Context, entity: Entity, totals: Totals) -> tuple[str, ...]:
    """What a group adds up to, currency by currency."""
    words = []
    for name, sums in totals.sums.items():
        behaviour = ctx.machine.behaviour(entity.key, name)
        for currency, total in sums.items():
            value = Money(total.quantize(Decimal(1)), currency) if isinstance(behaviour, MoneyField) else total
            text = behaviour.show(value, ctx.actor.reader)
            words.append(text.removesuffix(".00") if currency else text)
    return tuple(words)


def _card(
    ctx: Context, entity: Entity, record: Record, paths: Sequence[str], stage: Stage | None
) -> Card:
    facts = [show(ctx, field_at(ctx, entity, path), record.values.get(path)) for path in paths]
    stale = False
    if stage is not None and stage.rotting_days:
        stale = ctx.now() - record.values["updated_at"] > timedelta(days=stage.rotting_days)
    return Card(
        record.id,
        record_url(entity.key, record.id),
        record.title or "Untitled",
        tuple(fact for fact in facts if not fact.is_empty),
        f"{record_url(entity.key, record.id)}/stage" if gate.can(ctx, entity.key, "update") else "",
        stale,
    )
