"""Documents as far as they are sound, so that one mistake hides no other and is told once.

What is wrong with a document's shape is noted and cut out, and the rest goes on to be
checked. What is lost that way is remembered: nobody is blamed for speaking of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from metadata import schemas
from metadata.building import RESERVED
from metadata.diagnostics import Diagnostic, Diagnostics
from metadata.memory import Memory
from metadata.merging import Layered
from metadata.place import Place
from metadata.schemas import Fault, Steps
from metadata.source import Document, SourceFile

Finder = Callable[[Fault], Place]


@dataclass(frozen=True, slots=True)
class Examined:
    """What is left of a document, None when nothing is; what was found in it; what is lost."""

    document: Document | None
    found: tuple[Diagnostic, ...]
    lost: tuple[tuple[str, str], ...]


_documents: Memory[Document, Examined] = Memory()


def examine(document: Document, found: Diagnostics) -> Document | None:
    """The sound part of a document, once for each text of it."""
    examined = _documents.recall(document, lambda: _examine(document))
    found.extend(examined.found)
    found.lose(*examined.lost)
    return examined.document


def _examine(document: Document) -> Examined:
    data, faults = _sound(document.kind, document.key, document.data)
    found = tuple(_told(document.kind, fault, _place_in(document, fault)) for fault in faults)
    left = document if data is document.data else data and replace(document, data=data)
    return Examined(left or None, found, _lost(document.kind, document.key, document.data, data))


def examine_overlaid(layered: Layered, found: Diagnostics) -> bool:
    """Make a document sound again after its overlays; answer whether anything is left of it.

    What is wrong is told where it was said last.
    """
    data, faults = _sound(layered.kind, layered.key, layered.data)
    for fault in faults:
        found.add(_told(layered.kind, fault, _place_in(layered.origin(*fault.path), fault)))
    found.lose(*_lost(layered.kind, layered.key, layered.data, data))
    layered.data = data or {}
    return data is not None


def lose_unread(source: SourceFile, found: Diagnostics) -> None:
    """A file that can't be read still tells by its first words what is lost with it."""
    pattern = rf"^({'|'.join(schemas.kinds())}): *([\w-]+)"
    found.lose(*re.findall(pattern, source.text, re.MULTILINE))


def _sound(kind: str, key: str, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[Fault]]:
    """What is left of a document after cutting out what is wrong, and all that was."""
    faults = _faults(kind, key, data)
    told = list(faults)
    while faults:
        for fault in faults:
            if not fault.cut or fault.cut == (kind,):
                return None, told
            data = _without(data, fault.cut)
        faults = _faults(kind, key, data)
    return data, told


def _faults(kind: str, key: str, data: Mapping[str, Any]) -> list[Fault]:
    faults = schemas.shape_faults(kind, data)
    if kind == "entity" and isinstance(fields := data.get("fields"), Mapping):
        for name, said in fields.items():
            if name in RESERVED:
                message = f'"{name}" is a name that every record has already.'
                path: Steps = ("fields", name)
                faults.append(Fault(path, "reserved", message, at_key=True, cut=path))
            elif isinstance(said, Mapping):
                faults += schemas.field_faults(key, name, said)
    return faults


def _without(data: Any, cut: Steps) -> Any:
    """A value without one part. What is there no more is as good as cut."""
    step, *deeper = cut
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return [_without(each, tuple(deeper)) if at == step else each for at, each in enumerate(data)]
    if not isinstance(data, dict) or step not in data:
        return data
    if not deeper:
        return {key: each for key, each in data.items() if key != step}
    return {key: _without(each, tuple(deeper)) if key == step else each for key, each in data.items()}


def _lost(
    kind: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any] | None
) -> tuple[tuple[str, str], ...]:
    lost = [] if after is not None else [(kind, key)]
    lost += [("property", name) for name in before if name not in (after or {})]
    for part, noun in _PARTS.items():
        had, has = before.get(part), (after or {}).get(part)
        if isinstance(had, dict):
            lost += [(noun, name) for name in had if not isinstance(has, dict) or name not in has]
            lost += [("relation", str(said["inverse"])) for name, said in had.items()
                     if (noun, name) in lost and isinstance(said, dict) and "inverse" in said]  # fmt: skip
    return tuple(lost)


_PARTS = {"fields": "field", "stages": "stage"}


def _place_in(document: Document, fault: Fault) -> Place:
    return document.place(*fault.path, at_key=fault.at_key)


def _told(kind: str, fault: Fault, place: Place) -> Diagnostic:
    noun = "field" if fault.code in {"no-type", "unknown-type", "reserved"} else kind
    return Diagnostic(place, f"{noun}.{fault.code}", fault.message, fault.hint)
