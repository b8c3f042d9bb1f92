"""Documents as far as they are sound, so that one mistake hides no other and is told once.

What is wrong with a document's shape is noted and cut out, and the rest goes on to be
checked. What is lost that way is remembered: nobody is blamed for speaking of it.
"""

import re
from collections.abc import Iterable, Mapping
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

Lost = tuple[str, str, str]  # noun, name, and what it is a part of


@dataclass(frozen=True, slots=True)
class Examined:
    """What is left of a document, None when nothing is; what was found in it; what is lost."""

    document: Document | None
    found: tuple[Diagnostic, ...]
    lost: tuple[Lost, ...]


_documents: Memory[Document, Examined] = Memory()


def examine(document: Document, found: Diagnostics) -> Document | None:
    """The sound part of a document, once for each text of it."""
    examined = _documents.recall(document, lambda: _examine(document))
    found.extend(examined.found)
    for lost in examined.lost:
        found.lose(*lost)
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
    for lost in _lost(layered.kind, layered.key, layered.data, data):
        found.lose(*lost)
    layered.data = data or {}
    return data is not None


def lose_unread(source: SourceFile, keys: Iterable[str], found: Diagnostics) -> None:
    """What is lost with what can't be read of a file: a broken one still tells by its first words."""
    pattern = rf"^({'|'.join(schemas.kinds())}): *([\w-]+)"
    for kind, key in re.findall(pattern, source.text, re.MULTILINE):
        found.lose(kind, key)
    for key in keys:
        for noun in (*_PARTS.values(), "property"):
            found.lose(noun, key)


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
            else:
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
) -> tuple[Lost, ...]:
    left = after or {}
    lost = [("property", name, key) for name in before if name not in left]
    if after is None:
        lost.append((kind, key, ""))
    for part, noun in _PARTS.items():
        had, has = before.get(part), left.get(part)
        if not isinstance(had, dict):
            continue
        for name, said in had.items():
            if not isinstance(has, dict) or name not in has:
                lost.append((noun, name, key))
                if isinstance(said, dict) and "inverse" in said:
                    lost.append(("relation", str(said["inverse"]), str(said.get("to", ""))))
    return tuple(lost)


_PARTS = {"fields": "field", "stages": "stage"}


def _place_in(document: Document, fault: Fault) -> Place:
    return document.place(*fault.path, at_key=fault.at_key)


def _told(kind: str, fault: Fault, place: Place) -> Diagnostic:
    noun = "field" if fault.code in {"no-type", "unknown-type", "reserved"} else kind
    return Diagnostic(place, f"{noun}.{fault.code}", fault.message, fault.hint)
