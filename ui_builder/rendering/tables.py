"""Lists of records as tables: columns from a view, rows of shown values, groups by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.context import Context
from engine.expressions.facts import facts_of
from engine.records.record import Record
from metadata.catalog import Entity
from ui_builder.rendering.values import Shown, field_at, is_open, record_url, show

NEXT_DAYS = 7  # that a list of what comes says together


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its path, its title, and the address that sorts by it."""

    path: str
    label: str
    sort: str = ""  # ascending, descending or "": how the list is sorted by it now
    href: str = ""  # empty when it can't be sorted by
    end: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a list, and what may be done with it from there."""

    id: str
    href: str
    title: str
    cells: tuple[Shown, ...]
    group: str = ""
    late: bool = False
    can_pick: bool = False
    can_tick: bool = False


def open_columns(ctx: Context, entity: Entity, paths: Sequence[str]) -> list[str]:
    """The columns of a view that the actor may read; the title alone when none are left."""
    return [path for path in paths if is_open(ctx, entity, path)] or ["title"]


def draw_columns(
    ctx: Context, entity: Entity, paths: Sequence[str], sort: str, address: Any
) -> list[Column]:
    """The heads of a table. `address` makes the URL of the same list in another order."""
    columns = []
    for path in paths:
        field = field_at(ctx, entity, path)
        behaviour = ctx.machine.behaviour(field.entity, field.key)
        linked = field.relation is None or len(field.relation.to) == 1
        state = {path: "ascending", f"-{path}": "descending"}.get(sort, "")
        following = f"-{path}" if state == "ascending" else path
        end = behaviour.value_type in {"number", "money"} and not field.relation
        label = field.label if "." not in path else f"{entity.fields[path.split('.')[0]].label}: {field.label}"
        href = address(following) if behaviour.sortable and linked else ""
        columns.append(Column(path, label, state, href, end))
    return columns


def draw_rows(
    ctx: Context, entity: Entity, records: Sequence[Record], paths: Sequence[str], group: str = ""
) -> list[Row]:
    """The rows of a table, each with the name of its group if the view makes groups."""
    fields = [field_at(ctx, entity, path) for path in paths]
    rows = []
    for record in records:
        cells = tuple(
            show(ctx, field, record.values.get(path)) for path, field in zip(paths, fields, strict=True)
        )
        value = record.values.get(group)
        name = group_name(ctx, entity, group, value) if group else ""
        late = bool(group) and is_late(ctx, value)
        title = record.title or "Untitled"
        rows.append(Row(record.id, record_url(entity.key, record.id), title, cells, name, late))
    return rows


def group_name(ctx: Context, entity: Entity, path: str, value: Any) -> str:
    """What the group of a value is called: a stretch of time for days, the value for all else."""
    if isinstance(value, date):
        if is_late(ctx, value):
            return "Overdue"
        ahead = _days_ahead(ctx, value)
        if ahead < NEXT_DAYS:
            return {0: "Today", 1: "Tomorrow"}.get(ahead, f"Next {NEXT_DAYS} days")
        return "Later"
    if value is None:
        return f"No {field_at(ctx, entity, path).label.lower()}"
    return show(ctx, field_at(ctx, entity, path), value).text


def is_late(ctx: Context, value: Any) -> bool:
    """Whether a value is a day, or a moment of a day, that is over where the actor is."""
    return isinstance(value, date) and _days_ahead(ctx, value) < 0


def _days_ahead(ctx: Context, value: date) -> int:
    facts = facts_of(ctx)
    day = value.astimezone(facts.zone).date() if isinstance(value, datetime) else value
    return (day - facts.today).days
