"""The parts of a rule or default that need other records than the one it is about: found in the
database beforehand, for many records at once, so that closures can go on from there.

They are found as the machine sees them, for whoever acts: a rule holds for everybody alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.facts import facts_of
from engine.expressions.sql import compile_term
from engine.expressions.terms import Term, given
from engine.fields import Reference
from engine.fields.money import Money
from engine.formulas.graph import graph_of
from engine.machine import Machine
from engine.records.filters import RowScope
from engine.records.portions import portions
from metadata import declarations
from metadata.askable import NEEDING_ROWS
from metadata.catalog import Entity
from metadata.expression_calls import is_over_many
from metadata.functions import OF_RECORDS
from metadata.syntax import Call, Expression, Node, Path, children

Found = Mapping[Node, Any]
OF_NOTHING: Mapping[str, Any] = {"count": Decimal(0), "sum": Decimal(0), "any": False, "all": True}


def far_parts(machine: Machine, entity: Entity, expression: Expression | None) -> frozenset[Node]:
    """The largest parts of an expression that its record alone can't answer."""
    if expression is None:
        return frozenset()
    key = ("far parts", entity.key, expression)
    known: frozenset[Node] | None = machine.cache.get(key)
    if known is None:
        known = machine.cache[key] = frozenset(_find(machine, entity, expression.root))
    return known


def _find(machine: Machine, entity: Entity, node: Node) -> Iterable[Node]:
    match node:
        case Path(names=names):
            return [node] if _is_far(machine, entity, names) else []
        case Call(name=name) if name in NEEDING_ROWS:
            return [node]
        case Call() if is_over_many(node, entity, machine.catalog.entities):
            return [node]
        case _:
            return [each for child in children(node) for each in _find(machine, entity, child)]


def _is_far(machine: Machine, entity: Entity, names: tuple[str, ...]) -> bool:
    first, *rest = names
    field, relation = entity.fields.get(first), entity.relations.get(first)
    if field is None and relation is None:
        if first == "old":
            return _is_far(machine, entity, tuple(rest))
        return first == "me" and names not in {("me",), ("me", "teams")}
    if relation is not None and relation.many:
        return True
    formula = graph_of(machine).formulas.get((entity.key, first))
    if formula is not None and not (formula.is_own and formula.is_stored):
        return True
    facts = declarations.declared(field.type).facts if field is not None else {}
    return bool(rest) and rest[0] not in facts


def stored_values(
    ctx: Context, entity: Entity, parts: Iterable[Node], ids: Sequence[str]
) -> dict[str, Found]:
    """What parts come to for records as they are stored, by id."""
    asked = sorted(parts, key=repr)
    if not asked or not ids:
        return {}
    origin = gate.every_row(ctx.as_system(), entity.key)
    terms = [_term(ctx, origin, each) for each in asked]
    columns = [column for term in terms for column in (term.column, term.currency)]
    statement = sa.select(
        origin.table.c.id, *(sa.null() if column is None else column for column in columns)
    ).where(given(origin.table.c.id, "ids"))
    found: dict[str, Found] = {}
    for some in portions(sorted(set(ids))):
        for row in ctx.execute(statement, ids=some):
            pairs = zip(asked, terms, row[1::2], row[2::2], strict=True)
            found[row[0]] = {part: operand_of(term, value, code) for part, term, value, code in pairs}
    return found


def try_parts(ctx: Context, entity: Entity, parts: Iterable[Node]) -> None:
    """Work parts out in SQL, without asking. ExpressionRefused for one that can't be."""
    origin = gate.every_row(ctx.as_system(), entity.key)
    for part in parts:
        _term(ctx, origin, part)


def coming_values(
    ctx: Context,
    entity: Entity,
    parts: Iterable[Node],
    values: Mapping[str, Any],
    record_id: str | None = None,
    known: dict[Any, Any] | None = None,
) -> Found:
    """What parts come to for a record with these values, before they are written: over its links as
    they are to be, and over the relations to many that the record has by now.

    `known` keeps what linked records answered, for those who ask for many records.
    """
    found: dict[Node, Any] = {}
    known = {} if known is None else known
    for part in parts:
        near = _first(part)
        link = Reference("user", ctx.actor.id or "") if near == "me" else values.get(near)
        if isinstance(link, Reference) and _is_longer(part):
            asked = part, link
            if asked not in known:
                known[asked] = _at(ctx, link.entity, link.id, _shorter(part))
            found[part] = known[asked]
        elif record_id is not None and not (near in entity.fields and _is_longer(part)):
            found |= stored_values(ctx, entity, [part], [record_id]).get(record_id, {})
        else:
            found[part] = OF_NOTHING.get(part.name) if isinstance(part, Call) else None
    return found


def _term(ctx: Context, origin: gate.Source, part: Node) -> Term:
    scope = RowScope(ctx.as_system(), origin, facts_of(ctx))
    return compile_term(Expression("", _without_old(part)), scope)


def _at(ctx: Context, entity: str, record_id: str, part: Node) -> Any:
    """What a part comes to at a linked record."""
    if entity not in ctx.machine.catalog.entities:
        return None
    declared = ctx.machine.catalog.entities[entity]
    return stored_values(ctx, declared, [part], [record_id]).get(record_id, {}).get(part)


def _first(part: Node) -> str:
    path = part.arguments[0] if isinstance(part, Call) and part.arguments else part
    return path.names[0] if isinstance(path, Path) else ""


def _is_longer(part: Node) -> bool:
    path = part.arguments[0] if isinstance(part, Call) and part.arguments else part
    least = 2 if isinstance(part, Call) and part.name not in OF_RECORDS else 1
    return isinstance(path, Path) and len(path.names) > least


def _shorter(part: Node) -> Node:
    """The same part as it stands at the record that its first step leads to."""
    if isinstance(part, Call) and isinstance(part.arguments[0], Path):
        path = replace(part.arguments[0], names=part.arguments[0].names[1:])
        return replace(part, arguments=(path, *part.arguments[1:]))
    return replace(part, names=part.names[1:]) if isinstance(part, Path) else part


def _without_old(part: Node) -> Node:
    return _shorter(part) if _first(part) == "old" else part


def is_of_old(part: Node) -> bool:
    """Whether a part speaks of the record as it was."""
    return _first(part) == "old"


def operand_of(term: Term, value: Any, code: str | None) -> Any:
    """What a closure goes on with."""
    if value is None:
        return None
    if term.kind == "money":
        return Money(Decimal(value), code) if code else Decimal(value)
    if term.kind in {"number", "duration"}:
        return Decimal(value)
    return bool(value) if term.kind == "boolean" else value
