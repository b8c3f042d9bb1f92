"""Overlays: single properties laid over a document of a lower layer.

Mappings merge key by key; everything else is replaced whole. `after:` and `before:`
give what is new its place. A property set to nothing goes back to its default, and
an entry of a mapping (a field, a section's stage) set to nothing is hidden.
"""

from collections.abc import Mapping
from typing import Any

from metadata.diagnostics import Diagnostics, way_on
from metadata.source import Document

ANCHORS = ("after", "before")


def lay_over(
    base: Mapping[str, Any], overlay: Document, layers: dict[str, str], found: Diagnostics
) -> dict[str, Any]:
    """A document with an overlay's properties in place of its own.

    `layers` learns whose each property is now, and nothing of what stays as it was.
    """
    said = {key: value for key, value in overlay.data.items() if key != "overlay"}
    return _merge(base, said, overlay, (), layers, found)


def _merge(
    base: Mapping[str, Any],
    said: Mapping[str, Any],
    overlay: Document,
    path: tuple[str, ...],
    layers: dict[str, str],
    found: Diagnostics,
) -> dict[str, Any]:
    merged = dict(base)
    for key, value in said.items():
        here = (*path, key)
        before = merged.get(key)
        if not isinstance(before, Mapping) or not isinstance(value, Mapping):
            layers["/".join(here)] = overlay.pack
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and (isinstance(before, Mapping) or before is None):
            anchors = {k: v for k, v in value.items() if path and _is_anchor(k, v)}
            plain = {k: v for k, v in value.items() if k not in anchors}
            inner = _merge(before or {}, plain, overlay, here, layers, found)
            merged = _placed(merged, key, inner, anchors, overlay, here, found)
        else:
            merged[key] = value
    return merged


def _is_anchor(key: str, value: Any) -> bool:
    """Whether a property says where its owner stands; a field may be called "after" too."""
    return key in ANCHORS and not isinstance(value, Mapping)


def _placed(
    siblings: dict[str, Any],
    key: str,
    value: dict[str, Any],
    anchors: Mapping[str, Any],
    overlay: Document,
    path: tuple[str, ...],
    found: Diagnostics,
) -> dict[str, Any]:
    anchor = next(iter(anchors), None)
    if anchor is None:
        return {**siblings, key: value}
    others = {name: each for name, each in siblings.items() if name != key}
    neighbour = str(anchors[anchor])
    if neighbour not in others:
        place = overlay.place(*path, anchor)
        message = f'"{neighbour}", beside which "{key}" is to stand, is not there.'
        found.warn(place, "overlay.no-anchor", message, way_on(neighbour, others))
        return {**siblings, key: value}
    placed: dict[str, Any] = {}
    for name, each in others.items():
        if name == neighbour and anchor == "before":
            placed[key] = value
        placed[name] = each
        if name == neighbour and anchor == "after":
            placed[key] = value
    return placed
