"""Rates that change: the stored formulas that turn money are worked out anew, wherever that may matter.

Which records a rate is asked for can't be told from the rate, so all are looked at; only those whose
value really changes are written, and lead on.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.access import gate
from engine.access.rates import DECISIVE, RATES
from engine.context import Context
from engine.formulas.graph import Formula, Graph
from engine.formulas.putting_off import put_off_all, waiting
from engine.formulas.walking import Touched


def affected_by_rates(ctx: Context, graph: Graph, touched: Touched, most: int) -> Iterator[tuple[Formula, set[str]]]:
    """The formulas that rates decide about, each with all records there are. Where these are very many,
    the formula is noted down to be worked out for all of them.
    """
    if touched.entity != RATES or not any(touched.fields.get(key) for key in DECISIVE):
        return
    known = waiting(ctx, untouched=True) if graph.rated else frozenset()
    for formula in graph.rated:
        own = gate.every_row(ctx, formula.field.entity).table.c.id
        ids = set(ctx.connection.execute(sa.select(own).limit(most + 1)).scalars())
        if len(ids) <= most:
            yield formula, ids
        elif formula.name not in known:
            put_off_all(ctx, formula)
