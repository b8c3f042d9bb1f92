"""Proving that stored formulas are true: some records are worked out anew and compared.

That there is never a difference is what upkeep promises; whoever doubts it may look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.terms import given
from engine.fields import FieldType
from engine.formulas.freezing import is_frozen
from engine.formulas.graph import Formula, graph_of
from engine.formulas.upkeep import answers


@dataclass(frozen=True, slots=True)
class Untruth:
    """A record whose formula is kept as one value and comes to another."""

    formula: Formula
    record: str
    kept: Any
    worked_out: Any


def stored_formulas(ctx: Context) -> list[Formula]:
    """The formulas that are kept in columns."""
    return [each for each in graph_of(ctx.machine).formulas.values() if each.is_stored]


def untruths(ctx: Context, formula: Formula, sample: int) -> Iterator[Untruth]:
    """Those of some records, taken at random, in which a formula is not true. What is frozen stands for
    itself.
    """
    entity, key = formula.name
    own = gate.every_row(ctx, entity).table.c.id
    some = sa.select(own).order_by(sa.func.random()).limit(sample)
    if formula.freeze_when is not None:
        some = some.where(sa.not_(is_frozen(ctx.machine, formula, own)))
    ids = list(ctx.connection.execute(some).scalars())
    behaviour = ctx.machine.behaviour(entity, key)
    kept = dict(_read(ctx, behaviour, _kept(ctx, formula), ids))
    statement = answers(ctx, entity, [formula], lambda column: given(column, "ids"))
    for record, value in _read(ctx, behaviour, statement, ids):
        if value != kept[record]:
            yield Untruth(formula, record, kept[record], value)


def _kept(ctx: Context, formula: Formula) -> sa.Select[Any]:
    entity, key = formula.name
    rows = gate.every_row(ctx, entity)
    columns = gate.columns(ctx.as_system(), rows, key, "prove")
    return sa.select(rows.table.c.id, *columns).where(given(rows.table.c.id, "ids"))


def _read(
    ctx: Context, behaviour: FieldType[Any], statement: sa.Select[Any], ids: Sequence[str]
) -> Iterator[tuple[str, Any]]:
    """Values by record."""
    for row in ctx.connection.execute(statement, {"ids": list(ids)}):
        yield row[0], None if row[1] is None else behaviour.load(*row[1:])
