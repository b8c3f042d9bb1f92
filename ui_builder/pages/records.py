"""Records: their pages, the forms that make them, and their way to the trash and back."""

from collections.abc import Mapping

from flask import Blueprint, Response

from engine.access import gate
from engine.context import Context
from engine.errors import Denied, NotFound, Refused
from engine.records.commands import create_record, restore_record, trash_record
from engine.records.defaults import usual_values
from metadata.catalog import Entity
from ui_builder import here
from ui_builder.pages.sending import asked_values, sent_values
from ui_builder.rendering.forms import read_form, typed_values, without_silence
from ui_builder.rendering.live_forms import draw_live_form
from ui_builder.rendering.pages import draw_record, find_whole
from ui_builder.rendering.stories import draw_story, read_story_question
from ui_builder.rendering.values import record_url, whole_number

records = Blueprint("records", __name__)


@records.get("/records/<entity>/new")
def new(entity: str) -> Response:
    """The form of a new record, with what the address says filled in."""
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        gate.require(ctx, entity, "create")
        usual = typed_values(ctx, declared, usual_values(ctx, declared))
        return _new_form(ctx, declared, usual | asked_values(declared))


@records.post("/records/<entity>/new")
def create(entity: str) -> Response:
    """Create a record, or show the form again with what is wrong."""
    try:
        with here.writing() as ctx:
            declared = gate.find_entity(ctx, entity)
            typed = without_silence(declared, sent_values(ctx, declared))
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
        return here.render(
            ctx,
            "pages/record.html",
            page=draw_record(ctx, declared, record, whole_number(here.asked().get("tab", "")) or 0),
            story=draw_story(ctx, declared, record_id, read_story_question(here.asked())),
        )


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
        words = record.title or gate.find_entity(ctx, entity).label
    return here.go(record_url(entity, record.id), f"{words} is back")


def _new_form(
    ctx: Context, entity: Entity, typed: Mapping[str, object], refusal: Refused | None = None
) -> Response:
    form = draw_live_form(ctx, entity, typed, typed, refusal)
    return here.render(
        ctx,
        "pages/new.html",
        refusal.status if refusal else 200,
        entity=entity,
        form=form,
        next=here.back(""),
    )
