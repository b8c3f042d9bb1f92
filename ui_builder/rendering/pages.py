"""Record pages: a record by its layout, with its facts, its related lists and its story."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from engine.access import gate
from engine.context import Context
from engine.records.holding import which_hold_now
from engine.records.loading import load_by_ids, related_ids
from engine.records.openness import open_ids
from engine.records.queries import find_record
from engine.records.record import Record
from engine.records.selection import select
from metadata.catalog import Entity, Relation
from metadata.screens import Layout, Related, Section, Tab
from ui_builder.rendering.explaining import draw_facts
from ui_builder.rendering.tables import Column, Row, draw_columns, draw_rows, open_columns
from ui_builder.rendering.usual import first_view
from ui_builder.rendering.values import Shown, record_url

RELATED = 10  # rows of a related list


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on a record's road."""

    key: str
    label: str
    tone: str
    state: str  # done, current or ahead


@dataclass(frozen=True, slots=True)
class Road:
    """Where a record stands on its pipeline; it can be moved when `field` may be written."""

    field: str
    label: str
    steps: tuple[Step, ...]
    can_move: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A titled part of the details: each fact as it is shown."""

    label: str
    facts: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class RelatedList:
    """Records related to the one shown, and where to make another."""

    label: str
    icon: str
    columns: list[Column]
    rows: list[Row]
    more: bool
    new_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """Everything about one record, as far as the actor may see it."""

    entity: str
    entity_label: str
    plural: str
    icon: str
    id: str
    title: str
    href: str
    list_href: str
    highlights: tuple[Shown, ...]
    road: Road | None
    tabs: tuple[tuple[str, str, bool], ...]  # label, address, whether it is the one shown
    blocks: tuple[Block, ...]
    related: tuple[RelatedList, ...]
    can_edit: bool
    can_trash: bool


def layout_of(ctx: Context, entity: Entity) -> Layout:
    """The layout of an entity's record page; all its fields in one section when it has none."""
    for layout in ctx.machine.catalog.layouts.values():
        if layout.entity == entity.key and layout.kind == "record":
            return layout
    fields = tuple(field.key for field in entity.declared if not field.hidden)
    inverses = [relation for relation in entity.relations.values() if relation.is_inverse]
    return Layout(
        key=entity.key,
        entity=entity.key,
        tabs=(Tab(sections=(Section(fields=fields),)),),
        related=tuple(Related(relation=each.key, label=each.label) for each in inverses),
    )


def find_whole(ctx: Context, entity: Entity, record_id: str) -> Record:
    """A record with the titles of everything it links to, to-many links included."""
    many = [
        field.key
        for field in entity.declared
        if field.relation and field.relation.many and gate.is_readable(ctx, entity, field.key)
    ]
    record = find_record(ctx, entity.key, record_id)
    for key in many:
        related = _related_records(ctx, entity.relations[key], record_id, ["title"], 100)
        record.values[key] = [each.reference() for each in related]
    return record


def draw_record(ctx: Context, entity: Entity, record: Record, tab: int = 0) -> RecordPage:
    """A record's page by its layout."""
    layout = layout_of(ctx, entity)
    tabs = layout.tabs or (Tab(),)
    shown = tabs[tab] if 0 <= tab < len(tabs) else tabs[0]
    href = record_url(entity.key, record.id)
    may_change = bool(open_ids(ctx, entity.key, [record.id], "update"))
    sections = _asked_sections(ctx, entity, shown.sections, record.id)
    keys = [key for section in sections for key in section.fields]
    facts = draw_facts(ctx, entity, record, [*layout.highlights, *keys])
    return RecordPage(
        entity=entity.key,
        entity_label=entity.label,
        plural=entity.plural,
        icon=entity.icon,
        id=record.id,
        title=record.title or f"Untitled {entity.label.lower()}",
        href=href,
        list_href=f"/views/{first_view(ctx, entity.key)}",
        highlights=tuple(facts[key] for key in layout.highlights if key in facts),
        road=_draw_road(ctx, entity, record, may_change=may_change),
        tabs=tuple(
            (each.label or entity.label, f"{href}?tab={at}", each is shown)
            for at, each in enumerate(tabs)
        ),
        blocks=tuple(_blocks(facts, sections)),
        related=tuple(_draw_related(ctx, entity, record, layout.related)),
        can_edit=may_change,
        can_trash=bool(open_ids(ctx, entity.key, [record.id], "delete")),
    )


