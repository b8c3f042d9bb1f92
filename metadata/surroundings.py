"""What lies around an entity that its fields may refer to, and how much of it one entity does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metadata import declarations
from metadata.catalog import Choice, Pipeline
from metadata.memory import Memory
from metadata.merging import Layered
from metadata.source import Document


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entity's fields may refer to."""

    choices: Mapping[str, tuple[Choice, ...]]
    pipelines: Mapping[str, Mapping[str, Pipeline]]  # by entity, then key
    entities: frozenset[str]
    with_timeline: tuple[str, ...]

    def of_use_to(self, layered: Layered) -> tuple[Any, ...]:
        """All that the fields of one entity do refer to."""
        wants = _wants.recall(layered.made_of, lambda: _find_wants(layered))
        pipelines = self.pipelines.get(layered.key, {})
        return (
            pipelines,
            [(key, tuple(pipeline.stages)) for key, pipeline in pipelines.items()],
            [self.choices.get(name) for name in wants.choices],
            [name in self.entities for name in wants.entities],
            self.with_timeline if "*" in wants.entities else (),
        )


@dataclass(frozen=True, slots=True)
class Wants:
    """What the fields of an entity name: documents of choices, and entities to link to."""

    choices: tuple[str, ...]
    entities: tuple[str, ...]


_wants: Memory[tuple[Document, ...], Wants] = Memory()


def _find_wants(layered: Layered) -> Wants:
    choices: list[str] = []
    entities: list[str] = ["user"]  # whom every record was made by
    for said in (layered.data.get("fields") or {}).values():
        if isinstance(said.get("choices"), str):
            choices.append(said["choices"])
        if (declaration := declarations.declared(said["type"])).relation:
            entities += targets_of(declaration.to or said.get("to", ()))
    return Wants(tuple(choices), tuple(entities))


def targets_of(to: Any) -> tuple[str, ...]:
    """The entities that a link names, one or several."""
    return (to,) if isinstance(to, str) else tuple(to)
