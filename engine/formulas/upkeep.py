"""Upkeep: whatever a write touches, the stored formulas that look at it are made true again in the
same transaction, for all affected records at once and for no others.

Formulas are refreshed level by level, each level in the database, and only records whose value
really changed lead on to the next. Nobody changed those records, so their version stays and their
history has no entry; the locks are taken in the order of ids, so that writers wait for each other
instead of standing in each other's way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.facts import Facts, facts_of, late_facts
from engine.expressions.results import columns_of
from engine.expressions.sql import compile_term
from engine.formulas.freezing import holds, is_frozen, mark_frozen, thaw
from engine.formulas.graph import Formula, Graph, Name, Way, graph_of
from engine.formulas.putting_off import put_off
from engine.formulas.rated import affected_by_rates
from engine.formulas.turns import Choose, among_ids, hold, in_stretch
from engine.formulas.walking import Touched, walk_back
from engine.records.filters import RowScope

Affected = dict[Name, set[str]]
MOST_AT_ONCE = 5_000  # records that a write may have refreshed while it is waited for


def refresh(
    ctx: Context,
    touched: Iterable[Touched],
    *,
    with_own: bool = False,
    passing_over: Collection[Name] = (),
) -> None:
    """Make every stored formula true again that looks at what was touched.

    Formulas over a record's own values were worked out by whoever wrote it, unless `with_own`.
    Where very many records are affected, they are noted down to be refreshed soon after the write.
    """
    graph = graph_of(ctx.machine)
    affected: Affected = defaultdict(set)
    ours: dict[str, set[str]] = defaultdict(set)  # rows that are written already, and so held
    for each in touched:
        ours[each.entity].update(each.new, *each.fields.values())
        _affect(ctx, graph, each, affected, with_own=with_own)
        for formula, ids in affected_by_rates(ctx, graph, each, MOST_AT_ONCE):
            affected[formula.name] |= ids
    while affected:
        name = min(affected, key=lambda name: (graph.formulas[name].level, name))
        if name in passing_over:
            del affected[name]
            continue
        ids, formula = affected[name], graph.formulas[name]
        together = [
            other
            for other in graph.found.get(name[0], ())
            if other.level == formula.level and affected.get(other.name) == ids
        ]
        for other in [formula, *together]:
            affected.pop(other.name, None)
        alike = [formula, *(other for other in together if other is not formula)]
        if len(ids) > MOST_AT_ONCE:
            for other in alike:
                put_off(ctx, other, ids)
            continue
        changed = work_out(ctx, name[0], alike, ids, are_held=ids <= ours[name[0]])
        if changed:
            changes = Touched(name[0], {other.field.key: changed for other in alike})
            _affect(ctx, graph, changes, affected, with_own=True)


def _affect(
    ctx: Context, graph: Graph, touched: Touched, affected: Affected, *, with_own: bool
) -> None:
    walked: dict[tuple[Way, frozenset[str]], set[str]] = {}
    for key, ids in touched.fields.items():
        for formula, way in graph.readers.get((touched.entity, key), ()):
            if formula.is_own and not with_own:
                continue
            asked = way, frozenset(ids)
            if asked not in walked:
                walked[asked] = walk_back(ctx, way, ids, touched)
            if walked[asked]:
                affected[formula.name] |= walked[asked]
    if touched.new:
        for formula in graph.found.get(touched.entity, ()):
            affected[formula.name] |= set(touched.new)


def work_out(
    ctx: Context,
    entity: str,
    formulas: Sequence[Formula],
    ids: Collection[str],
    *,
    are_held: bool = False,
) -> list[str]:
    """Work formulas of an entity out anew for records. Answers with those whose values changed."""
    wanted = {"ids": sorted(ids)}
    if not are_held:
        hold(ctx, entity, among_ids, wanted)
    return _put(ctx, entity, formulas, among_ids, wanted)


def work_out_between(
    ctx: Context, entity: str, formulas: Sequence[Formula], first: str, last: str
) -> list[str]:
    """Work formulas out anew for all records in a stretch of ids. Answers with those that changed."""
    wanted = {"first": first, "last": last}
    hold(ctx, entity, in_stretch, wanted)
    return _put(ctx, entity, formulas, in_stretch, wanted)


def _put(
    ctx: Context, entity: str, formulas: Sequence[Formula], chosen: Choose, wanted: dict[str, Any]
) -> list[str]:
    changed: set[str] = set()
    moving = [each for each in formulas if each.freeze_when is None]
    if moving:
        changed |= set(ctx.connection.execute(_refreshing(ctx, entity, moving, chosen), wanted).scalars())
    for each in formulas:
        if each.freeze_when is not None:
            changed |= _put_freezing(ctx, each, chosen, wanted)
    return sorted(changed)


def _put_freezing(ctx: Context, formula: Formula, chosen: Choose, wanted: dict[str, Any]) -> set[str]:
    """Work out a formula where it is not frozen, and freeze it where its condition holds now."""
    values = wanted | ctx.as_system().asker()
    ctx.connection.execute(thaw(ctx, formula, chosen), values)

    def moves(own: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        found = sa.and_(chosen(own), sa.not_(is_frozen(ctx.machine, formula, own)))
        return found if formula.is_stored else sa.and_(found, holds(ctx, formula, own))

    statement = _putting(ctx, formula.field.entity, [formula], moves, late_facts(ctx.as_system()))
    changed = set(ctx.connection.execute(statement, values).scalars())
    ctx.connection.execute(mark_frozen(ctx, formula, chosen), values)
    return changed


def _refreshing(ctx: Context, entity: str, formulas: Sequence[Formula], chosen: Choose) -> sa.Update:
    """One statement that puts new values where they differ from those there are."""

    names = tuple(each.name for each in formulas)
    return ctx.machine.remembered(
        ("refresh", names, chosen), lambda: _putting(ctx, entity, formulas, chosen, facts_of(ctx.as_system()))
    )


def _putting(ctx: Context, entity: str, formulas: Sequence[Formula], chosen: Choose, facts: Facts) -> sa.Update:
    table = ctx.machine.tables.of(entity)
    worked = answers(ctx, entity, formulas, chosen, facts).cte("worked").prefix_with("MATERIALIZED")
    columns = [c for each in formulas for c in ctx.machine.tables.columns(entity, each.field.key)]
    differs = (column.is_distinct_from(worked.c[column.name]) for column in columns)
    return (
        sa.update(table)
        .values({column.name: worked.c[column.name] for column in columns})
        .where(table.c.id == worked.c.id, sa.or_(*differs))
        .returning(table.c.id)
    )


def answers(
    ctx: Context, entity: str, formulas: Sequence[Formula], chosen: Choose, facts: Facts | None = None
) -> sa.Select[tuple[str]]:
    """What formulas come to for the records of an entity that are chosen by their ids, as the machine sees it."""
    system = ctx.as_system()
    origin = gate.every_row(system, entity)
    facts = facts or facts_of(system)
    scopes = [RowScope(system, origin, facts, pricing=each.pricing) for each in formulas]
    terms = [compile_term(each.expression, scope) for each, scope in zip(formulas, scopes, strict=True)]
    # What formulas come to is worked out once, however often it is named in fitting it to a field.
    parts = {f"{at}": term.column for at, term in enumerate(terms)}
    parts |= {f"{at}_code": term.currency for at, term in enumerate(terms) if term.currency is not None}
    raw = sa.select(origin.table.c.id, *(part.label(name) for name, part in parts.items()))
    found = raw.where(chosen(origin.table.c.id)).cte("found").prefix_with("MATERIALIZED")
    columns = []
    for at, (each, term) in enumerate(zip(formulas, terms, strict=True)):
        code = None if term.currency is None else found.c[f"{at}_code"]
        answer = replace(term, column=found.c[f"{at}"], currency=code)
        kept = ctx.machine.tables.columns(entity, each.field.key)
        behaviour = ctx.machine.behaviour(entity, each.field.key)
        fitting = columns_of(answer, behaviour, facts, each.currency)
        columns += [new.label(column.name) for new, column in zip(fitting, kept, strict=True)]
    return sa.select(found.c.id, *columns)
