"""What the machine can't do of a catalog that makes sense: found by trying, before it is live.

A filter that can't be asked of a database, a rule that needs what is not there yet, a
default that its own field turns down: each would fail for somebody at work one day.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.access import gate
from engine.context import SYSTEM, Context
from engine.errors import ValueRefused
from engine.expressions.closure import compile_closure
from engine.expressions.facts import facts_of
from engine.expressions.sql import compile_sql
from engine.formulas.reading import work_out_here
from engine.machine import Machine
from engine.records.filters import RowScope
from engine.records.remotes import far_parts, try_parts
from metadata.building import show_problem
from metadata.catalog import Catalog, Entity
from metadata.compiler import Compiled
from metadata.diagnostics import Diagnostics
from metadata.merging import Layered
from metadata.screens import View
from metadata.syntax import Expression, ExpressionRefused

Where = tuple[str, ...]


def try_out(
    connection: sa.Connection, before: Catalog | None, after: Machine, compiled: Compiled
) -> Diagnostics:
    """Everything new that the machine can't do, told where it stands."""
    found = Diagnostics()
    ctx = Context(machine=after, connection=connection, actor=SYSTEM)
    known = before.entities if before else {}
    for entity in after.catalog.entities.values():
        if known.get(entity.key) is not entity:
            _try_entity(ctx, entity, compiled.documents["entity", entity.key], found)
            _try_formulas(ctx, entity, compiled.documents["entity", entity.key], found)
    for view in after.catalog.views.values():
        is_known = before is not None and before.views.get(view.key) == view
        if not is_known or known.get(view.entity) is not after.catalog.entities[view.entity]:
            _try_view(ctx, view, compiled.documents["view", view.key], found)
    return found


def _try_entity(ctx: Context, entity: Entity, layered: Layered, found: Diagnostics) -> None:
    for where, expression in _expressions(entity):
        try:
            parts = far_parts(ctx.machine, entity, expression)
            compile_closure(expression, parts)
            try_parts(ctx, entity, parts)
        except ExpressionRefused as refusal:
            _tell(layered, where, expression, refusal, found)
    for field in entity.declared:
        if field.default is not None and not isinstance(field.default, Expression):
            try:
                ctx.machine.behaviour(entity.key, field.key).parse(field.default)
            except ValueRefused as refusal:
                place = layered.place("fields", field.key, "default")
                found.error(place, "field.default", refusal.message)


def _expressions(entity: Entity) -> Iterator[tuple[Where, Expression]]:
    for field in entity.declared:
        if isinstance(field.default, Expression):
            yield ("fields", field.key, "default"), field.default
    for rule in entity.rules:
        for prop, expression in (("when", rule.when), ("check", rule.check)):
            if expression is not None:
                yield ("rules", rule.key, prop), expression


def _try_formulas(ctx: Context, entity: Entity, layered: Layered, found: Diagnostics) -> None:
    for field in entity.declared:
        if field.formula is not None:
            try:
                work_out_here(ctx, gate.source(ctx, entity.key), field)
            except ExpressionRefused as refusal:
                _tell(layered, ("fields", field.key, "formula"), field.formula, refusal, found)


def _try_view(ctx: Context, view: View, layered: Layered, found: Diagnostics) -> None:
    if view.where is None:
        return
    try:
        compile_sql(view.where, RowScope(ctx, gate.source(ctx, view.entity), facts_of(ctx)))
    except ExpressionRefused as refusal:
        _tell(layered, ("where",), view.where, refusal, found)


def _tell(
    layered: Layered,
    where: Where,
    expression: Expression,
    refusal: ExpressionRefused,
    found: Diagnostics,
) -> None:
    for problem in refusal.problems:
        show_problem(layered, where, expression.source, problem, found)
