"""Unique values that the undone thousands of a dry run would have taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.records.unique import constraints, taken
from engine.records.writes import Outcome
from metadata.catalog import Entity

AT_ONCE = 500


@dataclass(slots=True)
class Claims:
    """Who would hold which unique values, by the fields that are unique together."""

    entity: Entity
    held: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def check(self, ctx: Context, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Outcomes as they would have been with the earlier thousands in place."""
        checked = {outcome.id: outcome for outcome in outcomes if outcome.id is not None}
        for keys in constraints(self.entity):
            for record_id, values in self._stored(ctx, keys, list(checked)):
                claim = (keys, *values)
                if None not in values and self.held.setdefault(claim, record_id) != record_id:
                    checked[record_id] = Outcome(refusal=taken(ctx, self.entity, keys))
        return [checked.get(outcome.id, outcome) if outcome.id else outcome for outcome in outcomes]

    def _stored(
        self, ctx: Context, keys: tuple[str, ...], ids: list[str]
    ) -> list[tuple[str, tuple[Any, ...]]]:
        rows = gate.every_row(ctx.as_system(), self.entity.key)
        columns = [gate.column(ctx.as_system(), rows, key, "unique") for key in keys]
        found: list[tuple[str, tuple[Any, ...]]] = []
        for start in range(0, len(ids), AT_ONCE):
            some = rows.table.c.id.in_(ids[start : start + AT_ONCE])
            statement = sa.select(rows.table.c.id, *columns).where(some)
            found += [(row[0], tuple(row[1:])) for row in ctx.connection.execute(statement)]
        return found
