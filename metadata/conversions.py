"""Money that a formula brings to one currency: which amounts, and at the rates of which day.

A formula says it by `rates_on`, in the names of the records whose amounts it takes: those that it
sums up, or its own. All expressions that a formula has are told here, with where each stands.
"""

from collections.abc import Iterator, Mapping

from metadata.catalog import Entity, Field
from metadata.expression_calls import is_over_many
from metadata.expression_types import type_of
from metadata.many import find_many
from metadata.reads import Place, Read, inner_place, places, reads_of
from metadata.syntax import Call, Expression, Node, Path, walk
from metadata.value_types import value_of

Entities = Mapping[str, Entity]
CONVERSION = "in_currency"
JOINING = frozenset(("sum", "avg", "min", "max"))


def converts(field: Field) -> bool:
    """Whether exchange rates decide about a formula's value."""
    return "rates_on" in field.settings or (field.formula is not None and says_conversion(field.formula))


def says_conversion(expression: Expression) -> bool:
    """Whether an expression turns money by itself."""
    return any(isinstance(node, Call) and node.name == CONVERSION for node in walk(expression.root))


def expressions_of(field: Field, entities: Entities, *, freezing: bool = True) -> Iterator[tuple[Expression, Place]]:
    """All expressions of a formula, each with where its names stand. `freezing` for what freezes it, too."""
    if field.formula is None:
        return
    own = Place(entities[field.entity])
    yield field.formula, own
    day = field.settings.get("rates_on")
    if day is not None:
        found = {(place.way, place.entity.key): place for _, place in amounts_of(field.formula, own, entities)}
        yield from ((day, place) for place in found.values())
    if freezing and field.settings.get("freeze_when") is not None:
        yield field.settings["freeze_when"], own


def reads_of_formula(field: Field, entities: Entities, *, freezing: bool = True) -> tuple[Read, ...]:
    """Every field that a formula looks at, for its value and for when that is frozen."""
    found = (
        read
        for expression, place in expressions_of(field, entities, freezing=freezing)
        for read in reads_of(expression, place.entity.key, entities, place)
    )
    return tuple(dict.fromkeys(found))


def sums_of(field: Field, entities: Entities) -> Iterator[tuple[Call, Field]]:
    """The calls of a formula that join amounts of related records, each with the field that has them."""
    for node, place in places(field.formula, field.entity, entities) if field.formula else ():
        outer = place.outer.entity if place.outer else None
        if not isinstance(node, Call) or not is_over_many(node, place.entity, entities, outer):
            continue
        path, entity = node.arguments[0], inner_place(node, place, entities).entity
        many = find_many(path.names, place.entity, entities, outer) if isinstance(path, Path) else None
        for name in many.behind if many else ():
            end, relation = entity.fields.get(name), entity.relations.get(name)
            entity = entities[relation.to[0]] if relation and relation.to else entity
        if many and many.behind and end is not None and value_of(end) == "money" and node.name in JOINING:
            yield node, end


def amounts_of(expression: Expression, own: Place, entities: Entities) -> Iterator[tuple[Node, Place]]:
    """The amounts of money that an expression takes, each with the record that it stands at."""
    for node, place in places(expression, own.entity.key, entities):
        outer = place.outer.entity if place.outer else None
        if isinstance(node, Call) and is_over_many(node, place.entity, entities, outer):
            path, there = node.arguments[0], inner_place(node, place, entities)
            many = find_many(path.names, place.entity, entities, outer) if isinstance(path, Path) else None
            if many and many.behind and type_of(Path(many.behind), there.entity, entities) == "money":
                yield path, there
        elif isinstance(node, Path) and type_of(node, place.entity, entities, outer) == "money":
            yield node, place
