"""Catching up: what was put off is worked off soon after, a portion at a time.

Each portion is a transaction of its own that also strikes it off, so whoever is stopped in between
has lost nothing, and several may work side by side. What comes of it is passed on to the formulas
above, as a write's own upkeep does.
"""

import sqlalchemy as sa

from engine.context import Context
from engine.formulas.filling import next_stretch
from engine.formulas.graph import Formula
from engine.formulas.putting_off import by_call, is_anything_left, waiting
from engine.formulas.turns import take_turn
from engine.formulas.upkeep import refresh, work_out, work_out_between
from engine.formulas.walking import Touched
from engine.storage.system import pulse_refresh
from engine.tenant import Tenant


def catch_up(tenant: Tenant) -> int:
    """Work off all that was put off. Answers with the number of portions."""
    count = 0
    while True:
        with tenant.writing() as ctx:
            if not catch_up_some(ctx):
                return count
        count += 1


def catch_up_some(ctx: Context) -> bool:
    """Work off a portion; False when nothing is left that nobody else is working on."""
    row = ctx.connection.execute(
        sa.select(pulse_refresh).order_by(pulse_refresh.c.id).limit(1).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return False
    formula = by_call(ctx.machine).get(row.field)
    if formula is not None:
        take_turn(ctx, formula.field.entity)
    if formula is None:  # it is gone by now, or is not stored any more
        _strike_off(ctx, row.id)
        return True
    changed = _work_off(ctx, formula, row)
    if changed:
        touched = Touched(formula.field.entity, {formula.field.key: changed})
        refresh(ctx, [touched], with_own=True, passing_over=waiting(ctx, untouched=True))
    return True


def _work_off(ctx: Context, formula: Formula, row: sa.Row[*tuple[object, ...]]) -> list[str]:
    """Work one portion off, and strike it off. Answers with the records whose values changed."""
    entity = formula.field.entity
    if row.ids is not None:
        _strike_off(ctx, row.id)
        return work_out(ctx, entity, [formula], row.ids)
    stretch = next_stretch(ctx, entity, row.done)
    if stretch is None:
        _strike_off(ctx, row.id)
        return []
    own = pulse_refresh.c.id == row.id
    ctx.connection.execute(sa.update(pulse_refresh).where(own).values(done=stretch[1]))
    return work_out_between(ctx, entity, [formula], *stretch)


def _strike_off(ctx: Context, portion: int) -> None:
    ctx.connection.execute(sa.delete(pulse_refresh).where(pulse_refresh.c.id == portion))


def is_behind(tenant: Tenant) -> bool:
    """Whether anything was put off."""
    with tenant.database.reading() as connection:
        return bool(connection.execute(sa.select(is_anything_left())).scalar())
