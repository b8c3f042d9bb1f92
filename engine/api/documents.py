"""Metadata over HTTP: kinds, effective documents, and the schemas of kinds.

Who designs the CRM reads every document; others read of the entities they may read,
without the fields that are closed to them, and not who may do what.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.api import asking
from engine.api.answers import answer
from engine.api.schemas import DocumentParameters, read_parameters
from engine.context import Context
from engine.errors import NotFound
from metadata import schemas
from metadata.catalog import Effective

documents = Blueprint("documents", __name__)
OF_ENTITIES = {"entity", "view", "layout", "pipeline"}
FOR_EVERYONE = {"choices", "app", "translation", "pack"}


@documents.get("/metadata")
def index() -> Response:
    """The kinds, how many documents there are of each, and the revision."""
    with asking.reading() as ctx:
        counts = dict.fromkeys((kind for kind in schemas.kinds() if kind != "overlay"), 0)
        for document in ctx.machine.catalog.documents.values():
            counts[document.kind] += _is_open(ctx, document)
        kinds = [{"kind": kind, "count": count} for kind, count in sorted(counts.items())]
        return answer({"revision": ctx.machine.revision, "kinds": kinds})


@documents.get("/metadata/<kind>")
def list_documents(kind: str) -> Response:
    """The effective documents of a kind."""
    given = read_parameters(DocumentParameters)
    _require_kind(kind)
    with asking.reading() as ctx:
        found = [
            _shown(ctx, document, layers=given["layers"])
            for document in ctx.machine.catalog.documents.values()
            if document.kind == kind and _is_open(ctx, document)
        ]
        return answer({"data": found})


@documents.get("/metadata/<kind>/<key>")
def show(kind: str, key: str) -> Response:
    """One effective document."""
    given = read_parameters(DocumentParameters)
    _require_kind(kind)
    with asking.reading() as ctx:
        document = ctx.machine.catalog.documents.get((kind, key))
        if document is None or not _is_open(ctx, document):
            raise NotFound("document.unknown", f'There is no {kind} "{key}".')
        return answer(_shown(ctx, document, layers=given["layers"]))


@documents.get("/metadata/schema/<kind>")
def schema(kind: str) -> Response:
    """The JSON Schema of a kind."""
    with asking.reading():
        _require_kind(kind)
        own = {key: value for key, value in schemas.schemas()[kind].items() if key != "$id"}
        return answer({"$schema": "https://json-schema.org/draft/2020-12/schema", **own})


def _require_kind(kind: str) -> None:
    if kind not in schemas.kinds():
        raise NotFound("document.unknown-kind", f'There is no kind of document "{kind}".')


def _is_open(ctx: Context, document: Effective) -> bool:
    if gate.has_capability(ctx, "design") or document.kind in FOR_EVERYONE:
        return True
    if document.kind not in OF_ENTITIES:
        return False
    entity = document.key if document.kind == "entity" else document.data.get("entity", "")
    return entity in ctx.machine.catalog.entities and gate.can(ctx, entity, "read")


def _shown(ctx: Context, document: Effective, *, layers: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": document.kind,
        "key": document.key,
        "layer": document.layer,
        "document": _open_part(ctx, document),
    }
    return shown | {"layers": dict(document.layers)} if layers else shown


def _open_part(ctx: Context, document: Effective) -> Mapping[str, Any]:
    """An entity without the fields that are closed to the asker; other documents whole."""
    if document.kind != "entity" or gate.has_capability(ctx, "design"):
        return document.data
    entity = ctx.machine.catalog.entities[document.key]
    fields = {
        key: said
        for key, said in (document.data.get("fields") or {}).items()
        if gate.is_readable(ctx, entity, key)
    }
    return {**document.data, "fields": fields}
