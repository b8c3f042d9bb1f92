"""What is still to be worked out after a write that touched very much, or a plan that said much anew.

It stands in a table, written in the transaction of whatever made it necessary, so that it is never
forgotten; `engine.formulas.catching_up` works it off. Until then a formula says that it is updating.
"""

from collections.abc import Collection

import sqlalchemy as sa

from engine.context import Context
from engine.formulas.graph import Formula, Graph, Name, graph_of
from engine.machine import Machine
from engine.storage.system import pulse_refresh

PORTION = 1_000  # records


def put_off(ctx: Context, formula: Formula, ids: Collection[str]) -> None:
    """Note down records for which a formula is to be worked out anew."""
    field, ordered = called(ctx.machine, formula), sorted(ids)
    portions = (ordered[at : at + PORTION] for at in range(0, len(ordered), PORTION))
    rows = [{"field": field, "ids": some, "done": ""} for some in portions]
    ctx.connection.execute(sa.insert(pulse_refresh), rows)


def put_off_all(ctx: Context, formula: Formula) -> None:
    """Note down that a formula is to be worked out for every record."""
    row = {"field": called(ctx.machine, formula), "ids": None, "done": ""}
    ctx.connection.execute(sa.insert(pulse_refresh).values(row))


def called(machine: Machine, formula: Formula) -> str:
    """What tells a formula from all others, whatever it is renamed to."""
    return f"{machine.catalog.entities[formula.field.entity].identity}/{formula.field.identity}"


def by_call(machine: Machine) -> dict[str, Formula]:
    """The formulas that are kept up, by what they are called here."""
    graph: Graph = graph_of(machine)
    return {called(machine, each): each for each in graph.formulas.values() if each.is_kept_up}


def is_anything_left() -> sa.ColumnElement[bool]:
    """Whether there is something to be worked out still, to be asked along with another question."""
    return sa.exists(sa.select(pulse_refresh.c.id)).label("is_updating")


def waiting(ctx: Context, *, untouched: bool = False) -> frozenset[Name]:
    """The formulas that are updating; `untouched` for those of which all is still to be done."""
    statement = sa.select(pulse_refresh.c.field).distinct()
    if untouched:
        statement = statement.where(pulse_refresh.c.ids.is_(None), pulse_refresh.c.done == "")
    known = by_call(ctx.machine)
    fields = ctx.connection.execute(statement).scalars()
    return frozenset(known[each].name for each in fields if each in known)


def updating(ctx: Context, entity: str) -> frozenset[str]:
    """The fields of an entity that are updating."""
    if not ctx.is_updating:
        return frozenset()
    known: frozenset[Name] | None = ctx.prepared.get("updating")
    if known is None:
        known = ctx.prepared["updating"] = waiting(ctx)
    return frozenset(key for of, key in known if of == entity)
