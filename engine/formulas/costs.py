"""What a formula costs: how the database goes about it, and how many records are refreshed when
something changes that it looks at.

Numbers of records are told only to those who may read them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.formulas.graph import Formula, Way
from engine.formulas.openness import is_all_open
from engine.formulas.turns import among_ids
from engine.formulas.upkeep import MOST_AT_ONCE, answers
from engine.formulas.walking import ends_of
from engine.ids import new_id
from engine.records.wording.phrases import joined, lowered
from engine.storage.explaining import Look, looks

MOST_COUNTED = 10_000  # pairs of records that are looked at to tell how many hang together


@dataclass(frozen=True, slots=True)
class Spread:
    """How many records are refreshed when one that they look at changes: usually, and at most. Where
    counting was broken off there may be more. `of` says which changes, such as "one of its deals".
    """

    of: str
    usual: int = 1
    most: int = 1
    is_capped: bool = False

    @property
    def words(self) -> str:
        """The numbers in a sentence."""
        if not self.of:
            return "When the record itself changes, it alone is refreshed."
        if self.most <= 1:
            return f"When {self.of} changes, one record is refreshed."
        least = "at least " if self.is_capped else ""
        later = " So many are refreshed soon after." if self.most > MOST_AT_ONCE else ""
        return (
            f"When {self.of} changes, {self.usual:,} records are refreshed as a rule, "
            f"and {least}{self.most:,} at most.{later}"
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """The plan in words, and how far changes spread; nothing spreads to what is worked out when read."""

    plan: tuple[str, ...]
    spread: tuple[Spread, ...]


def asked_for(ctx: Context, formula: Formula) -> sa.Select[Any]:
    """What the database is asked, to work a formula out for some records."""
    system = ctx.as_system()
    if formula.is_stored:
        return answers(system, formula.field.entity, [formula], among_ids)
    origin = gate.every_row(system, formula.field.entity)
    return sa.select(*gate.columns(system, origin, formula.field.key)).where(among_ids(origin.table.c.id))


def cost_of(ctx: Context, formula: Formula) -> Cost | None:
    """What a formula costs; None where the numbers are not open to the asker."""
    entities = {formula.field.entity, *(read.entity for read in formula.reads)}
    if not is_all_open(ctx, formula) or any(gate.rights(ctx, each).read != "all" for each in entities):
        return None
    given = ctx.asker() | {"ids": [new_id()]}
    found = looks(ctx.connection, asked_for(ctx, formula), given)
    plan = dict.fromkeys(filter(None, (_say(ctx, look) for look in found)))
    return Cost(tuple(plan), tuple(_spreads(ctx, formula)) if formula.is_stored else ())


def _say(ctx: Context, look: Look) -> str:
    """A look at the records of an entity, in words; nothing for what is no such table."""
    found = ctx.machine.looked_at(look)
    if found is None:
        return ""
    entity, fields = found
    about = "" if look.rows is None else f", about {look.rows:,} of them"
    if not look.index:
        return f"{entity.plural}: every one is read{about}."
    return f"{entity.plural}: found by an index of {joined([each.label for each in fields], 'and')}{about}."


def _spreads(ctx: Context, formula: Formula) -> Iterator[Spread]:
    ways = dict.fromkeys(read.way for read in formula.reads)
    for of, way in {_named(way): way for way in ways}.items():
        is_of_one = all(step.is_inverse and step.kind != "many" for step in way)
        yield Spread(of) if is_of_one else _spread(ctx, way, of)


def _named(way: Way) -> str:
    if not way:
        return ""
    label = lowered(" of ".join(step.label or step.key for step in reversed(way)))
    return f"one of its {label}" if any(step.many for step in way) else f"its {label}"


def _spread(ctx: Context, way: Way, of: str) -> Spread:
    """How many records begin ways that end at the same one, told from so many pairs of them."""
    first, last, conditions = ends_of(ctx, way[0])
    for step in way[1:]:
        near, far, more = ends_of(ctx, step)
        conditions, last = (*conditions, near == last, *more), far
    pairs = sa.select(first.label("near"), last.label("far"))
    some = pairs.where(first.is_not(None), last.is_not(None), *conditions).limit(MOST_COUNTED).subquery()
    number = sa.func.count(some.c.near.distinct()).label("number")
    each = sa.select(number).group_by(some.c.far).subquery()
    count = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    asked = sa.select(sa.func.avg(each.c.number), sa.func.max(each.c.number), count)
    usual, most, looked_at = ctx.connection.execute(asked).one()
    return Spread(of, round(usual or 0), most or 0, looked_at >= MOST_COUNTED)
