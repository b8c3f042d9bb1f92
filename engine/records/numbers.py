"""Numbers that count up: each new record gets the next, and none is given twice."""

from collections.abc import Sequence

import sqlalchemy as sa

from engine.context import Context
from engine.records.writes import Pending
from engine.storage.system import pulse_counter
from metadata.catalog import Entity, Field


def next_numbers(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    """Give new records their generated values, in the order of the batch."""
    for field in entity.declared:
        behaviour = ctx.machine.behaviour(entity.key, field.key)
        if behaviour.generated:
            last = _count_up(ctx, field, len(batch))
            for number, pending in enumerate(batch, start=last - len(batch) + 1):
                pending.values[field.key] = behaviour.parse(number)


def _count_up(ctx: Context, field: Field, by: int) -> int:
    """Raise the field's counter, and answer with its new state. The row stays locked to the end."""
    counter = pulse_counter
    raised = (
        sa.update(counter)
        .where(counter.c.field == field.identity)
        .values(last=counter.c.last + by)
        .returning(counter.c.last)
    )
    last = ctx.connection.execute(raised).scalar()
    if last is None:
        start = int(field.settings.get("start", 1)) - 1
        ctx.connection.execute(sa.insert(counter).values(field=field.identity, last=start + by))
        return start + by
    return int(last)
