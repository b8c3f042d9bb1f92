"""Packs on disk, and the order in which they are laid over each other."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from metadata.diagnostics import Diagnostics, way_on
from metadata.source import Document, SourceFile

BUILTIN = Path(__file__).parent / "packs"
LOCAL = "local"  # the client's own layer, above every pack
ENDINGS = frozenset((".yaml", ".yml", ".json"))


def builtin(name: str) -> list[SourceFile]:
    """The files of a pack that comes with PulseCRM."""
    return read_pack(BUILTIN / name)


def read_pack(folder: Path) -> list[SourceFile]:
    """The files of a pack, in the order of their names. FileNotFoundError when there is no folder."""
    if not folder.is_dir():
        message = f'There is no pack in "{folder}": it is no folder.'
        raise FileNotFoundError(message)
    paths = sorted(p for p in folder.rglob("*") if p.suffix in ENDINGS and p.is_file())
    return [
        SourceFile(folder.name, f"{folder.name}/{path.relative_to(folder).as_posix()}", _text(path))
        for path in paths
    ]


def _text(path: Path) -> str:
    """The text of a file; what is not UTF-8 becomes a character that no document may hold."""
    return path.read_bytes().decode("utf-8-sig", "surrogateescape")


def order_packs(
    documents: Sequence[Document], names: Iterable[str], found: Diagnostics
) -> list[str]:
    """Pack names so that each comes after all it requires; the local layer last.

    Notes packs that are absent, and circles, naming all that are in one.
    """
    declared = {doc.pack: doc for doc in documents if doc.kind == "pack"}
    requires = {name: _requires(declared.get(name)) for name in dict.fromkeys(names)}
    for name, needed in requires.items():
        for other in needed:
            if other not in requires:
                place = declared[name].place("requires", other)
                message = f'The pack "{name}" requires the pack "{other}", which is not here.'
                found.error(place, "pack.absent", message, way_on(other, requires, "packs"))
    ordered: list[str] = []
    waiting = sorted(requires, key=lambda name: (name == LOCAL, name))
    while waiting:
        ready = [
            name for name in waiting if all(r in ordered or r not in requires for r in requires[name])
        ]
        if not ready:
            _note_circle(waiting, requires, declared, found)
            return [*ordered, *waiting]
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered


def _requires(document: Document | None) -> Mapping[str, object]:
    needed = document.data.get("requires") if document else None
    if isinstance(needed, list):
        return dict.fromkeys(str(name) for name in needed)
    return needed if isinstance(needed, dict) else {}


def _note_circle(
    waiting: list[str],
    requires: Mapping[str, Mapping[str, object]],
    declared: Mapping[str, Document],
    found: Diagnostics,
) -> None:
    """Walk from pack to pack until one comes up again, and name those between."""
    path = [waiting[0]]
    while True:
        following = next(name for name in requires[path[-1]] if name in waiting)
        if following in path:
            circle = [*path[path.index(following) :], following]
            break
        path.append(following)
    message = f"These packs require each other in a circle: {' → '.join(circle)}."
    found.error(declared[circle[0]].place("requires"), "pack.circle", message)
