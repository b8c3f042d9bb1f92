"""Whose turn it is, where several write at once. SQLite has one writer anyway.

Rows are held before formulas are worked out for them, in the order of their ids, so that whoever
comes second sees what the first has written. Where a write may lead back to records of its own kind,
by way of what they link to, no order of rows would do: such writers go one after the other.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.rates import RATES
from engine.context import Context
from engine.expressions.terms import given
from engine.formulas.graph import graph_of

LOCK = 7_305_817_318  # what PostgreSQL calls the turn
RATED = 7_305_817_319  # and the turn of those who write exchange rates, for whom all others wait
Choose = Callable[[sa.ColumnElement[str]], sa.ColumnElement[bool]]  # records, by their ids


def take_turn(ctx: Context, entity: str) -> None:
    """Wait for those who write to records from which formulas may lead here, and have them wait for us."""
    if ctx.connection.dialect.name != "postgresql":
        return
    graph = graph_of(ctx.machine)
    if graph.rated:
        _wait_for_rates(ctx, entity)
    if entity in graph.circular and not ctx.prepared.get("turn"):
        ctx.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        ctx.prepared["turn"] = True


def _wait_for_rates(ctx: Context, entity: str) -> None:
    """Who writes rates does so alone: else one would miss the rates, or the records, of the other."""
    lock = sa.func.pg_advisory_xact_lock if entity == RATES else sa.func.pg_advisory_xact_lock_shared
    if not ctx.prepared.get(("rates", entity == RATES)):
        ctx.connection.execute(sa.select(lock(RATED)))
        ctx.prepared["rates", entity == RATES] = True


def hold(ctx: Context, entity: str, chosen: Choose, wanted: dict[str, Any]) -> None:
    """Nobody else changes these records before we are done."""

    def prepare() -> sa.Select[tuple[str]]:
        own = gate.every_row(ctx, entity).table.c.id
        return sa.select(own).where(chosen(own)).order_by(own).with_for_update(key_share=True)

    if ctx.connection.dialect.name == "postgresql":
        ctx.connection.execute(ctx.machine.remembered(("hold", entity, chosen), prepare), wanted)


def among_ids(own: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Those with the `ids` that are given when it is asked."""
    return given(own, "ids")


def in_stretch(own: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Those from the `first` id to the `last` that are given when it is asked."""
    first: sa.BindParameter[str] = sa.bindparam("first", required=True)
    last: sa.BindParameter[str] = sa.bindparam("last", required=True)
    return sa.and_(own >= first, own <= last)