def _asked_sections(
    ctx: Context, entity: Entity, sections: Sequence[Section], record_id: str
) -> list[Section]:
    """The sections whose conditions hold of a record, and those that have none."""
    whens = {str(at): each.when for at, each in enumerate(sections) if each.when is not None}
    holding = which_hold_now(ctx, entity, whens, record_id)
    return [each for at, each in enumerate(sections) if holding.get(str(at), each.when is None)]


def _blocks(facts: Mapping[str, Shown], sections: Sequence[Section]) -> Iterable[Block]:
    for section in sections:
        held = tuple(facts[key] for key in section.fields if key in facts)
        if held:
            yield Block(section.label, held)


def _draw_road(
    ctx: Context, entity: Entity, record: Record, *, may_change: bool
) -> Road | None:
    """The pipeline that a record is on, by its first field that holds a stage."""
    for field in entity.declared:
        behaviour = ctx.machine.behaviour(entity.key, field.key)
        if behaviour.value_type == "stage" and gate.is_readable(ctx, entity, field.key):
            may_move = may_change and gate.rights(ctx, entity.key).can_write(field.key)
            return _road(entity, record.values, field.key, can_move=may_move)
    return None


def _road(entity: Entity, values: Mapping[str, Any], key: str, *, can_move: bool) -> Road | None:
    current = values.get(key)
    stages = next(
        (p.stages for p in entity.pipelines.values() if current in p.stages), None
    )
    if stages is None:
        return None
    order = list(stages)
    place = order.index(str(current))
    steps = tuple(
        Step(
            name,
            stage.label,
            stage.color,
            "current" if at == place else
            "done" if at < place and stages[order[place]].category != "lost" else "ahead",
        )
        for at, (name, stage) in enumerate(stages.items())
    )  # fmt: skip
    return Road(key, entity.fields[key].label, steps, can_move)


def _draw_related(
    ctx: Context, entity: Entity, record: Record, lists: Sequence[Related]
) -> Iterable[RelatedList]:
    for each in lists:
        relation = entity.relations.get(each.relation)
        if relation is not None and is_relation_open(ctx, entity, relation):
            yield _draw_list(ctx, entity, record, relation, each)


def is_relation_open(ctx: Context, entity: Entity, relation: Relation) -> bool:
    """Whether the actor may follow a relation: read what is there, and the field that leads there."""
    target = ctx.machine.catalog.entities[relation.to[0]]
    holder = target if relation.is_inverse else entity
    return gate.can(ctx, target.key, "read") and gate.is_readable(ctx, holder, relation.field)


def _draw_list(
    ctx: Context, entity: Entity, record: Record, relation: Relation, said: Related
) -> RelatedList:
    target = ctx.machine.catalog.entities[relation.to[0]]
    paths = open_columns(ctx, target, said.columns or ("title",))
    found = _related_records(ctx, relation, record.id, paths, RELATED + 1)
    return RelatedList(
        label=said.label,
        icon=target.icon,
        columns=draw_columns(ctx, target, paths, "", lambda _path: ""),
        rows=draw_rows(ctx, target, found[:RELATED], paths),
        more=len(found) > RELATED,
        new_href=_new_href(ctx, entity, record, relation, target),
    )


def _new_href(
    ctx: Context, entity: Entity, record: Record, relation: Relation, target: Entity
) -> str:
    """Where a related record is made, linked to this one beforehand."""
    back = relation.field if relation.is_inverse else relation.inverse
    link = target.relations.get(back)
    writable = back in target.fields and gate.rights(ctx, target.key).can_write(back)
    if link is None or not writable or target.mirrors or not gate.can(ctx, target.key, "create"):
        return ""
    value = f"{entity.key}/{record.id}" if len(link.to) > 1 else record.id
    query = urlencode({back: value, "next": record_url(entity.key, record.id)})
    return f"/records/{target.key}/new?{query}"


def _related_records(
    ctx: Context, relation: Relation, record_id: str, paths: Sequence[str], most: int
) -> list[Record]:
    target = ctx.machine.catalog.entities[relation.to[0]]
    pairs = related_ids(ctx, relation, [record_id], most)
    found = load_by_ids(ctx, target.key, [far for _, far in pairs], select(ctx, target, paths))
    return [found[far] for _, far in pairs if far in found]
