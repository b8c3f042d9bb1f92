"""Choosing and finding records by their words, over one entity or several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.records.offers import list_fitting
from engine.records.queries import Query, list_records
from engine.records.record import Record
from engine.records.trying import try_record
from metadata.catalog import Entity, Field
from ui_builder.rendering.lists import find_view
from ui_builder.rendering.tables import open_columns
from ui_builder.rendering.usual import first_view
from ui_builder.rendering.values import Shown, field_at, record_url, show

OPTIONS = 8  # of each entity
RESULTS = 8
FACTS = 2  # beside the title of what was found


@dataclass(frozen=True, slots=True)
class Option:
    """A record that may be chosen, by the value that a form sends."""

    value: str
    label: str
    kind: str  # what it is, where several kinds are offered
    icon: str


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found."""

    href: str
    title: str
    facts: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Finds:
    """What was found of one entity."""

    label: str
    icon: str
    results: tuple[Found, ...]
    all_href: str


def draw_options(ctx: Context, kinds: Sequence[str], q: str) -> list[Option]:
    """The records that match, a few of each kind."""
    options = []
    for key in kinds:
        entity = ctx.machine.catalog.entities[key]
        query = Query(entity=key, q=q, sort=("title",), fields=(), limit=OPTIONS)
        for record in list_records(ctx, query).records:
            options.append(_option(entity, record, is_one_of_many=len(kinds) > 1))
    return options


def draw_fitting(
    ctx: Context, field: Field, typed: Mapping[str, Any], record_id: str | None, q: str
) -> list[Option]:
    """The records that match, of those that fit what is typed into the rest of the form."""
    entity = ctx.machine.catalog.entities[field.entity]
    target = ctx.machine.catalog.entities[field.relation.to[0] if field.relation else ""]
    pending = try_record(ctx, entity, typed, record_id)
    found = list_fitting(ctx, entity, field, pending, q, OPTIONS)
    return [_option(target, each, is_one_of_many=False) for each in found]


def _option(entity: Entity, record: Record, *, is_one_of_many: bool) -> Option:
    value = f"{entity.key}/{record.id}" if is_one_of_many else record.id
    kind = entity.label if is_one_of_many else ""
    return Option(value, record.title or "Untitled", kind, entity.icon)


def search_everything(ctx: Context, q: str, limit: int = RESULTS) -> list[Finds]:
    """The records with these words, of every entity that has pages of its own."""
    if not q.strip():
        return []
    found = (
        _search(ctx, entity, q, limit)
        for entity in sorted(ctx.machine.catalog.entities.values(), key=lambda each: not each.timeline)
        if not entity.mirrors and entity.title and gate.can(ctx, entity.key, "read")
    )
    return [finds for finds in found if finds.results]


def _search(ctx: Context, entity: Entity, q: str, limit: int) -> Finds:
    view = find_view(ctx, first_view(ctx, entity.key))
    paths = [path for path in open_columns(ctx, entity, view.columns) if path != entity.title][:FACTS]
    query = Query(entity=entity.key, q=q, sort=("-updated_at",), fields=tuple(paths), limit=limit + 1)
    records = list_records(ctx, query).records
    results = tuple(
        Found(
            record_url(entity.key, record.id),
            record.title or "Untitled",
            tuple(
                fact
                for path in paths
                if not (fact := show(ctx, field_at(ctx, entity, path), record.values.get(path))).is_empty
            ),
        )
        for record in records[:limit]
    )
    more = f"/views/{view.key}" if len(records) > limit else ""
    return Finds(entity.plural, entity.icon, results, more)
