"""What an expression reads: which fields, of which entity, and over which relations it gets there.

What keeps a formula up to date, who may see it, and what depends on it are all told from this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from metadata import declarations
from metadata.catalog import Entity, Relation
from metadata.expression_calls import is_over_many
from metadata.expression_types import STATES
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Expression,
    Literal,
    Logic,
    Node,
    Path,
    children,
)
from metadata.value_types import value_of

PRESENCE = "trashed_at"  # whether a record is there at all


@dataclass(frozen=True, slots=True)
class Place:
    """The entity that names stand for in a part of an expression, and the way there."""

    entity: Entity
    way: tuple[Relation, ...] = ()
    outer: "Place | None" = None


@dataclass(frozen=True, slots=True)
class Read:
    """A field that is looked at: `way` leads from the record to the one that has it."""

    way: tuple[Relation, ...]
    entity: str
    key: str


def reads_of(
    expression: Expression, entity: str, entities: Mapping[str, Entity], within: Place | None = None
) -> tuple[Read, ...]:
    """Every field that an expression looks at, each once, with those that it gets there by."""
    found = (
        read
        for node, place in places(expression, entity, entities, within)
        if isinstance(node, Path)
        for read in _followed(node.names, place, entities)
    )
    return tuple(dict.fromkeys(found))


def places(
    expression: Expression, entity: str, entities: Mapping[str, Entity], within: Place | None = None
) -> Iterator[tuple[Node, Place]]:
    """Every part of an expression, with the place where it stands: within another, or at a record."""
    waiting = [(expression.root, within or Place(entities[entity]))]
    while waiting:
        node, place = waiting.pop()
        yield node, place
        below = children(node)
        waiting += [(child, place) for child in below[:1]]
        inner = inner_place(node, place, entities) if isinstance(node, Call) else place
        waiting += [(child, inner) for child in below[1:]]


def meaning_of(expression: Expression, entity: str, entities: Mapping[str, Entity]) -> tuple[object, ...]:
    """What tells an expression from all that mean something else; the same whatever names it uses."""
    return tuple(
        (type(node).__name__, len(children(node)), *_said(node, place, entities))
        for node, place in places(expression, entity, entities)
    )


def _said(node: Node, place: Place, entities: Mapping[str, Entity]) -> tuple[object, ...]:
    match node:
        case Path(names=names):
            return tuple(_identities(names, place, entities))
        case Literal(value=value):
            return type(value).__name__, str(value)
        case Call(name=word) | Logic(operator=word) | Arithmetic(operator=word) | Compare(operator=word):
            return (word,)
        case _:
            return ()


def _identities(names: tuple[str, ...], place: Place, entities: Mapping[str, Entity]) -> Iterator[object]:
    entity: Entity | None = place.entity
    for at, name in enumerate(names):
        field = entity.fields.get(name) if entity else None
        relation = entity.relations.get(name) if entity else None
        if entity and at == 0 and name == "parent" and field is None and relation is None and place.outer:
            yield name
            entity = place.outer.entity
            continue
        if relation is not None and relation.is_inverse:
            yield "inverse", entities[relation.holder].fields[relation.field].identity
        else:
            yield field.identity if field is not None else name
        entity = entities[relation.to[0]] if relation is not None and relation.to else None


def inner_place(node: Call, place: Place, entities: Mapping[str, Entity]) -> Place:
    """Where the condition of a call stands: at the related records, when it looks at such."""
    outer = place.outer.entity if place.outer else None
    if not is_over_many(node, place.entity, entities, outer) or not isinstance(node.arguments[0], Path):
        return place
    names, near = list(node.arguments[0].names), place
    if names[0] == "parent" and place.outer is not None:
        near, names = place.outer, names[1:]
    for name in names:
        relation = near.entity.relations.get(name)
        if relation is None or not relation.to:
            return place
        far = Place(entities[relation.to[0]], (*near.way, relation))
        if relation.many:
            return Place(far.entity, far.way, near)
        near = far
    return place


def _followed(names: tuple[str, ...], place: Place, entities: Mapping[str, Entity]) -> Iterator[Read]:
    first = names[0]
    if first not in place.entity.fields and first not in place.entity.relations:
        if first == "parent" and place.outer is not None and len(names) > 1:
            yield from _followed(names[1:], place.outer, entities)
            return
        if first == "me":
            if names[1:] and names != ("me", "teams") and "user" in entities:
                yield from _walked(names[1:], entities["user"], (), entities)
            return
    yield from _walked(names, place.entity, place.way, entities)


def _walked(
    names: tuple[str, ...], entity: Entity, way: tuple[Relation, ...], entities: Mapping[str, Entity]
) -> Iterator[Read]:
    for at, name in enumerate(names):
        if name in STATES and name not in entity.fields:
            yield from _of_stage(entity, way)
            return
        field, relation = entity.fields.get(name), entity.relations.get(name)
        if field is not None:
            yield Read(way, entity.key, name)
            if value_of(field) == "stage" and at < len(names) - 1:
                yield from _of_stage(entity, way)
            if names[at + 1 :] and names[at + 1] in declarations.declared(field.type).facts:
                return
        if relation is None or (field is not None and at == len(names) - 1 and not relation.many):
            return
        for target in relation.to[:1]:
            way = (*way, relation)
            if relation.is_inverse:
                yield Read(way, relation.holder, relation.field)
            entity = entities[target]
            yield Read(way, entity.key, PRESENCE)


def _of_stage(entity: Entity, way: tuple[Relation, ...]) -> Iterator[Read]:
    """What tells the stage of a record: its key, and the pipeline it is on."""
    for field in entity.declared:
        if value_of(field) in {"stage", "pipeline"}:
            yield Read(way, entity.key, field.key)
