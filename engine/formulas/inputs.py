"""What went into a formula's value at a record: values by their labels, and what related records come
to, with how many they are and the first of them. Closed things are one, the last, and have no name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from engine.access import gate
from engine.access.known import KnownEntities
from engine.context import Context
from engine.errors import Denied
from engine.expressions.facts import facts_of
from engine.expressions.following import steps
from engine.expressions.sql import compile_sql
from engine.fields import Reference
from engine.formulas.graph import Formula
from engine.formulas.looking import Looked, counted
from engine.formulas.reasons import words_for
from engine.records.filters import RowScope
from engine.records.queries import find_record
from engine.records.record import Record
from engine.records.titles import load_titles
from engine.records.wording.operands import word_operand
from engine.records.wording.phrases import raised
from metadata.catalog import Entity
from metadata.expression_calls import is_over_many
from metadata.syntax import Call, Expression, Node, Path, children
from metadata.ways import Way, find_way

CLOSED = "something that is closed to you"
FIRST = 3  # related records that are named


@dataclass(frozen=True, slots=True)
class Used:
    """Something that went in. `count` tells how many records of an entity it is over, `of`, and `records`
    names the first. `field` is the entity and key of the field that a value is of.
    """

    label: str
    text: str = ""
    records: tuple[Reference, ...] = ()
    count: int | None = None
    field: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula that values come from, with its words, and where a path leads."""

    node: Node
    label: str
    way: Way | None


def parts_used(ctx: Context, formula: Formula) -> list[Part | None]:
    """The parts that values come from, each once; None for those that are closed."""
    entities, known = ctx.machine.catalog.entities, KnownEntities(ctx, "metadata")
    entity, reckoned = entities[formula.field.entity], words_for(ctx)
    found: list[Part | None] = []
    closed: list[None] = []
    for node in dict.fromkeys(_leaves(formula.expression.root, entity, entities)):
        try:
            way = find_way(known, entity.key, node.names) if isinstance(node, Path) else None
            found.append(Part(node, raised(reckoned.word(node, entity.key)), way))
        except Denied:
            closed = [None]
    return [*found, *closed]


def _leaves(node: Node, entity: Entity, entities: Mapping[str, Entity]) -> Iterator[Node]:
    match node:
        case Path():
            yield node
        case Call() if is_over_many(node, entity, entities):
            yield node
        case _:
            for child in children(node):
                yield from _leaves(child, entity, entities)


def used_at(looked: Looked, parts: Sequence[Part | None]) -> tuple[Used, ...]:
    """What went in at a record."""
    paths = [part.way.path for part in parts if part and part.way and _is_shown(part.way)]
    record = find_record(looked.ctx, looked.entity.key, looked.id, fields=paths)
    looked.look(_asked(part) for part in parts if part and not (part.way and _is_shown(part.way)))
    return tuple(Used(CLOSED) if part is None else _used(looked, record, part) for part in parts)


def _is_shown(way: Way) -> bool:
    """Whether a record shows what is there as the value of a field."""
    return way.field is not None and not way.is_part and way.kind != "records"


def _asked(part: Part) -> Node:
    """What is asked for a part: of related records by themselves, how many there are."""
    is_records = part.way is not None and part.way.kind == "records"
    return Call("count", (part.node,)) if is_records else part.node


def _used(looked: Looked, record: Record, part: Part) -> Used:
    way = part.way
    if way and way.field and _is_shown(way):
        value = record.values.get(way.path)
        name = f"{way.entity}.{way.field.key}"
        if isinstance(value, Reference):
            return Used(part.label, value.title or "", (value,), field=name)
        behaviour = looked.ctx.machine.behaviour(way.entity, way.field.key)
        text = "" if value is None else behaviour.show(value, looked.ctx.actor.reader)
        return Used(part.label, text, field=name)
    node = _asked(part)
    text = word_operand(looked.ctx, looked.value(node))
    if not isinstance(node, Call):
        return Used(part.label, text)
    over = replace(node, arguments=node.arguments[:1]) if node.name == "all" else node
    count = counted(over, looked.entity, looked.ctx.machine.catalog.entities)
    of, records = _first(looked, count)
    return Used(part.label, text, records, int(looked.value(count)), of=of)


def _first(looked: Looked, count: Call) -> tuple[str, tuple[Reference, ...]]:
    """The entity of the records that a call looks at, and the newest of those that are open."""
    ctx = looked.ctx
    origin = gate.source(ctx, looked.entity.key)
    call, near, links = steps(count, RowScope(ctx, origin, facts_of(ctx)))
    related = near.follow(call.arguments[0].names[0])  # type: ignore[attr-defined]  # steps saw to that
    far = related.scope.origin  # type: ignore[attr-defined]  # of a row, as all here
    conditions = [compile_sql(Expression("", each), related.scope) for each in call.arguments[1:]]
    statement = (
        sa.select(far.table.c.id)
        .select_from(origin.table, *(link.table for link in links), related.table)
        .where(origin.table.c.id == looked.id, origin.predicate)
        .where(*(link.condition for link in links), related.condition, *conditions)
        .order_by(far.table.c.id.desc())
        .limit(FIRST)
    )
    found = [Reference(far.entity.key, each) for each in ctx.execute(statement).scalars()]
    titles = load_titles(ctx, found)
    return far.entity.key, tuple(Reference(each.entity, each.id, titles.get(each)) for each in found)
