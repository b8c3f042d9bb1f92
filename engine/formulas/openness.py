"""How far the making of a formula is open to whoever may see its value.

A published formula may look at what its reader may not see: at closed fields, and at records that
are not open to them.
"""

from engine.access import gate
from engine.access.known import is_open_expression
from engine.context import Context
from engine.formulas.graph import Formula, graph_of
from metadata.catalog import Entity


def is_open(ctx: Context, entity: Entity, key: str) -> bool:
    """Whether a field may be read."""
    return gate.can(ctx, entity.key, "read") and gate.is_readable(ctx, entity, key)


def is_spoken_of(ctx: Context, formula: Formula) -> bool:
    """Whether the text of a formula names nothing that is closed."""
    entity = ctx.machine.catalog.entities[formula.field.entity]
    return is_open_expression(ctx, entity, formula.expression.source)


def is_all_open(ctx: Context, formula: Formula) -> bool:
    """Whether the reader sees all that the value is made of, or is shown what they see of it."""
    if ctx.actor.is_system:
        return True
    if not formula.is_published:
        return gate.is_readable(ctx, ctx.machine.catalog.entities[formula.field.entity], formula.field.key)
    over = graph_of(ctx.machine).goes_over(formula.name)
    return is_spoken_of(ctx, formula) and all(gate.rights(ctx, each).read == "all" for each in over)
