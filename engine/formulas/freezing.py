"""Freezing: from the write in which its condition first holds, a formula's value is kept as it was then.

A mark in a table of its own says so, as long as the condition holds: neither rates nor inputs move
the value, nor does recomputing. When the condition ceases to hold, the mark goes and the value moves
again, so that what was frozen by mistake is mended by taking the mistake back; holding once more, it
freezes the value of then.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions import asker
from engine.expressions.facts import late_facts
from engine.expressions.sql import compile_sql
from engine.formulas.graph import Formula, graph_of
from engine.formulas.putting_off import called
from engine.formulas.turns import Choose
from engine.machine import Machine
from engine.records.filters import RowScope
from engine.storage.system import pulse_frozen

Condition = sa.ColumnElement[bool]


def is_frozen(machine: Machine, formula: Formula, own: sa.ColumnElement[str]) -> Condition:
    """Whether a formula's value stays as it is in the record with an id."""
    mark = pulse_frozen.alias()
    return sa.exists().where(mark.c.field == called(machine, formula), mark.c.record_id == own)


def frozen_since(ctx: Context, formula: Formula, record_id: str) -> datetime | None:
    """The moment from which on a formula's value stays as it is in a record; None while it moves."""
    if formula.freeze_when is None:
        return None
    mine = pulse_frozen.c.field == called(ctx.machine, formula), pulse_frozen.c.record_id == record_id
    since: datetime | None = ctx.connection.execute(sa.select(pulse_frozen.c.at).where(*mine)).scalar()
    return since


def holds(ctx: Context, formula: Formula, own: sa.ColumnElement[str]) -> Condition:
    """Whether the condition that freezes a formula holds for the record with an id, as the machine sees it."""
    assert formula.freeze_when is not None  # noqa: S101 - asked of those that are frozen at times
    system = ctx.as_system()
    origin = gate.every_row(system, formula.field.entity)
    met = compile_sql(formula.freeze_when, RowScope(system, origin, late_facts(system)))
    return sa.exists().where(origin.table.c.id == own, met)


def thaw(ctx: Context, formula: Formula, chosen: Choose) -> sa.Delete:
    """Take the marks off those of the chosen records for which the condition holds no more."""
    record = pulse_frozen.c.record_id
    mine = pulse_frozen.c.field == called(ctx.machine, formula)
    return sa.delete(pulse_frozen).where(mine, chosen(record), sa.not_(holds(ctx, formula, record)))


def mark_frozen(ctx: Context, formula: Formula, chosen: Choose) -> sa.Insert:
    """Mark those of the chosen records for which the condition holds now, from this moment on."""
    own = gate.every_row(ctx, formula.field.entity).table.c.id
    field = called(ctx.machine, formula)
    new = sa.select(sa.literal(field), own, asker.ASKED_AT).where(
        chosen(own), holds(ctx, formula, own), sa.not_(is_frozen(ctx.machine, formula, own))
    )
    return sa.insert(pulse_frozen).from_select(["field", "record_id", "at"], new)


def forget_records(connection: sa.Connection, ids: Collection[str]) -> None:
    """Take the marks off records that are no more."""
    connection.execute(sa.delete(pulse_frozen).where(pulse_frozen.c.record_id.in_(ids)))


def forget_formula(connection: sa.Connection, machine: Machine, formula: Formula) -> None:
    """Take all marks of a formula away."""
    connection.execute(sa.delete(pulse_frozen).where(pulse_frozen.c.field == called(machine, formula)))


def forget_others(connection: sa.Connection, machine: Machine) -> None:
    """Take the marks of all formulas away that are not frozen any more, whatever happens."""
    formulas = graph_of(machine).formulas.values()
    freezing = [called(machine, each) for each in formulas if each.freeze_when is not None]
    connection.execute(sa.delete(pulse_frozen).where(pulse_frozen.c.field.not_in(freezing)))
