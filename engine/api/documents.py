"""Metadata over HTTP: kinds, effective documents, and the schemas of kinds."""

from typing import Any

from flask import Blueprint, Response

from engine.access.documents import is_open, open_layers, open_part
from engine.api.answers import answer
from engine.api.pages import reads
from engine.api.schemas import DocumentParameters, read_parameters
from engine.context import Context
from engine.errors import NotFound
from metadata import schemas
from metadata.catalog import Effective

documents = Blueprint("documents", __name__)
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@documents.get("/metadata")
@reads
def index(ctx: Context) -> Response:
    """The kinds, how many documents there are of each, and the revision."""
    counts = dict.fromkeys((kind for kind in schemas.kinds() if kind != "overlay"), 0)
    for document in ctx.machine.catalog.documents.values():
        counts[document.kind] += is_open(ctx, document)
    kinds = [{"kind": kind, "count": count} for kind, count in sorted(counts.items())]
    return answer({"revision": ctx.machine.revision, "kinds": kinds})


@documents.get("/metadata/<kind>")
@reads
def list_documents(ctx: Context, kind: str) -> Response:
    """The effective documents of a kind."""
    given = read_parameters(DocumentParameters)
    _require_kind(kind)
    found = [
        _shown(ctx, document, layers=given["layers"])
        for document in ctx.machine.catalog.documents.values()
        if document.kind == kind and is_open(ctx, document)
    ]
    return answer({"data": found})


@documents.get("/metadata/<kind>/<key>")
@reads
def show(ctx: Context, kind: str, key: str) -> Response:
    """One effective document."""
    given = read_parameters(DocumentParameters)
    _require_kind(kind)
    document = ctx.machine.catalog.documents.get((kind, key))
    if document is None or not is_open(ctx, document):
        raise NotFound("document.unknown", f'There is no {kind} "{key}".')
    return answer(_shown(ctx, document, layers=given["layers"]))


@documents.get("/metadata/schema/<kind>")
@reads
def schema(_ctx: Context, kind: str) -> Response:
    """The JSON Schema of a kind."""
    _require_kind(kind)
    own = {key: value for key, value in schemas.schemas()[kind].items() if key != "$id"}
    return answer({"$schema": DIALECT, **own})


def _require_kind(kind: str) -> None:
    if kind not in schemas.kinds():
        raise NotFound("document.unknown-kind", f'There is no kind of document "{kind}".')


def _shown(ctx: Context, document: Effective, *, layers: bool) -> dict[str, Any]:
    part = open_part(ctx, document)
    shown: dict[str, Any] = {
        "kind": document.kind,
        "key": document.key,
        "layer": document.layer,
        "document": part,
    }
    return shown | {"layers": open_layers(document, part)} if layers else shown
