"""In which orders lists of records come: what an entity's table is indexed for.

A list must come as fast from a million records as from a hundred, so nobody has to think of
indexes: every view tells what it fixes and how it sorts, and every entity is listed by title and
by each field that is declared to be indexed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from metadata.catalog import Catalog, Entity
from metadata.screens import View
from metadata.syntax import Compare, Literal, Logic, Node, Path

NEWEST = ("-created_at",)


@dataclass(frozen=True, slots=True)
class Order:
    """Lists in which the `fixed` fields have one value each, sorted by others in either direction."""

    fixed: tuple[str, ...]
    sort: tuple[str, ...]


def orders_of(catalog: Catalog) -> Mapping[str, frozenset[Order]]:
    """The orders of each entity's lists, by its key."""
    found = {key: set(_usual(entity)) for key, entity in catalog.entities.items()}
    for view in catalog.views.values():
        found[view.entity].add(_order(view))
    return {key: frozenset(orders) for key, orders in found.items()}


def _usual(entity: Entity) -> Iterator[Order]:
    yield Order((), ("updated_at",))  # what was touched last is looked for most
    if entity.title:
        yield Order((), (entity.title,))
    for field in entity.declared:
        if field.index:
            yield Order((), (field.key,))


def _order(view: View) -> Order:
    fixed = [*_fixed(view.where.root)] if view.where else []
    if view.kind == "kanban":
        fixed.append(view.group)
    return Order(tuple(dict.fromkeys(fixed)), tuple(_one_way(view.sort or NEWEST)))


def _fixed(condition: Node) -> Iterator[str]:
    """The fields that a condition gives one value each."""
    match condition:
        case Logic(operator="and", operands=parts):
            for part in parts:
                yield from _fixed(part)
        case Compare(operator="==", left=Path(names=(key,)), right=Literal() | Path(names=("me",))):
            yield key


def _one_way(sort: Iterable[str]) -> Iterator[str]:
    """The first keys that go in one direction, as an index does."""
    keys = list(sort)
    is_down = keys[0].startswith("-")
    same = takewhile(lambda key: key.startswith("-") == is_down, keys)
    return (key.removeprefix("-") for key in same)
