"""Commands: the only ways to change a record, whoever asks.

Screens, the API, imports and everything that happens by itself call these, so rules
and permissions hold everywhere alike. Each works inside the caller's transaction and
raises Refused; the caller's transaction then ends as if nothing had been asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import Refused
from engine.records.batch import PrepareLinks, write_batch
from engine.records.belonging import Going
from engine.records.destroying import destroy
from engine.records.queries import find_record
from engine.records.record import Record
from engine.records.trash import restore, trash
from engine.records.writes import Change, Create, Outcome, Trash, Write


def create_record(
    ctx: Context,
    entity: str,
    values: Mapping[str, Any],
    *,
    id: str | None = None,  # noqa: A002
    facts: Mapping[str, Any] | None = None,
) -> Record:
    """Create a record of typed values, and answer with it as its author may see it.

    `facts` are values of fields that only the machine itself may set.
    """
    declared = gate.find_entity(ctx, entity)
    create = Create(values=values, id=id, facts=facts or {})
    [outcome] = write_batch(ctx, declared, [create], atomic=True)
    return find_record(ctx, entity, _id_of(outcome))


def change_record(
    ctx: Context,
    entity: str,
    record_id: str,
    values: Mapping[str, Any],
    *,
    version: int | None = None,
) -> Record:
    """Change the named fields. With `version`, refuse as Moved when the record has another.

    Values that the record has already change nothing, and leave no entry in its history.
    """
    declared = gate.find_entity(ctx, entity)
    change = Change(id=record_id, values=values, version=version)
    [outcome] = write_batch(ctx, declared, [change], atomic=True)
    return find_record(ctx, entity, _id_of(outcome))


def trash_record(
    ctx: Context, entity: str, record_id: str, *, version: int | None = None
) -> None:
    """Put a record in the trash, with the records that belong to it."""
    trash(ctx, gate.find_entity(ctx, entity), [Trash(id=record_id, version=version)])


def restore_record(ctx: Context, entity: str, record_id: str) -> Record:
    """Take a record out of the trash, with what went there along with it."""
    restore(ctx, gate.find_entity(ctx, entity), record_id)
    return find_record(ctx, entity, record_id)


def destroy_record(
    ctx: Context, entity: str, record_id: str, *, version: int | None = None
) -> Going:
    """Remove a record for good. Needs the capability purge. Answers with the ids of all that went."""
    return destroy(ctx, gate.find_entity(ctx, entity), record_id, version=version)


def apply_batch(
    ctx: Context,
    entity: str,
    writes: Sequence[Write],
    *,
    atomic: bool = True,
    prepare_links: PrepareLinks | None = None,
) -> list[Outcome]:
    """Do many writes of one entity, in order of kind: creates and changes first, then trash.

    Atomic: any refusal refuses all, and nothing may be kept; the caller's transaction must not
    be committed when an outcome carries a refusal. Otherwise the good ones are done.
    `prepare_links` may make what these point to: see `write_batch`.
    """
    declared = gate.find_entity(ctx, entity)
    saves = [write for write in writes if not isinstance(write, Trash)]
    saved = iter(
        write_batch(ctx, declared, saves, atomic=atomic, prepare_links=prepare_links)
        if saves
        else ()
    )
    outcomes: list[Outcome] = []
    for write in writes:
        if isinstance(write, Trash):
            outcomes.append(_try_trash(ctx, declared.key, write))
        else:
            outcomes.append(next(saved))
    return outcomes


def _try_trash(ctx: Context, entity: str, write: Trash) -> Outcome:
    try:
        trash(ctx, gate.find_entity(ctx, entity), [write])
    except Refused as refusal:
        return Outcome(refusal=refusal)
    return Outcome(id=write.id)


def _id_of(outcome: Outcome) -> str:
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome.id or ""
