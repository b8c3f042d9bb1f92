"""Where an expression that comes to a record leads: which kinds of records it may be."""

from collections.abc import Iterator, Mapping

from metadata.catalog import Entity
from metadata.expression_calls import is_over_many
from metadata.many import find_many
from metadata.syntax import Call, Conditional, Literal, Node, Path

Entities = Mapping[str, Entity]
UNKNOWN = ""  # no record that can be told


def targets(node: Node, entity: Entity, entities: Entities) -> frozenset[str]:
    """The entities that an expression leads to at a record; `UNKNOWN` is among them where it may be no record."""
    return frozenset(_targets(node, entity, entities))


def _targets(node: Node, entity: Entity, entities: Entities) -> Iterator[str]:
    match node:
        case Literal(value=None):
            return
        case Path(names=names):
            yield from _end(names, entity, entities)
        case Conditional(then=then, otherwise=otherwise):
            yield from _targets(then, entity, entities)
            yield from _targets(otherwise, entity, entities)
        case Call(name="first" | "last", arguments=(Path(names=names), *_)) if is_over_many(node, entity, entities):
            many = find_many(names, entity, entities)
            yield from _end(many.behind, entities[many.relation.to[0]], entities) if many else (UNKNOWN,)
        case Call(name="coalesce", arguments=arguments):
            for each in arguments:
                yield from _targets(each, entity, entities)
        case Call(name="case", arguments=arguments):
            values = [*arguments[1::2], *(arguments[-1:] if len(arguments) % 2 else ())]
            for each in values:
                yield from _targets(each, entity, entities)
        case _:
            yield UNKNOWN


def _end(names: tuple[str, ...], entity: Entity, entities: Entities) -> Iterator[str]:
    """The kinds of records at the end of a path over links."""
    to: tuple[str, ...] = ()
    for at, name in enumerate(names):
        if at == 0 and name == "me" and name not in entity.fields:
            to = ("user",)
        else:
            relation = entity.relations.get(name)
            to = relation.to if relation is not None and not relation.many else ()
        if len(to) != 1:
            break
        entity = entities[to[0]]
    yield to[0] if len(to) == 1 else UNKNOWN
