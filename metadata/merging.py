"""Layers made into one: each document once, with every overlay laid over it in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from metadata.diagnostics import Diagnostics, way_on
from metadata.overlays import lay_over
from metadata.place import Place
from metadata.source import Document


@dataclass(slots=True)
class Layered:
    """A document as all layers make it, and the documents that did."""

    document: Document
    data: dict[str, Any]
    layers: dict[str, str] = field(default_factory=dict)
    overlays: list[Document] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The kind of the document."""
        return self.document.kind

    @property
    def key(self) -> str:
        """The key of the document."""
        return self.document.key

    @property
    def made_of(self) -> tuple[Document, ...]:
        """What the document is the work of; with the same makers it comes out the same."""
        return (self.document, *self.overlays)

    def origin(self, *path: str | int) -> Document:
        """The document that has the last word on a property, for diagnostics to point into."""
        for overlay in reversed(self.overlays):
            inner: Any = overlay.data
            for step in path:
                if isinstance(inner, dict):
                    inner = inner.get(step)
                else:
                    is_there = isinstance(inner, list) and isinstance(step, int) and step < len(inner)
                    inner = inner[step] if is_there else None
            if path and inner is not None:
                return overlay
        return self.document

    def place(self, *path: str | int, at_key: bool = False, within: int | None = None) -> Place:
        """Where a part of the document stands, in the file that has the last word on it."""
        return self.origin(*path).place(*path, at_key=at_key, within=within)

    def layer_of(self, *path: str) -> str:
        """The layer that first brought a part of the document."""
        return self.layers.get("/".join(path), self.document.pack)


def merge_layers(
    documents: Sequence[Document], order: Sequence[str], found: Diagnostics
) -> dict[tuple[str, str], Layered]:
    """Every document by kind and key. Notes keys taken twice and overlays without a target."""
    ranks = {name: rank for rank, name in enumerate(order)}
    merged: dict[tuple[str, str], Layered] = {}
    overlays: list[Document] = []
    for document in sorted(documents, key=lambda d: ranks[d.pack]):
        name = (document.kind, document.key)
        if document.kind == "overlay":
            overlays.append(document)
        elif name in merged:
            first = merged[name].document.place()
            message = f'The {document.kind} "{document.key}" stands in {first} already.'
            hint = f"To change it, write: overlay: {document.kind}/{document.key}"
            found.error(document.place(), "document.duplicate", message, hint)
        else:
            merged[name] = Layered(document, document.data)
    for overlay in overlays:
        _lay(overlay, merged, found)
    return merged


def _lay(
    overlay: Document, merged: dict[tuple[str, str], Layered], found: Diagnostics
) -> None:
    kind, _, key = overlay.key.partition("/")
    target = merged.get((kind, key))
    if target is None and found.has_lost(kind, key):
        return
    if target is None:
        known = [f"{k}/{name}" for k, name in merged if k == kind] or [f"{k}/{n}" for k, n in merged]
        message = f'There is no {kind} "{key}" to lay this over; it is set aside.'
        found.warn(overlay.place(), "overlay.no-target", message, way_on(overlay.key, known))
        return
    if overlay.data.get(kind, key) != key:
        place = overlay.place(kind)
        message = f'An overlay can\'t change the key of the {kind} "{key}".'
        found.error(place, "overlay.key", message, f'Leave out "{kind}:".')
        return
    target.data = lay_over(target.data, overlay, target.layers, found)
    target.overlays.append(overlay)
