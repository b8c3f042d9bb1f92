"""Filters of links: conditions on linked records, with what they ask of the record that links put in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.context import Context
from engine.expressions.functions import amount_of, as_text
from engine.records.links import linked
from engine.records.operands import operands_of
from engine.records.remotes import coming_values
from engine.records.writes import Pending
from metadata.catalog import Entity, Field
from metadata.functions import TO_MANY
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Expression,
    Items,
    Literal,
    Logic,
    Negative,
    Node,
    Not,
    Path,
)

Put = Mapping[Node, Node]


def asks_of_parent(condition: Expression) -> tuple[str, ...]:
    """The fields of the record that links which a filter depends on, as they are named."""
    paths = sorted(condition.paths, key=lambda path: path.column)
    return tuple(dict.fromkeys(path.names[1] for path in paths if path.names[0] == "parent"))


def fitting(ctx: Context, entity: Entity, field: Field, pending: Pending) -> Expression:
    """A field's filter for one record: which others it may link to, as it is to be."""
    condition: Expression = field.settings["filter"]
    asked = [path for path in condition.paths if path.names[0] == "parent"]
    put: Put = {path: _value(ctx, entity, path.names[1:], pending) for path in asked}
    return Expression(condition.source, _put(condition.root, put))


def _value(ctx: Context, entity: Entity, names: tuple[str, ...], pending: Pending) -> Node:
    own_id = None if pending.is_new else pending.id
    relation = entity.relations.get(names[0])
    if relation is not None and relation.many:
        ends = pending.links.get(names[0])
        if ends is None:
            ends = linked(ctx, relation, [own_id]).get(own_id, []) if own_id else []
        return Items(tuple(Literal(each.id) for each in ends))
    key = ".".join(names)
    operands = operands_of(ctx, entity, pending.values)
    if key in operands or len(names) == 1:
        return _literal(operands.get(key))
    path = Path(names)
    return _literal(coming_values(ctx, entity, [path], pending.values, own_id).get(path))


def _literal(value: Any) -> Node:
    """A value as it may stand in an expression; money is its amount."""
    value = amount_of(value)
    if isinstance(value, list):
        return Items(tuple(Literal(each) for each in value))
    if isinstance(value, date):
        return Literal(as_text(value))
    return Literal(value if isinstance(value, str | bool | Decimal) else None)


def _put(node: Node, put: Put) -> Node:
    """The same tree with other parts in place of some."""
    if node in put:
        return put[node]
    match node:
        case Call(name=name, arguments=(first, *_)) if name in TO_MANY and isinstance(first, Path):
            return node  # in there, `parent` is the linked record itself
        case Call(arguments=below):
            return replace(node, arguments=tuple(_put(each, put) for each in below))
        case Logic(operands=below):
            return replace(node, operands=tuple(_put(each, put) for each in below))
        case Items(items=below):
            return replace(node, items=tuple(_put(each, put) for each in below))
        case Not(operand=one) | Negative(operand=one):
            return replace(node, operand=_put(one, put))
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return replace(node, left=_put(left, put), right=_put(right, put))
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            parts = [_put(each, put) for each in (condition, then, otherwise)]
            return Conditional(*parts, column=node.column, length=node.length)
        case _:
            return node
