"""Every icon that a pack or a template names is one that there is; any other would be a circle."""

import re
from pathlib import Path

import orjson

from metadata.packs import BUILTIN

HOUSE = Path(__file__).parents[2]
DRAWN = HOUSE / "ui_builder/dist/icons.json"


def named(folder: Path, pattern: str, said: str) -> set[str]:
    texts = (path.read_text() for path in folder.rglob(pattern))
    return {name for text in texts for name in re.findall(said, text)}


def test_packs_and_templates_name_icons_that_there_are() -> None:
    known = set(orjson.loads(DRAWN.read_bytes()))
    by_packs = named(BUILTIN, "*.yaml", r"icon: ([a-z0-9-]+)")
    by_templates = named(HOUSE / "ui_builder/templates", "*.html", r"icon\('([a-z0-9-]+)'")
    by_drawings = named(HOUSE / "ui_builder/rendering", "stories.py", r'"[a-z]+": "([a-z0-9-]+)"')

    assert by_packs
    assert by_templates
    assert by_packs | by_templates | by_drawings <= known
