"""A record's story: what the composer adds to it, as records of their own."""

from flask import Blueprint, Response

from engine.access import gate
from engine.errors import Denied, NotFound, Refused
from engine.records.commands import create_record
from ui_builder import here
from ui_builder.rendering.forms import read_form, without_silence
from ui_builder.rendering.pages import draw_record, find_whole
from ui_builder.rendering.stories import (
    StoryQuestion,
    composer_of,
    draw_story,
    values_about,
)
from ui_builder.rendering.values import record_url

stories = Blueprint("stories", __name__)


@stories.post("/records/<entity>/<record_id>/story/<int:number>")
def add(entity: str, record_id: str, number: int) -> Response:
    """Add to a record's story with one tab of its composer, or show what is wrong."""
    try:
        with here.writing() as ctx:
            declared = gate.find_entity(ctx, entity)
            composer = composer_of(ctx, declared, number)
            kind = gate.find_entity(ctx, composer.entity)
            about = values_about(ctx, declared, record_id, composer)
            create_record(ctx, kind.key, without_silence(kind, read_form(ctx, kind, here.form())) | about)
            label = composer.label
    except (Denied, NotFound):
        raise
    except Refused as refusal:
        return _again(entity, record_id, number, refusal)
    return here.go(f"{record_url(entity, record_id)}?compose={number}", f"{label} added")


def _again(entity: str, record_id: str, number: int, refusal: Refused) -> Response:
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        record = find_whole(ctx, declared, record_id)
        kind = gate.find_entity(ctx, composer_of(ctx, declared, number).entity)
        typed = read_form(ctx, kind, here.form())
        question = StoryQuestion(compose=number, typed=typed, refusal=refusal)
        return here.render(
            ctx,
            "pages/record.html",
            refusal.status,
            page=draw_record(ctx, declared, record),
            story=draw_story(ctx, declared, record_id, question),
        )
