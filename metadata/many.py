"""Where a path meets a relation to many records: what leads there, and what goes on behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

from metadata.catalog import Entity, Relation


@dataclass(frozen=True, slots=True)
class Many:
    """A path taken apart at its relation to many: `company.deals.amount` is `company`, deals, `amount`."""

    before: tuple[str, ...]
    relation: Relation
    behind: tuple[str, ...]


def find_many(
    names: tuple[str, ...],
    entity: Entity,
    entities: Mapping[str, Entity],
    outer: Entity | None = None,
) -> Many | None:
    """The parts of a path that goes over a relation to many; None for one that doesn't."""
    for at, name in enumerate(names):
        relation = entity.relations.get(name)
        if relation is not None and relation.many:
            return Many(names[:at], relation, names[at + 1 :])
        if relation is not None and len(relation.to) == 1:
            entity = entities[relation.to[0]]
        elif at == 0 and name == "parent" and outer is not None:
            entity, outer = outer, None
        elif at == 0 and name == "me" and name not in entity.fields and "user" in entities:
            entity = entities["user"]
        else:
            return None
    return None
