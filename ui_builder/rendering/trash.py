"""The trash as a list: what was deleted of each kind, newest first."""

from dataclasses import dataclass
from datetime import datetime

from engine.access import gate
from engine.context import Context
from engine.records.queries import Query, list_records
from metadata.catalog import Entity
from ui_builder.rendering.stories import clock_time
from ui_builder.rendering.values import record_url

MOST = 50  # of each kind


@dataclass(frozen=True, slots=True)
class Thrown:
    """A record in the trash."""

    title: str
    kind: str
    icon: str
    when: str
    restore_href: str


@dataclass(frozen=True, slots=True)
class TrashPage:
    """What is in the trash. `kinds` are label, key, and whether only it is shown."""

    thrown: tuple[Thrown, ...]
    kinds: tuple[tuple[str, str, bool], ...]
    kind: str


def draw_trash(ctx: Context, kind: str = "") -> TrashPage:
    """The newest of the trash, of one kind or of all, that the actor may take out of it."""
    entities = [
        entity
        for entity in ctx.machine.catalog.entities.values()
        if not entity.mirrors and gate.can(ctx, entity.key, "delete")
    ]
    held = {entity.key: _thrown(ctx, entity) for entity in entities}
    rows = [row for key, rows in held.items() if kind in {"", key} for row in rows]
    kinds = tuple((e.plural, e.key, e.key == kind) for e in entities if held[e.key])
    newest = sorted(rows, key=lambda row: row[0], reverse=True)
    return TrashPage(tuple(row for _, row in newest), kinds, kind)


def _thrown(ctx: Context, entity: Entity) -> list[tuple[datetime, Thrown]]:
    query = Query(
        entity=entity.key, trash=True, fields=("trashed_at",), sort=("-trashed_at",), limit=MOST
    )
    return [
        (
            at := record.values["trashed_at"],
            Thrown(
                record.title or "Untitled",
                entity.label,
                entity.icon,
                clock_time(ctx, at),
                f"{record_url(entity.key, record.id)}/restore",
            ),
        )
        for record in list_records(ctx, query).records
    ]
