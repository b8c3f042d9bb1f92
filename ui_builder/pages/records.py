"""Records: their pages, the forms that make and change them, and their way to the trash."""

from collections.abc import Mapping

from flask import Blueprint, Response

from engine.access import gate
from engine.context import Context
from engine.errors import Denied, NotFound, Refused
from engine.records.commands import change_record, create_record, restore_record, trash_record
from engine.records.defaults import usual_values
from engine.records.files import keep_file
from engine.records.openness import require_open
from metadata.catalog import Entity
from ui_builder import here
from ui_builder.rendering.forms import (
    FORM_KINDS,
    NEW_KINDS,
    draw_form,
    form_sections,
    read_form,
    typed_values,
    without_silence,
)
from ui_builder.rendering.pages import draw_record, find_whole
from ui_builder.rendering.stories import draw_story, read_story_question
from ui_builder.rendering.values import record_url

records = Blueprint("records", __name__)


@records.get("/records/<entity>/new")
def new(entity: str) -> Response:
    """The form of a new record, with what the address says filled in."""
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        gate.require(ctx, entity, "create")
        usual = typed_values(ctx, declared, usual_values(ctx, declared))
        return _new_form(ctx, declared, usual | _asked(declared))


@records.post("/records/<entity>/new")
def create(entity: str) -> Response:
    """Create a record, or show the form again with what is wrong."""
    try:
        with here.writing() as ctx:
            declared = gate.find_entity(ctx, entity)
            typed = without_silence(declared, _typed(ctx, declared))
            record = create_record(ctx, entity, typed)
            label = declared.label
    except (Denied, NotFound):
        raise
    except Refused as refusal:
        with here.reading() as ctx:
            declared = gate.find_entity(ctx, entity)
            return _new_form(ctx, declared, read_form(ctx, declared, here.form()), refusal)
    return here.go(here.back(record_url(entity, record.id)), f"{label} created")


@records.get("/records/<entity>/<record_id>")
def show(entity: str, record_id: str) -> Response:
    """A record's page."""
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        record = find_whole(ctx, declared, record_id)
        tab = here.asked().get("tab", "0")
        return here.render(
            ctx,
            "pages/record.html",
            page=draw_record(ctx, declared, record, int(tab) if tab.isdigit() else 0),
            story=draw_story(ctx, declared, record_id, read_story_question(here.asked())),
        )


@records.get("/records/<entity>/<record_id>/edit")
def edit(entity: str, record_id: str) -> Response:
    """The form that changes a record; what the address says is typed in already."""
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        record = find_whole(ctx, declared, record_id)
        require_open(ctx, entity, record_id, "update")
        typed = typed_values(ctx, declared, record.values) | _asked(declared)
        return _edit_form(ctx, declared, record_id, typed, record.version)


@records.post("/records/<entity>/<record_id>/edit")
def update(entity: str, record_id: str) -> Response:
    """Change a record, or show the form again with what is wrong."""
    try:
        with here.writing() as ctx:
            declared = gate.find_entity(ctx, entity)
            version = here.form().get("version", "")
            change_record(
                ctx,
                entity,
                record_id,
                _typed(ctx, declared),
                version=int(version) if version.isdigit() else None,
            )
    except (Denied, NotFound):
        raise
    except Refused as refusal:
        return _refused_edit(entity, record_id, refusal)
    return here.go(here.back(record_url(entity, record_id)), "Saved")


@records.post("/records/<entity>/<record_id>/trash")
def trash(entity: str, record_id: str) -> Response:
    """Put a record in the trash, with a way back."""
    with here.writing() as ctx:
        declared = gate.find_entity(ctx, entity)
        trash_record(ctx, entity, record_id)
    said = f"{declared.label} moved to the trash"
    return here.go(here.back("/"), said, undo=record_url(entity, record_id))


@records.post("/records/<entity>/<record_id>/restore")
def restore(entity: str, record_id: str) -> Response:
    """Take a record out of the trash."""
    with here.writing() as ctx:
        record = restore_record(ctx, entity, record_id)
    return here.go(record_url(entity, record.id), f"{record.title} is back")


def _typed(ctx: Context, entity: Entity) -> dict[str, object]:
    """What was typed, with the files that came along kept first."""
    typed: dict[str, object] = read_form(ctx, entity, here.form())
    for name, file in here.files().items():
        if name in entity.fields:
            kept = keep_file(ctx, here.tenant().settings, file.filename or "file", file.read())
            typed[name] = kept.id
    return typed


def _asked(entity: Entity) -> dict[str, str]:
    return {key: value for key, value in here.asked().items() if key in entity.fields}


def _new_form(
    ctx: Context, entity: Entity, typed: Mapping[str, object], refusal: Refused | None = None
) -> Response:
    layouts = list(ctx.machine.catalog.layouts.values())
    sections = form_sections(layouts, entity, NEW_KINDS)
    form = draw_form(ctx, entity, sections, typed, refusal)
    return here.render(
        ctx,
        "pages/new.html",
        refusal.status if refusal else 200,
        entity=entity,
        form=form,
        next=here.back(""),
    )


def _refused_edit(entity: str, record_id: str, refusal: Refused) -> Response:
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        record = find_whole(ctx, declared, record_id)
        typed = typed_values(ctx, declared, record.values) | read_form(ctx, declared, here.form())
        return _edit_form(ctx, declared, record_id, typed, record.version, refusal)


def _edit_form(
    ctx: Context,
    entity: Entity,
    record_id: str,
    typed: dict[str, object],
    version: int,
    refusal: Refused | None = None,
) -> Response:
    layouts = list(ctx.machine.catalog.layouts.values())
    form = draw_form(ctx, entity, form_sections(layouts, entity, FORM_KINDS), typed, refusal)
    return here.render(
        ctx,
        "pages/edit.html",
        refusal.status if refusal else 200,
        entity=entity,
        record_id=record_id,
        form=form,
        version=version,
        next=here.back(record_url(entity.key, record_id)),
    )
