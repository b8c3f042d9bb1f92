"""Formulas that are worked out when they are read: because their value depends on the time or the
reader, or because the reader may not see all that the stored value was made of.
"""

from typing import Any

import sqlalchemy as sa

from engine.access.gate import Source, ways_to_read
from engine.context import Context
from engine.expressions.facts import late_facts
from engine.expressions.results import columns_of
from engine.expressions.sql import compile_term
from engine.formulas.graph import graph_of
from engine.records.filters import RowScope
from metadata.catalog import Field


@ways_to_read.register("formula")
def work_out_here(ctx: Context, origin: Source, field: Field) -> tuple[sa.ColumnElement[Any], ...]:
    """The columns of a formula's value for each row, of what the asker may see; of all, when it is published."""
    formula = graph_of(ctx.machine).formulas[field.entity, field.key]
    facts = late_facts(ctx)
    scope = RowScope(ctx.as_system() if formula.is_published else ctx, origin, facts)
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    return columns_of(compile_term(formula.expression, scope), behaviour, facts, formula.currency)
