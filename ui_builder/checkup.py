"""What `pulse doctor` looks at in this room: are the scripts and styles there, and up to date?"""

from collections.abc import Iterator
from pathlib import Path

import orjson

from engine.doctor.findings import Finding, broken, doubtful, fine
from engine.settings import Settings
from ui_builder.screens import BUILT

SOURCES = ("elements/*.ts", "styles/*.css", "package-lock.json")
BUILD = "Build them: make setup"


def check_build(_settings: Settings) -> Iterator[Finding]:
    """Are the screens built, of what stands here?"""
    manifest = BUILT / "manifest.json"
    try:
        entries = orjson.loads(manifest.read_bytes()).values()
        files = [BUILT / name for entry in entries for name in (entry["file"], *entry.get("css", ()))]
    except (OSError, orjson.JSONDecodeError, KeyError):
        yield broken("screens", "Scripts and styles are not built.", BUILD)
        return
    missing = [file.name for file in files if not file.exists()]
    room = Path(__file__).parent
    newest = max((path.stat().st_mtime for each in SOURCES for path in room.glob(each)), default=0)
    if missing:
        yield broken("screens", f"Parts of the build are missing: {', '.join(missing)}.", BUILD)
    elif newest > manifest.stat().st_mtime:
        yield doubtful("screens", "Scripts or styles were changed since they were built.", BUILD)
    else:
        yield fine("screens", f"{len(files)} files are built")
