"""History: what was changed on a record, newest first, each with from, to, who, when and why.

The log keeps old values only, so history walks backwards: what a field was changed
to is what the next younger entry found there, or what the record has now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import NotFound, ValueRefused
from engine.fields import Reference
from engine.records.batch import load_stored
from engine.records.links import linked
from engine.records.titles import load_titles
from engine.storage.system import pulse_change
from metadata.catalog import Entity, Field

PORTION = 200  # entries read at a time


@dataclass(frozen=True, slots=True)
class Step:
    """One field's way from a value to another, as values of its type."""

    field: Field
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a record's history, with the steps of those fields the actor may read."""

    id: int
    at: datetime
    operation: str
    actor: Reference | None
    request_id: str
    changeset: str
    cause: Mapping[str, Any]
    steps: tuple[Step, ...]


def list_history(
    ctx: Context, entity: str, record_id: str, *, limit: int = 100, before: int | None = None
) -> list[Entry]:
    """A record's history, newest first; entries older than `before`, an entry's id, if given."""
    declared = gate.find_entity(ctx, entity)
    now = _as_it_is(ctx, declared, record_id)
    entries: list[Entry] = []
    for row in _logged(ctx, declared, record_id):
        steps = _steps(ctx, declared, row["old"] or {}, now)
        if row["operation"] == "updated" and not steps:
            continue  # only fields that the actor may not read
        if before is None or row["seq"] < before:
            entries.append(_entry(row, steps))
        if len(entries) == limit:
            break
    return _titled(ctx, entries)


def _logged(ctx: Context, entity: Entity, record_id: str) -> Iterator[sa.RowMapping]:
    """What the log has of a record, newest first, read as far as it is asked for."""
    log = pulse_change
    statement = (
        sa.select(log)
        .where(log.c.entity == entity.identity, log.c.record_id == record_id)
        .order_by(log.c.seq.desc())
        .limit(PORTION)
    )
    rows = ctx.connection.execute(statement).mappings().all()
    while rows:
        yield from rows
        further = statement.where(log.c.seq < rows[-1]["seq"])
        rows = ctx.connection.execute(further).mappings().all() if len(rows) == PORTION else []


def _as_it_is(ctx: Context, entity: Entity, record_id: str) -> dict[str, Any]:
    found = load_stored(ctx, entity, [record_id], "read", lock=False) or load_stored(
        ctx, entity, [record_id], "read", trash=True, lock=False
    )
    if record_id not in found:
        raise NotFound("record.not-found", f"There is no such {entity.label.lower()}.")
    values = found[record_id][0]
    for field in entity.declared:
        if field.relation is not None and field.relation.kind == "many":
            values[field.key] = linked(ctx, field.relation, [record_id])[record_id]
    return values


def _steps(
    ctx: Context, entity: Entity, old: Mapping[str, Any], now: dict[str, Any]
) -> tuple[Step, ...]:
    """The steps of one entry. Walks `now` one entry back in time."""
    fields = {field.identity: field for field in entity.declared}
    steps = []
    for identity, logged in old.items():
        field = fields.get(identity)
        if field is None:
            continue
        before = _read(ctx, field, logged)
        if gate.is_readable(ctx, entity, field.key):
            steps.append(Step(field, before, now.get(field.key)))
        now[field.key] = before
    return tuple(steps)


def _read(ctx: Context, field: Field, logged: Any) -> Any:
    if logged is None:
        return None
    try:
        value: Any = ctx.machine.behaviour(field.entity, field.key).parse(logged)
    except ValueRefused:  # the field has grown stricter since
        return None
    is_many = field.relation is not None and field.relation.many
    return value or [] if is_many else value


def _entry(row: sa.RowMapping, steps: tuple[Step, ...]) -> Entry:
    actor = Reference("user", row["actor_id"]) if row["actor_id"] else None
    return Entry(
        row["seq"],
        row["at"],
        row["operation"],
        actor,
        row["request_id"],
        row["changeset"],
        row["cause"],
        steps,
    )


def _titled(ctx: Context, entries: list[Entry]) -> list[Entry]:
    """The same entries, each reference with the title that the actor may see."""
    references = {entry.actor for entry in entries if entry.actor is not None}
    for entry in entries:
        for step in entry.steps:
            references.update(_references(step.before), _references(step.after))
    titles = load_titles(ctx, references)
    return [
        Entry(
            entry.id,
            entry.at,
            entry.operation,
            _with_title(entry.actor, titles),
            entry.request_id,
            entry.changeset,
            entry.cause,
            tuple(
                Step(s.field, _with_title(s.before, titles), _with_title(s.after, titles))
                for s in entry.steps
            ),
        )
        for entry in entries
    ]


def _references(value: Any) -> list[Reference]:
    if isinstance(value, Reference):
        return [value]
    return [each for each in value if isinstance(each, Reference)] if isinstance(value, list) else []


def _with_title(value: Any, titles: Mapping[Reference, str | None]) -> Any:
    if isinstance(value, Reference):
        return Reference(value.entity, value.id, titles.get(value))
    if isinstance(value, list):
        return [_with_title(each, titles) for each in value]
    return value
