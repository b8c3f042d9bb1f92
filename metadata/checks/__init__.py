"""What a catalog must make sense of. Each module asks one question of one document.

A document that nothing was found in is asked again only when it, or an entity that was
looked at for its sake, has changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import ModuleType

from metadata.catalog import Catalog, Entity
from metadata.checks import (
    apps,
    circles,
    conditions,
    entities,
    formulas,
    layouts,
    offers,
    pipelines,
    roles,
    samples,
    settings,
    translations,
    views,
)
from metadata.diagnostics import Diagnostics
from metadata.memory import Memory
from metadata.merging import Layered
from metadata.source import Document

QUESTIONS: Mapping[str, tuple[ModuleType, ...]] = {
    "entity": (entities, circles, conditions, formulas, offers),
    "view": (views, conditions),
    "layout": (layouts,),
}
OF_THE_WHOLE: Mapping[str, tuple[ModuleType, ...]] = {
    "pipeline": (pipelines,),
    "app": (apps,),
    "role": (roles,),
    "sample": (samples,),
    "settings": (settings,),
    "translation": (translations,),
}
Looked = tuple[tuple[str, Entity | None], ...]
_answered: Memory[tuple[Document, ...], Looked] = Memory()


def check_catalog(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Note everything in a catalog that refers to what is not there, or contradicts itself."""
    for (kind, _), layered in merged.items():
        for question in OF_THE_WHOLE.get(kind, ()):
            question.check(catalog, layered, found)
        if kind in QUESTIONS:
            _ask(catalog, layered, found)


def _ask(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    known = _answered.get(layered.made_of)
    if known is not None and all(catalog.entities.get(key) is entity for key, entity in known):
        return
    watched = _Watched(catalog.entities)
    before = len(found)
    for question in QUESTIONS[layered.kind]:
        question.check(replace(catalog, entities=watched), layered, found)
    if len(found) == before and not found.has_lost():
        _answered.keep(layered.made_of, tuple(watched.looked.items()))


class _Watched(Mapping[str, Entity]):
    """The entities of a catalog, noting which of them were looked at."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self._entities = entities
        self.looked: dict[str, Entity | None] = {}

    def __getitem__(self, key: str) -> Entity:
        self.looked[key] = self._entities.get(key)
        return self._entities[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)
