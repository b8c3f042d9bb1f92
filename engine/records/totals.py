"""Counts and sums by group, in one question; amounts of different currencies are never added."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.dialects import whole_sum
from engine.records import filters
from metadata.syntax import Expression


@dataclass(slots=True)
class Totals:
    """How many records a group has, and what its fields add up to, by currency ("" for none)."""

    count: int = 0
    sums: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))


def group_totals(
    ctx: Context,
    entity: str,
    group: str,
    fields: Sequence[str],
    where: Sequence[str | Expression] = (),
    q: str = "",
) -> dict[Any, Totals]:
    """Totals by the stored value of a field. Money is summed for each currency by itself."""
    origin = gate.source(ctx, entity)
    conditions = [origin.predicate, *filters.conditions(ctx, origin, where, q)]
    by = gate.column(ctx, origin, group, "group")
    found: dict[Any, Totals] = defaultdict(Totals)
    counted = sa.select(by, sa.func.count()).where(*conditions).group_by(by)
    for key, count in ctx.execute(counted):
        found[key].count = count
    for name in fields:
        columns = gate.columns(ctx, origin, name, "aggregate")
        currency = columns[1] if len(columns) > 1 else sa.literal("")
        amount = whole_sum(columns[0])
        summed = (
            sa.select(by, currency, amount)
            .where(*conditions, columns[0].is_not(None))
            .group_by(by, currency)
            .order_by(by, currency)
        )
        for key, code, total in ctx.execute(summed):
            found[key].sums[name][code] = Decimal(total)
    return dict(found)
