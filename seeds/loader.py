"""Loading records that were written down beforehand: samples of the catalog, and whole stories.

Records refer to each other by local ids, which stand for real ones only while they are
loaded. Everything goes through the commands, so what is loaded met every rule.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.access.actors import load_actor
from engine.context import SYSTEM, Actor, Cause, Context
from engine.errors import NotFound, Refused
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import facts_of
from engine.fields import Reference
from engine.ids import is_id, new_id
from engine.plans.mirrors import mirror_id
from engine.records.commands import apply_batch
from engine.records.writes import Change, Create, Write
from metadata.expressions import parse_expression

NOBODY = ""  # acts that no person did


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did at a moment: they made a record, or changed one. `who` and `id` are local."""

    at: datetime
    who: str
    entity: str
    id: str
    values: Mapping[str, Any]
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """Which records the local ids stand for, and the people among them as actors."""

    references: dict[str, Reference]
    actors: dict[str, Actor]


def id_at(at: datetime, seed: str) -> str:
    """An id as if made at that moment (UUIDv7), the same whenever it is asked for."""
    tail = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:10], "big")
    moment = int(at.timestamp() * 1000) << 80
    number = moment | (7 << 76) | ((tail >> 62) & 0xFFF) << 64 | (2 << 62) | (tail & (2**62 - 1))
    return str(uuid.UUID(int=number))


def known_names(ctx: Context) -> Names:
    """The names that are known before anything is loaded: documents that records follow."""
    references = {
        key: Reference(entity.key, mirror_id(entity.mirrors, role.identity))
        for entity in ctx.machine.catalog.entities.values()
        if entity.mirrors
        for key, role in ctx.machine.catalog.roles.items()
    }
    return Names(references, {NOBODY: SYSTEM})


def load_sample(ctx: Context, key: str) -> Names:
    """Load a sample of the catalog, as the actor of the context and on the context's day."""
    sample = ctx.machine.catalog.samples.get(key)
    if sample is None:
        known = ", ".join(ctx.machine.catalog.samples) or "none"
        raise NotFound("sample.unknown", f'There is no sample "{key}". Samples: {known}.')
    names = known_names(ctx)
    names.actors[NOBODY] = ctx.actor
    acts = [Act(ctx.now(), NOBODY, entity, name, values) for entity, name, values in sample.records]
    perform(ctx, acts, names)
    return names


def perform(ctx: Context, acts: Iterable[Act], names: Names) -> int:
    """Do what a story tells, in its order, and answer with how many records it made or changed.

    Acts of one person, moment and entity that follow each other are one batch.
    """
    done = 0
    for batch in _batches(acts):
        acting = _as_person(ctx, batch[0].who, batch[0].at, names)
        writes = [_write(acting, act, names) for act in batch]
        outcomes = apply_batch(acting, batch[0].entity, writes)
        for act, write, outcome in zip(batch, writes, outcomes, strict=True):
            if outcome.refusal is not None:
                raise _not_loaded(act, outcome.refusal)
            names.references[act.id] = Reference(act.entity, str(write.id))
        done += len(batch)
    return done


def _batches(acts: Iterable[Act]) -> Iterator[list[Act]]:
    """Acts that may be done at once: alike, none about a record that another of them makes."""
    batch: list[Act] = []
    made: set[str] = set()
    for act in acts:
        if batch and (_sitting(act) != _sitting(batch[0]) or made & {act.id, *_mentioned(act)}):
            yield batch
            batch, made = [], set()
        batch.append(act)
        made.add(act.id)
    if batch:
        yield batch


def _sitting(act: Act) -> tuple[datetime, str, str, bool]:
    return act.at, act.who, act.entity, act.is_new


def _mentioned(act: Act) -> Iterator[str]:
    for said in act.values.values():
        if isinstance(said, str):
            yield said
        elif isinstance(said, list | tuple):
            yield from (each for each in said if isinstance(each, str))


def _as_person(ctx: Context, who: str, at: datetime, names: Names) -> Context:
    if who not in names.actors:
        user_id = names.references[who].id
        names.actors[who] = load_actor(ctx.connection, ctx.machine, user_id)
    return replace(
        ctx,
        actor=names.actors[who],
        clock=lambda: at,
        cause=Cause(via="seed"),
        changeset=new_id(),
        prepared={},
    )


def _write(ctx: Context, act: Act, names: Names) -> Write:
    values = {key: _value(ctx, act, key, said, names) for key, said in act.values.items()}
    if act.is_new:
        return Create(values=values, id=id_at(act.at, f"{act.entity}/{act.id}"))
    return Change(id=names.references[act.id].id, values=values)


def _value(ctx: Context, act: Act, key: str, said: Any, names: Names) -> Any:
    """What was written down for a field, its local ids made real and its expression worked out."""
    if isinstance(said, str) and said.startswith("="):
        closure = compile_closure(parse_expression(said[1:]))
        return closure(Given({}, facts_of(ctx)))
    field = ctx.machine.catalog.entities[act.entity].fields.get(key)
    if field is None or field.relation is None:
        return said
    if isinstance(said, Sequence) and not isinstance(said, str):
        return [_reference(act, key, each, names) for each in said]
    return _reference(act, key, said, names)


def _reference(act: Act, key: str, said: Any, names: Names) -> Any:
    if not isinstance(said, str) or is_id(said):
        return said
    if said not in names.references:
        message = f'{act.entity} "{act.id}": {key} names "{said}", which is not made before it.'
        raise Refused("seed.unknown-name", message)
    return names.references[said]


def _not_loaded(act: Act, refusal: Refused) -> Refused:
    words = "; ".join(f"{p.pointer[1:]}: {p.message}" for p in refusal.problems) or refusal.message
    return Refused("seed.refused", f'{act.entity} "{act.id}" was not loaded. {words}')


