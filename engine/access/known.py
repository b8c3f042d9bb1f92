"""The catalog as somebody may know it, for whatever looks up names that a person typed.

A closed name is refused when it is asked for, naming it, and never offered when another
was mistyped.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from engine.access import gate
from engine.context import Context
from engine.errors import Denied
from metadata.catalog import Entity
from metadata.expression_types import check_expression
from metadata.expressions import parse_expression
from metadata.syntax import ExpressionRefused

T = TypeVar("T")


class KnownNames(Mapping[str, T]):
    """An entity's fields or relations: those that are open to somebody."""

    def __init__(self, ctx: Context, entity: Entity, names: Mapping[str, T], purpose: str) -> None:
        self._ctx, self._entity, self._names, self._purpose = ctx, entity, names, purpose

    def __getitem__(self, key: str) -> T:
        found = self._names[key]
        gate.require_readable(self._ctx, self._entity, key, self._purpose)
        return found

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._names if gate.is_readable(self._ctx, self._entity, key))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class KnownEntities(Mapping[str, Entity]):
    """The entities, each with those of its names that are open to somebody."""

    def __init__(self, ctx: Context, purpose: str) -> None:
        self._ctx, self._purpose = ctx, purpose
        self._known: dict[str, Entity] = {}

    def __getitem__(self, key: str) -> Entity:
        if key not in self._known:
            entity = self._ctx.machine.catalog.entities[key]
            self._known[key] = replace(
                entity,
                fields=KnownNames(self._ctx, entity, entity.fields, self._purpose),
                relations=KnownNames(self._ctx, entity, entity.relations, self._purpose),
            )
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ctx.machine.catalog.entities)

    def __len__(self) -> int:
        return len(self._ctx.machine.catalog.entities)


def open_paths(ctx: Context, entity: Entity, paths: Iterable[str]) -> list[str]:
    """Those of the paths, each as it may stand in an order, that lead through nothing closed."""
    return [path for path in paths if is_open_expression(ctx, entity, path.removeprefix("-"))]


def is_open_expression(ctx: Context, entity: Entity, source: str | None, *, outer: str = "") -> bool:
    """Whether an expression, or a path, names nothing that is closed. `outer` is the entity that
    `parent` speaks of.
    """
    if not source:
        return True
    try:
        known = KnownEntities(ctx, "metadata")
        check_expression(parse_expression(source), entity.key, known, old=True, outer=outer)
    except (ExpressionRefused, Denied):
        return False
    return True
