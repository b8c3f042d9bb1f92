"""Packs on disk, and the order in which they are laid over each other."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from metadata.diagnostics import Diagnostics, way_on
from metadata.place import Place
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
    declared = _declared(documents, found)
    requires = {name: _requires(declared.get(name)) for name in dict.fromkeys(names)}
    for name, needed in requires.items():
        for other in needed:
            if other not in requires and not found.has_lost("pack", other):
                place = _place(declared[name], other)
                message = f'The pack "{name}" requires the pack "{other}", which is not here.'
                found.error(place, "pack.absent", message, way_on(other, requires, "packs"))
    ordered: list[str] = []
    waiting = sorted(requires, key=lambda name: (name == LOCAL, name))
    while waiting:
        ready = next((name for name in waiting if _is_ready(name, requires, ordered)), None)
        placed = [ready] if ready else _note_circle(waiting, requires, declared, found)
        ordered += placed
        waiting = [name for name in waiting if name not in placed]
    return ordered


def _is_ready(
    name: str, requires: Mapping[str, Mapping[str, object]], ordered: Sequence[str]
) -> bool:
    return all(other in ordered or other not in requires for other in requires[name])


def _declared(documents: Sequence[Document], found: Diagnostics) -> dict[str, Document]:
    """The document of each pack. A pack has one, called as its folder is."""
    declared: dict[str, Document] = {}
    for document in documents:
        if document.kind != "pack":
            continue
        if document.key != document.pack:
            message = f'This stands in the pack "{document.pack}", and says it is "{document.key}".'
            hint = "A pack is called as its folder is."
            found.error(document.place("pack"), "pack.name", message, hint)
        declared.setdefault(document.pack, document)
    return declared


def _requires(document: Document | None) -> Mapping[str, object]:
    needed = document.data.get("requires") if document else None
    if isinstance(needed, list):
        return dict.fromkeys(name for name in needed if isinstance(name, str))
    return needed if isinstance(needed, dict) else {}


def _place(document: Document, name: str) -> Place:
    """Where a pack says that it requires another, in a list or a mapping."""
    said = document.data["requires"]
    if isinstance(said, dict):
        return document.place("requires", name, at_key=True)
    return document.place("requires", said.index(name))


def _note_circle(
    waiting: Sequence[str],
    requires: Mapping[str, Mapping[str, object]],
    declared: Mapping[str, Document],
    found: Diagnostics,
) -> list[str]:
    """Walk from pack to pack until one comes up again, and name those between."""
    path = [waiting[0]]
    while (following := next(name for name in requires[path[-1]] if name in waiting)) not in path:
        path.append(following)
    circle = path[path.index(following) :]
    message = f"These packs require each other in a circle: {' → '.join([*circle, following])}."
    place = _place(declared[circle[-1]], following)
    found.error(place, "pack.circle", message, "One of them must do without the next.")
    return circle
