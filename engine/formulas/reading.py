"""Formulas that are worked out when they are read: because their value depends on the time or the
reader, or because the reader may not see all that the stored value was made of.
"""

from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Source, ways_to_read
from engine.context import Context
from engine.expressions.facts import late_facts
from engine.expressions.results import columns_of
from engine.expressions.sql import compile_term
from engine.formulas.freezing import is_frozen
from engine.formulas.graph import Formula, graph_of
from engine.records.filters import RowScope
from metadata.catalog import Field

Columns = tuple[sa.ColumnElement[Any], ...]


@ways_to_read.register("formula")
def work_out_here(ctx: Context, origin: Source, field: Field) -> tuple[sa.ColumnElement[Any], ...]:
    """The columns of a formula's value for each row, of what the asker may see; of all, when it is published."""
    formula = graph_of(ctx.machine).formulas[field.entity, field.key]
    facts = late_facts(ctx)
    scope = RowScope(ctx.as_system() if formula.is_published else ctx, origin, facts, pricing=formula.pricing)
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    worked_out = columns_of(compile_term(formula.expression, scope), behaviour, facts, formula.currency)
    return worked_out if formula.freeze_when is None else _frozen(ctx, origin, formula, worked_out)


def _frozen(ctx: Context, origin: Source, formula: Formula, worked_out: Columns) -> Columns:
    """What was kept where the formula is frozen. It is for whoever sees all that it was made of; for
    others it is empty, since what they may see has moved on.
    """
    field = formula.field
    is_kept = is_frozen(ctx.machine, formula, origin.table.c.id)
    sees_all = gate.sees_all_of(ctx, field)
    kept = [column if sees_all else sa.null() for column in gate.kept_columns(ctx, origin, field.key)]
    return tuple(
        sa.type_coerce(sa.case((is_kept, old), else_=new), new.type) for old, new in zip(kept, worked_out, strict=True)
    )
