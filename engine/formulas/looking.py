"""What the parts of formulas come to at one record, as somebody sees them.

All parts are asked for in one question, through the gate like any other; what is reckoned with
them is reckoned by the closures that also work formulas out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.context import Context
from engine.expressions.closure import Given, compile_closure
from engine.expressions.facts import facts_of, late_facts
from engine.expressions.sql import compile_term
from engine.expressions.terms import Term
from engine.records.filters import RowScope
from engine.records.remotes import operand_of
from metadata.askable import NEEDING_ROWS
from metadata.catalog import Entity
from metadata.expression_calls import is_over_many
from metadata.functions import OF_VALUES
from metadata.many import find_many
from metadata.syntax import Call, Expression, Node, Path, children

OF_ASKER = (("me",), ("me", "teams"))  # what is known without asking


class Looked:
    """The values of parts at one record. What was not looked at before is asked for when needed."""

    def __init__(self, ctx: Context, entity: Entity, record_id: str) -> None:
        self.ctx, self.entity, self.id = ctx, entity, record_id
        self._found: dict[Node, Any] = {}

    def look(self, nodes: Iterable[Node]) -> None:
        """Ask for everything that the values of nodes are made of."""
        entities = self.ctx.machine.catalog.entities
        parts = {part for node in nodes for part in parts_of(node, self.entity, entities)}
        missing = tuple(sorted(parts - self._found.keys(), key=repr))
        if not missing:
            return
        terms, statement = _asking(self.ctx, self.entity, missing)
        row = self.ctx.execute(statement, record_id=self.id).first()
        values: Iterable[Any] = row if row is not None else [None] * (2 * len(terms))
        pairs = iter(values)
        for part, term, value, code in zip(missing, terms, pairs, pairs, strict=True):
            self._found[part] = operand_of(term, value, code)

    def value(self, node: Node) -> Any:
        """What a node comes to."""
        self.look([node])
        closure = compile_closure(Expression("", node), self._found.keys())
        return closure(Given({}, facts_of(self.ctx), None, self._found))


def parts_of(node: Node, entity: Entity, entities: Mapping[str, Entity]) -> Iterator[Node]:
    """What the database is asked for: values at paths and on the way there, what related records
    come to and how many they are, and what else a record alone can't answer.
    """
    match node:
        case Path(names=names) if names in OF_ASKER:
            return
        case Path(names=names):
            first = 2 if names[0] == "me" else 1
            yield from (Path(names[:end]) for end in range(first, len(names) + 1))
        case Call() if is_over_many(node, entity, entities):
            yield node
            if node.name in OF_VALUES:
                yield counted(node, entity, entities)
        case Call(name=name) if name in NEEDING_ROWS:
            yield node
            yield from _below(node, entity, entities)
        case _ if any(_is_many(each, entity, entities) for each in children(node)):
            yield node
        case _:
            yield from _below(node, entity, entities)


def counted(node: Call, entity: Entity, entities: Mapping[str, Entity]) -> Call:
    """How many records a call looks at."""
    path = node.arguments[0]
    many = find_many(path.names, entity, entities) if isinstance(path, Path) else None
    names = (*many.before, many.relation.key) if many else ()
    return replace(node, name="count", arguments=(Path(names), *node.arguments[1:]))


def _below(node: Node, entity: Entity, entities: Mapping[str, Entity]) -> Iterator[Node]:
    for child in children(node):
        yield from parts_of(child, entity, entities)


def _is_many(node: Node, entity: Entity, entities: Mapping[str, Entity]) -> bool:
    return isinstance(node, Path) and find_many(node.names, entity, entities) is not None


def _asking(
    ctx: Context, entity: Entity, parts: tuple[Node, ...]
) -> tuple[list[Term], sa.Select[Any]]:
    def prepare() -> tuple[list[Term], sa.Select[Any]]:
        origin = gate.source(ctx, entity.key)
        scope = RowScope(ctx, origin, late_facts(ctx))
        terms = [compile_term(Expression("", part), scope) for part in parts]
        columns = [column for term in terms for column in (term.column, term.currency)]
        own = origin.table.c.id == sa.bindparam("record_id", required=True)
        asked = (sa.null() if column is None else column for column in columns)
        return terms, sa.select(*asked).where(own, origin.predicate)

    return ctx.machine.remembered(("parts", entity.key, parts, gate.standing(ctx)), prepare)
