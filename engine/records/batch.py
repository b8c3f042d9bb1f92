"""The one way to write records: a batch goes through every check, then to the tables at once.

A single save is a batch of one, so that a form, the API and an import of ten
thousand rows obey the same rules in the same order: payload, access, defaults, rules,
links, uniqueness, and only then SQL.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Denied, NotFound
from engine.expressions.terms import given
from engine.formulas.own import work_out
from engine.formulas.turns import take_turn
from engine.ids import is_id, new_id
from engine.records import defaults, rules, stages
from engine.records.links import check_references, load_links_before
from engine.records.moved import moved
from engine.records.offers import check_offers
from engine.records.payloads import named_values, read_id, read_payload
from engine.records.portions import portions
from engine.records.rows import Loader, make_loader
from engine.records.saving import save
from engine.records.unique import check_ids, check_unique
from engine.records.writes import Change, Create, Outcome, Pending
from metadata.catalog import Entity

PrepareLinks = Callable[[Context, Sequence[Pending]], None]


def write_batch(
    ctx: Context,
    entity: Entity,
    writes: Sequence[Create | Change],
    *,
    atomic: bool,
    prepare_links: PrepareLinks | None = None,
) -> list[Outcome]:
    """Create and change records. Atomic: the first fault found keeps all of them from being written.

    `prepare_links` is given the writes that passed their own checks, before what they point to is
    looked up, so that it may be made for these and for no others.
    """
    _require_verbs(ctx, entity, writes)
    take_turn(ctx, entity.key)
    outcomes: list[Outcome] = []
    for some in _rounds(writes):
        outcomes += _write_round(ctx, entity, some, atomic=atomic, prepare_links=prepare_links)
    return outcomes


def _rounds(writes: Sequence[Create | Change]) -> Iterator[list[Create | Change]]:
    """The writes in their order, parted so that a second write of a record finds the first done."""
    some: list[Create | Change] = []
    named: set[str] = set()
    for write in writes:
        own = write.id if isinstance(write.id, str) else ""  # what else is sent is refused later
        if own in named:
            yield some
            some, named = [], set()
        if own:
            named.add(own)
        some.append(write)
    if some:
        yield some


def _write_round(
    ctx: Context,
    entity: Entity,
    writes: Sequence[Create | Change],
    *,
    atomic: bool,
    prepare_links: PrepareLinks | None,
) -> list[Outcome]:
    batch = [_pending(ctx, at, write) for at, write in enumerate(writes)]
    _load_before(ctx, entity, batch, writes)
    for pending, write in zip(batch, writes, strict=True):
        if pending.refusal is None:
            _read(ctx, entity, pending, write)
    defaults.fill_far(ctx, entity, batch)
    for pending in batch:
        if pending.refusal is None:
            work_out(ctx, entity, pending)
    load_links_before(ctx, entity, batch)
    rules.look_before(ctx, entity, batch)
    for pending in batch:
        if pending.refusal is None:
            _check(ctx, entity, pending)
    check_ids(ctx, entity, batch)
    check_unique(ctx, entity, batch)
    if prepare_links is not None:
        prepare_links(ctx, [pending for pending in batch if pending.is_good])
    check_references(ctx, entity, batch)
    check_offers(ctx, entity, batch)
    good = [pending for pending in batch if pending.is_good]
    if good and (not atomic or len(good) == len(batch)):
        save(ctx, entity, good, atomic=atomic)
    return [pending.outcome() for pending in batch]


def _require_verbs(
    ctx: Context, entity: Entity, writes: Sequence[Create | Change]
) -> None:
    if entity.mirrors and not ctx.actor.is_system:
        raise Denied(
            "access.mirrored",
            f"{entity.plural} follow the metadata and are changed there.",
        )
    if any(isinstance(write, Create) for write in writes):
        gate.require(ctx, entity.key, "create")
    if any(isinstance(write, Change) for write in writes):
        gate.require(ctx, entity.key, "update")


def _pending(ctx: Context, at: int, write: Create | Change) -> Pending:
    own = write.id if isinstance(write.id, str) and write.id else new_id()
    pending = Pending(at=at, id=own, named=named_values(write.values), values={})
    if isinstance(write, Create):
        pending.facts = frozenset(write.facts)
        pending.named |= write.facts
        if write.id is not None:
            pending.own_id = True
            read_id(pending, write.id)
    return pending


def _load_before(
    ctx: Context, entity: Entity, batch: list[Pending], writes: Sequence[Create | Change]
) -> None:
    """Read what is to be changed, as it is now, refusing what the actor may not see or change."""
    changing = [p for p, write in zip(batch, writes, strict=True) if isinstance(write, Change)]
    if not changing:
        return
    found = load_stored(ctx, entity, [pending.id for pending in changing], "update")
    for pending in changing:
        if pending.id not in found:
            pending.refusal = NotFound("record.not-found", "There is no such record.")
            continue
        before, may_change = found[pending.id]
        if not may_change:
            message = f"You may not change this {entity.label.lower()}."
            pending.refusal = Denied("access.record", message)
        pending.before = before
        pending.values = dict(before)


def load_stored(
    ctx: Context,
    entity: Entity,
    ids: Sequence[str],
    action: str,
    *,
    trash: bool = False,
    lock: bool = True,
) -> dict[str, tuple[dict[str, Any], bool]]:
    """Whole records that the actor may read, each with whether the action is open to the actor.

    They stay as they are until the transaction ends, unless they are for looking at only. The
    values serve rules and the change log; they are not for showing.
    """
    statement, load = _whole_rows(ctx, entity, action, trash=trash)
    if lock:
        statement = statement.with_for_update()
    found: dict[str, tuple[dict[str, Any], bool]] = {}
    for some in portions(sorted({each for each in ids if is_id(each)})):
        for row in ctx.execute(statement, ids=some):
            values = load(row)
            found[str(values["id"])] = (values, bool(row[-1]))
    return found


def _whole_rows(
    ctx: Context, entity: Entity, action: str, *, trash: bool
) -> tuple[sa.Select[Any], Loader]:
    """Open rows with the columns of every field, and whether an action is open too."""

    def prepare() -> tuple[sa.Select[Any], Loader]:
        origin = gate.source(ctx, entity.key, trash=trash)
        system = ctx.as_system()
        columns: list[sa.ColumnElement[Any]] = []
        spans: list[tuple[str, int, int]] = []
        for key in entity.fields:
            if not ctx.machine.behaviour(entity.key, key).is_kept:
                continue  # what is worked out when it is read is no part of the row
            stored = gate.columns(system, origin, key, "write")
            if stored:
                spans.append((key, len(columns), len(columns) + len(stored)))
                columns += stored
        allowed = gate.predicate(ctx, entity, origin.table, action)
        statement = (
            sa.select(*columns, sa.case((allowed, sa.true()), else_=sa.false()).label("allowed"))
            .where(given(origin.table.c.id, "ids"), origin.predicate)
            .order_by(origin.table.c.id)  # whoever locks several does it in the same order
        )
        behaviours = {key: ctx.machine.behaviour(entity.key, key) for key, _, _ in spans}
        return statement, make_loader(behaviours, spans)

    key = ("whole rows", entity.key, action, trash, gate.standing(ctx))
    return ctx.machine.remembered(key, prepare)


def _read(ctx: Context, entity: Entity, pending: Pending, write: Create | Change) -> None:
    known = write.version if isinstance(write, Change) else None
    if known is not None and pending.before is not None and known != pending.before["version"]:
        pending.refusal = moved(ctx, entity, pending)
        return
    read_payload(ctx, entity, pending)
    if pending.is_new:
        defaults.fill(ctx, entity, pending)


def _check(ctx: Context, entity: Entity, pending: Pending) -> None:
    defaults.require_filled(ctx, entity, pending)
    stages.check_move(ctx, entity, pending)
    if pending.is_good:
        rules.check_rules(ctx, entity, pending)
    _note_old(ctx, entity, pending)


def _note_old(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Remember the old value of each field that is really to change."""
    if pending.before is None:
        return
    for key, value in pending.values.items():
        if not entity.fields[key].system and pending.before.get(key) != value:
            pending.old[key] = pending.before.get(key)
    for key, ends in pending.links.items():
        if set(ends) != set(pending.links_before.get(key, ())):
            pending.old[key] = pending.links_before.get(key, [])
