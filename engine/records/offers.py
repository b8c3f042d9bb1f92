"""What a field offers for the rest of its record: choices on conditions, links to records that fit.

What was chosen before the conditions changed stays; only what is newly chosen must be offered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.errors import Denied
from engine.expressions.facts import facts_of
from engine.expressions.sql import compile_sql
from engine.expressions.terms import given
from engine.fields import Reference
from engine.records.filters import RowScope
from engine.records.holding import which_hold
from engine.records.parents import asks_of_parent, fitting
from engine.records.portions import portions
from engine.records.queries import MOST_LIMIT, Query, list_records
from engine.records.record import Record
from engine.records.writes import Pending
from metadata.catalog import Entity, Field
from metadata.syntax import Expression, Node

LOOKED_THROUGH = MOST_LIMIT  # records of which those are offered that fit, where a query may not ask


def check_offers(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    """Note a fault beside each field that was given what it does not offer."""
    good = [pending for pending in batch if pending.is_good]
    for field in entity.declared:
        if field.settings.get("choices_when"):
            for pending in good:
                _check_choice(ctx, entity, field, pending)
        if field.settings.get("filter") is not None:
            _check_links(ctx, entity, field, good)


def _check_choice(ctx: Context, entity: Entity, field: Field, pending: Pending) -> None:
    chosen = pending.values.get(field.key)
    is_same = pending.before is not None and pending.before.get(field.key) == chosen
    whens: Mapping[str, Expression] = field.settings["choices_when"]
    if chosen not in whens or is_same:
        return
    holding = which_hold(ctx, entity, whens, pending)
    if not holding[str(chosen)]:
        choices = field.settings["choices"]
        label = next(each.label for each in choices if each.key == chosen)
        offered = [c.label for c in choices if not c.retired and holding.get(c.key, True)]
        message = f'"{label}" is not offered here. You can choose: {", ".join(offered) or "nothing"}.'
        pending.find_fault(field.key, "choice.not-offered", message)


def _check_links(ctx: Context, entity: Entity, field: Field, batch: Sequence[Pending]) -> None:
    """Linked records are looked at together, of all writes that ask the same of them."""
    asked: dict[Node, list[tuple[Pending, Reference]]] = defaultdict(list)
    for pending in batch:
        for reference in _newly_linked(ctx, field, pending):
            asked[fitting(ctx, entity, field, pending).root].append((pending, reference))
    for root, pairs in asked.items():
        fit = fitting_ids(ctx, field, Expression("", root), {reference.id for _, reference in pairs})
        for pending, reference in pairs:
            if reference.id not in fit:
                pending.find_fault(field.key, "link.filtered", _way_on(ctx, entity, field))


def _newly_linked(ctx: Context, field: Field, pending: Pending) -> Iterator[Reference]:
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    if behaviour.relation == "many":
        before = pending.links_before.get(field.key, ())
        yield from (each for each in pending.links.get(field.key, ()) if each not in before)
        return
    value = pending.values.get(field.key)
    is_same = pending.before is not None and pending.before.get(field.key) == value
    if value is not None and not is_same:
        yield from behaviour.references(value)


def fitting_ids(ctx: Context, field: Field, condition: Expression, ids: Iterable[str]) -> set[str]:
    """Those of some records that a field may link to, whoever asks."""
    system = ctx.as_system()
    origin = gate.every_row(system, field.relation.to[0] if field.relation else "")
    meets = compile_sql(condition, RowScope(system, origin, facts_of(ctx)))
    statement = sa.select(origin.table.c.id).where(given(origin.table.c.id, "ids"), meets)
    found: set[Any] = set()
    for some in portions(sorted(ids)):
        found.update(ctx.execute(statement, ids=some).scalars())
    return found


def list_fitting(
    ctx: Context, entity: Entity, field: Field, pending: Pending, q: str, most: int
) -> list[Record]:
    """The records with these words that a field may link to, of those that the actor may see."""
    target = field.relation.to[0] if field.relation else ""
    condition = fitting(ctx, entity, field, pending)
    query = Query(entity=target, q=q, sort=("title",), fields=(), limit=most)
    try:
        return list_records(ctx, replace(query, where=(condition,))).records
    except Denied:  # the filter looks at what is closed to the actor, and holds for them all the same
        found = list_records(ctx, replace(query, limit=LOOKED_THROUGH)).records
        fit = fitting_ids(ctx, field, condition, [each.id for each in found])
        return [each for each in found if each.id in fit][:most]


def _way_on(ctx: Context, entity: Entity, field: Field) -> str:
    target = ctx.machine.catalog.entities[field.relation.to[0] if field.relation else ""]
    asked = asks_of_parent(field.settings["filter"])
    labels = [entity.fields[key].label for key in asked if gate.is_readable(ctx, entity, key)]
    if not labels:
        return f"This {target.label.lower()} can't be chosen here. Choose one that is offered."
    others = " and ".join(labels)
    return f"This {target.label.lower()} doesn't fit {others}. Choose one that does, or change {others} first."
