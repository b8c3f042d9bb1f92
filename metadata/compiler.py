"""The compiler: packs in, a frozen catalog out, or everything that is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from metadata import schemas
from metadata.assembling import assemble
from metadata.catalog import Catalog
from metadata.checks import check_catalog
from metadata.diagnostics import Diagnostics
from metadata.identities import NONE, Declared, Identities, identify
from metadata.memory import Memory
from metadata.merging import Layered, merge_layers
from metadata.packs import order_packs
from metadata.reading import read_source
from metadata.soundness import examine, examine_overlaid, lose_unread
from metadata.source import Document, SourceFile
from metadata.speaking import speak_of_now


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of compiling: a catalog unless there were errors, and what was found.

    `documents` are those of all layers, for whoever finds more to point into.
    """

    catalog: Catalog | None
    diagnostics: Diagnostics
    identities: Identities
    documents: Mapping[tuple[str, str], Layered]


_declared: Memory[tuple[Document, ...], Declared] = Memory()


def compile_packs(
    files: Sequence[SourceFile],
    identities: Identities = NONE,
    previous: Catalog | None = None,
) -> Compiled:
    """Compile packs. Entities that come out the same as in `previous` are the same objects."""
    found = Diagnostics()
    documents = _read(files, found)
    order = order_packs(documents, (file.pack for file in files), found)
    left = [examine(document, found) for document in documents]
    spoken, names = speak_of_now([document for document in left if document], identities)
    merged = merge_layers(spoken, order, found)
    for name, layered in list(merged.items()):
        if layered.overlays and not examine_overlaid(layered, found):
            del merged[name]
    given = identify(_declarations(merged), identities)
    catalog = assemble(merged, order, given, names, found, previous)
    check_catalog(catalog, merged, found)
    return Compiled(None if found.has_errors else catalog, found, given, merged)


def _read(files: Sequence[SourceFile], found: Diagnostics) -> list[Document]:
    documents: list[Document] = []
    for file in files:
        read = read_source(file, schemas.kinds())
        documents += read.documents
        if read.found:
            found.extend(read.found)
            lose_unread(file, read.lost, found)
    return documents


def _declarations(merged: Mapping[tuple[str, str], Layered]) -> dict[str, Declared]:
    """What each entity asks an identity for."""
    return {
        key: _declared.recall(layered.made_of, partial(_asked, layered))
        for (kind, key), layered in merged.items()
        if kind == "entity"
    }


def _asked(layered: Layered) -> Declared:
    data = layered.data
    fields = data.get("fields") or {}
    return Declared(
        was=data.get("was", ""),
        fields=tuple((key, said["type"]) for key, said in fields.items()),
        renamed={key: said["was"] for key, said in fields.items() if "was" in said},
        inverses={key: said["inverse"] for key, said in fields.items() if "inverse" in said},
    )
