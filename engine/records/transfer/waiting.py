"""Files that wait between being uploaded and being imported, each for the person who sent it.

They lie in the data folder under names of our own, and go after a day.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from engine.errors import NotFound
from engine.ids import is_id, new_id
from engine.settings import Settings

LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits, and what became of it once it was imported."""

    folder: Path

    @property
    def key(self) -> str:
        """What the file is asked for by."""
        return self.folder.name

    @property
    def name(self) -> str:
        """What its sender called it."""
        return (self.folder / "name").read_text()

    @property
    def content(self) -> bytes:
        """What is in it."""
        return (self.folder / "content").read_bytes()

    @property
    def result(self) -> dict[str, Any] | None:
        """What became of it; None while it waits."""
        path = self.folder / "result.json"
        return dict(orjson.loads(path.read_bytes())) if path.exists() else None

    def finish(self, result: dict[str, Any]) -> None:
        """Note what became of it."""
        (self.folder / "result.json").write_bytes(orjson.dumps(result))


def keep_waiting(
    settings: Settings, owner: str, name: str, content: bytes, now: datetime
) -> Waiting:
    """Keep a file for its sender, and let go of those that waited too long."""
    mine = settings.data_dir / "imports" / owner
    _let_go(mine, now)
    waiting = Waiting(mine / new_id())
    waiting.folder.mkdir(parents=True)
    (waiting.folder / "name").write_text(Path(name).name[:200] or "file")
    (waiting.folder / "content").write_bytes(content)
    return waiting


def find_waiting(settings: Settings, owner: str, key: str) -> Waiting:
    """A file that waits for this person. NotFound when there is none, or no longer."""
    folder = settings.data_dir / "imports" / owner / key
    if not is_id(key) or not (folder / "content").exists():
        raise NotFound("import.gone", "This file is no longer here. Upload it again.")
    return Waiting(folder)


def _let_go(mine: Path, now: datetime) -> None:
    for folder in mine.glob("*"):
        if now.timestamp() - folder.stat().st_mtime > LASTS.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)
