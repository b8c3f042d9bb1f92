"""A record as somebody is typing it, before anything is written.

What can't be read counts as empty, and so does a link to what the typist can't see: nobody learns
of a record by pointing at it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import NotFound, ValueRefused
from engine.expressions.facts import facts_of
from engine.expressions.results import fitted
from engine.formulas.graph import Formula, graph_of
from engine.formulas.own import work_out
from engine.records import defaults
from engine.records.batch import load_stored
from engine.records.holding import what_comes
from engine.records.links import load_links_before
from engine.records.offers import check_offers
from engine.records.titles import load_titles
from engine.records.writes import Pending
from metadata.catalog import Entity
from metadata.syntax import Path


def try_record(
    ctx: Context, entity: Entity, typed: Mapping[str, Any], record_id: str | None = None
) -> Pending:
    """The record that these typed values would make, of a new one or of one that there is."""
    pending = Pending(at=0, id=record_id or "", named=dict(typed), values={})
    if record_id is not None:
        found = load_stored(ctx, entity, [record_id], "update", lock=False)
        if record_id not in found:
            raise NotFound("record.not-found", f"There is no such {entity.label.lower()}.")
        pending.before = found[record_id][0]
        pending.values = dict(pending.before)
    for key, value in typed.items():
        _read(ctx, entity, pending, key, value)
    if pending.is_new:
        defaults.fill(ctx, entity, pending)
        defaults.fill_far(ctx, entity, [pending])
    work_out(ctx, entity, pending)
    return pending


def unoffered(ctx: Context, entity: Entity, pending: Pending) -> dict[str, str]:
    """What is wrong with the fields that were given what they do not offer."""
    load_links_before(ctx, entity, [pending])
    check_offers(ctx, entity, [pending])
    return {problem.pointer.strip("/"): problem.message for problem in pending.problems}


def is_tried(ctx: Context, entity: Entity, key: str) -> bool:
    """Whether a field is a formula whose coming value the actor may see: one that goes over nothing
    of which some is closed to them.
    """
    formula = graph_of(ctx.machine).formulas.get((entity.key, key))
    if formula is None or not gate.is_readable(ctx, entity, key):
        return False
    return gate.sees_all_of(ctx, formula.field)


def try_formulas(
    ctx: Context, entity: Entity, keys: Iterable[str], pending: Pending
) -> dict[str, Any]:
    """What formulas come to for a record as it is typed, each after those that it uses."""
    wanted = set(keys)
    values: dict[str, Any] = {}
    found: dict[Any, Any] = {}
    for formula in _used(ctx, entity, wanted):
        key = formula.field.key
        behaviour = ctx.machine.behaviour(entity.key, key)
        answer = what_comes(ctx, entity, {key: formula.expression}, pending, found)[key]
        value = fitted(answer, behaviour, facts_of(ctx), formula.currency)
        values[key] = pending.values[key] = value
        found[Path((key,))] = None if value is None else behaviour.operand(value)
    return {key: value for key, value in values.items() if key in wanted}


def _used(ctx: Context, entity: Entity, wanted: set[str]) -> list[Formula]:
    """The formulas that are wanted and those of the same record that they use, in their order."""
    graph = graph_of(ctx.machine)
    own = [formula for name, formula in graph.formulas.items() if name[0] == entity.key]
    names = {(entity.key, key) for key in wanted}
    for formula in reversed(own):
        if formula.name in names:
            names |= {(r.entity, r.key) for r in formula.reads if not r.way}
    return [formula for formula in own if formula.name in names]


def _read(ctx: Context, entity: Entity, pending: Pending, key: str, typed: Any) -> None:
    behaviour = ctx.machine.behaviour(entity.key, key)
    try:
        value = behaviour.parse(typed, ctx.actor.reader)
    except ValueRefused:
        value = None
    if behaviour.relation:
        given = behaviour.references(value) if value is not None else ()
        if len(load_titles(ctx, given)) < len(set(given)):
            value = None
    if behaviour.relation == "many":
        pending.links[key] = value or []
    else:
        pending.values[key] = value
