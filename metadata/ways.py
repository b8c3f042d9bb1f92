"""Where a path of an expression leads, and what one calls that in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from metadata import declarations
from metadata.catalog import Entity, Field, Relation
from metadata.value_types import declared_of, value_of

STATES = {"is_open": "Is open", "is_won": "Is won", "is_lost": "Is lost"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A path that leads somewhere: over `labels`, to a field or a part of one, or to many records.

    `kind` is the type that an expression sees there, `entity` the one the path ends in.
    """

    path: str
    labels: tuple[str, ...]
    kind: str
    entity: str
    field: Field | None = None
    relation: Relation | None = None
    is_part: bool = False  # of a field's value: a city of an address, or whether a record is open

    @property
    def label(self) -> str:
        """All labels on the way."""
        return ": ".join(self.labels)

    @property
    def to(self) -> tuple[str, ...]:
        """The entities at the other side of a relation."""
        return self.relation.to if self.relation else ()

    @property
    def operators(self) -> frozenset[str]:
        """How what is there may be compared."""
        if self.kind == "records":
            return frozenset(("contains", "is_empty"))
        if self.field is None or self.is_part:
            return _OF_PARTS.get(self.kind, _OF_PARTS["text"])
        return declared_of(self.field).operators


_OF_PARTS = {
    "boolean": frozenset(("eq",)),
    "number": frozenset(("eq", "ne", "lt", "lte", "gt", "gte", "is_empty")),
    "text": frozenset(("eq", "ne", "in", "contains", "starts_with", "ends_with", "is_empty")),
}


def find_way(entities: Mapping[str, Entity], entity: str, names: Sequence[str]) -> Way | None:
    """Where names lead from an entity; None when they lead nowhere."""
    at = entities[entity]
    labels: list[str] = []
    for number, name in enumerate(names):
        last = number == len(names) - 1
        field, relation = at.fields.get(name), at.relations.get(name)
        if last and name in STATES and field is None and at.pipelines:
            return _way(names, [*labels, STATES[name]], "boolean", at, is_part=True)
        if field is None and relation is None:
            return None
        labels.append(field.label if field else relation.label if relation else "")
        if last:
            kind = "records" if relation and relation.many else value_of(field) if field else "record"
            return _way(names, labels, kind, at, field, relation)
        facts = declarations.declared(field.type).facts if field else {}
        if number == len(names) - 2 and names[-1] in facts:
            part = names[-1].replace("_", " ")
            return _way(names, [*labels, part.capitalize()], facts[names[-1]], at, field, is_part=True)
        if relation is None or relation.many or len(relation.to) != 1:
            return None
        at = entities[relation.to[0]]
    return None


def _way(
    names: Sequence[str],
    labels: Sequence[str],
    kind: str,
    entity: Entity,
    field: Field | None = None,
    relation: Relation | None = None,
    *,
    is_part: bool = False,
) -> Way:
    return Way(
        path=".".join(names), labels=tuple(labels), kind=kind, entity=entity.key,
        field=field, relation=relation, is_part=is_part,
    )  # fmt: skip


def ways_from(
    entities: Mapping[str, Entity], entity: str, before: tuple[str, ...] = ()
) -> Iterator[Way]:
    """Every way of one step from where a path has led: fields, their parts, and relations."""
    at = entities[entity] if not before else _end(entities, entity, before)
    if at is None:
        return
    names = [*(f for f in at.fields if f not in _TECHNICAL), *(r for r in at.relations if r not in at.fields)]
    found: list[tuple[str, ...]] = [(name,) for name in names]
    has_stage = at.pipelines and any(value_of(field) == "stage" for field in at.fields.values())
    found += [(name,) for name in STATES if has_stage]
    for name in names:
        field = at.fields.get(name)
        found += [(name, fact) for fact in (declarations.declared(field.type).facts if field else ())]
    for steps in found:
        way = find_way(entities, entity, (*before, *steps))
        if way is not None:
            yield way


def _end(entities: Mapping[str, Entity], entity: str, names: Sequence[str]) -> Entity | None:
    way = find_way(entities, entity, names)
    if way is None or way.kind == "records" or len(way.to) != 1:
        return None
    return entities[way.to[0]]


_TECHNICAL = frozenset(("id", "title", "version", "trashed_at"))
