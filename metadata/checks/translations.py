"""Do translations speak of documents, and parts of them, that there are?"""

from collections.abc import Mapping
from typing import Any

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered

TEXTS = ("label", "plural", "help", "message")


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask a translation."""
    kinds = {kind for kind, _ in catalog.documents}
    for kind, keys in layered.data["texts"].items():
        if kind not in kinds:
            _note(layered, (kind,), f'There is no kind of document "{kind}".', way_on(kind, kinds), found)
            continue
        for key, texts in (keys if isinstance(keys, Mapping) else {"": keys}).items():
            document = catalog.documents.get((kind, key))
            if document is not None:
                _check_part(layered, (kind, key), texts, document.data, found)
            elif not found.has_lost(kind, key):
                known = [name for each, name in catalog.documents if each == kind]
                _note(layered, (kind, key), f'There is no {kind} "{key}".', way_on(key, known), found)


def _check_part(
    layered: Layered, path: tuple[str, ...], texts: Any, part: Any, found: Diagnostics
) -> None:
    """Follow texts and the document they are of side by side."""
    if not isinstance(texts, Mapping):
        return
    known = _names(part)
    for key, inner in texts.items():
        is_text = key in TEXTS and not isinstance(inner, Mapping)
        if key not in known and not is_text and not found.has_lost(path[-1].removesuffix("s"), key, path[1]):
            message = f'"{key}" is no part of {" ".join(path)} to be translated.'
            _note(layered, (*path, key), message, way_on(key, [*known, *TEXTS]), found)
        elif key in known:
            _check_part(layered, (*path, key), inner, known[key], found)


def _names(part: Any) -> Mapping[str, Any]:
    """The parts of a part by name: entries of a list go by their own key."""
    if isinstance(part, Mapping):
        return part
    entries = part if isinstance(part, list) else []
    return {str(each.get("key", "")) if isinstance(each, Mapping) else str(each): each for each in entries}


def _note(
    layered: Layered, path: tuple[str, ...], message: str, hint: str, found: Diagnostics
) -> None:
    place = layered.place("texts", *path, at_key=True)
    found.error(place, "translation.unknown-part", message, hint)
