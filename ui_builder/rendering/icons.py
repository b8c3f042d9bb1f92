"""Icons by their lucide names, drawn into the page."""

from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup

FILE = Path(__file__).parents[1] / "dist" / "icons.json"


@cache
def _nodes() -> dict[str, Any]:
    return dict(orjson.loads(FILE.read_bytes()))


@cache
def icon(name: str) -> Markup:
    """An icon; an unknown name gives a circle."""
    nodes = _nodes().get(name) or _nodes()["circle"]
    inner = "".join(f"<{tag} {_attributes(attributes)}/>" for tag, attributes in nodes)
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')  # noqa: S704 - made of the build's own file


def _attributes(attributes: dict[str, Any]) -> str:
    return " ".join(f'{escape(key)}="{escape(str(value))}"' for key, value in attributes.items())
