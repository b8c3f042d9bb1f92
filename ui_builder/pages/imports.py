"""Importing: a file is uploaded, its columns are placed, a try shows what would come, and it runs."""

from flask import Blueprint, Response

from engine.access import gate
from engine.context import Context
from engine.errors import Invalid, NotFound, Refused
from engine.records.transfer.importing import preview_import, run_import
from engine.records.transfer.mapping import Mapping, change_mapping, propose_mapping
from engine.records.transfer.notes import made_words
from engine.records.transfer.rejects import write_rejects
from engine.records.transfer.results import ImportResult
from engine.records.transfer.sheets import Sheet, read_sheet
from engine.records.transfer.waiting import Waiting, find_waiting, keep_waiting
from metadata.catalog import Entity
from ui_builder import here
from ui_builder.rendering.imports import chosen_paths, draw_import
from ui_builder.rendering.usual import first_view

imports = Blueprint("imports", __name__)


@imports.get("/import/<entity>")
def ask(entity: str) -> Response:
    """The form that takes a file."""
    with here.reading() as ctx:
        return _start(ctx, _importable(ctx, entity))


@imports.post("/import/<entity>")
def upload(entity: str) -> Response:
    """Take a file, if it can be read, and go on to its columns."""
    with here.writing() as ctx:
        _importable(ctx, entity)
        owner, now = str(ctx.actor.id), ctx.now()
    file = here.files().get("file")
    try:
        if file is None:
            raise Invalid("import.no-file", "Choose a file first.")
        name, content = file.filename or "file", file.read()
        read_sheet(content, name)
    except Refused as refusal:
        with here.reading() as ctx:
            return _start(ctx, _importable(ctx, entity), refusal)
    kept = keep_waiting(here.tenant().settings, owner, name, content, now)
    return here.go(f"/import/{entity}/{kept.key}")


@imports.get("/import/<entity>/<key>")
def show(entity: str, key: str) -> Response:
    """Where each column goes, as it is proposed; or what became of the file."""
    with here.reading() as ctx:
        declared = _importable(ctx, entity)
        waiting = _waiting(ctx, key)
        if waiting.result is not None:
            return here.render(
                ctx,
                "pages/import_done.html",
                entity=declared,
                waiting=waiting,
                view=first_view(ctx, entity),
                made=made_words(ctx.machine.catalog, waiting.result["made"]),
            )
        sheet = read_sheet(waiting.content, waiting.name)
        page = draw_import(ctx, declared, sheet, propose_mapping(ctx, entity, sheet), key=key)
        return here.render(ctx, "pages/import.html", page=page)


@imports.post("/import/<entity>/<key>")
def run(entity: str, key: str) -> Response:
    """Try the import, or do it."""
    match = here.form().get("match", "")
    with here.writing() as ctx:
        declared = _importable(ctx, entity)
        waiting = _waiting(ctx, key)
        actor = ctx.actor
    sheet = read_sheet(waiting.content, waiting.name)
    with here.reading() as ctx:
        proposed = propose_mapping(ctx, entity, sheet)
    try:
        with here.reading() as ctx:
            mapping = change_mapping(ctx, proposed, chosen_paths(proposed, here.form()))
        if here.form().get("do") == "import":
            result = run_import(here.tenant(), sheet, mapping, actor=actor, match=match)
            waiting.finish(result.as_json())
            return here.go(f"/import/{entity}/{key}")
        result = preview_import(here.tenant(), sheet, mapping, actor=actor, match=match)
    except Refused as refusal:
        return _again(declared, sheet, proposed, key, match, refusal=refusal)
    return _again(declared, sheet, mapping, key, match, preview=result)


@imports.get("/import/<entity>/<key>/rejected.csv")
def rejected(entity: str, key: str) -> Response:
    """The rows that were turned away, with the reasons."""
    with here.reading() as ctx:
        _importable(ctx, entity)
        waiting = _waiting(ctx, key)
        if waiting.result is None:
            raise NotFound("import.not-run", "This file was not imported yet.")
        reasons = {each["row"]: each["reason"] for each in waiting.result["reasons"]}
        pieces = list(write_rejects(read_sheet(waiting.content, waiting.name), reasons))
    return here.download(pieces, f"{waiting.name.rpartition('.')[0]}-rejected.csv", "text/csv")


def _importable(ctx: Context, key: str) -> Entity:
    entity = gate.find_entity(ctx, key)
    gate.require_capability(ctx, "import")
    gate.require(ctx, key, "create")
    return entity


def _waiting(ctx: Context, key: str) -> Waiting:
    return find_waiting(here.tenant().settings, str(ctx.actor.id), key)


def _start(ctx: Context, entity: Entity, refusal: Refused | None = None) -> Response:
    status = refusal.status if refusal else 200
    return here.render(ctx, "pages/import_start.html", status, entity=entity, refusal=refusal)


def _again(
    entity: Entity,
    sheet: Sheet,
    mapping: Mapping,
    key: str,
    match: str,
    *,
    refusal: Refused | None = None,
    preview: ImportResult | None = None,
) -> Response:
    with here.reading() as ctx:
        page = draw_import(ctx, entity, sheet, mapping, key=key, match=match, preview=preview)
        status = refusal.status if refusal else 200
        return here.render(ctx, "pages/import.html", status, page=page, refusal=refusal)
