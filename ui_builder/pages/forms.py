"""Forms while they are filled in: what a script needs to decide by itself, and what it must ask."""

from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.context import Context
from engine.errors import NotFound
from engine.records.openness import require_open
from metadata.catalog import Entity
from ui_builder import here
from ui_builder.rendering.edits import read_drawn, touched
from ui_builder.rendering.forms import read_form
from ui_builder.rendering.live_forms import answer, ground_of
from ui_builder.rendering.scripts import write_module

forms = Blueprint("forms", __name__)
VERBS = {"new": "create", "edit": "update"}


@forms.get("/forms/<entity>/<kind>/<mark>.js")
def show_module(entity: str, kind: str, mark: str) -> Response:
    """The module of a form's conditions. What another text is called has another address."""
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        gate.require(ctx, entity, VERBS.get(kind, "update"))
        text, now = write_module(ctx, ground_of(ctx, declared, kind)) if kind in VERBS else ("", "")
        if mark != now:
            raise NotFound("form.changed", "This form has changed meanwhile. Load the page again.")
        return here.script(text)


@forms.post("/forms/<entity>/new/asked")
def ask_of_new(entity: str) -> Response:
    """What the conditions of a new record's form come to, as far as a script can't tell."""
    with here.trying() as ctx:
        declared = gate.find_entity(ctx, entity)
        gate.require(ctx, entity, "create")
        typed = read_form(ctx, declared, here.form())
        return here.json(answer(ctx, ground_of(ctx, declared, "new"), typed, None))


@forms.post("/forms/<entity>/edit/asked")
def ask_of_old(entity: str) -> Response:
    """The same for the form that changes a record."""
    record_id = here.asked().get("id", "")
    with here.trying() as ctx:
        declared = gate.find_entity(ctx, entity)
        require_open(ctx, entity, record_id, "update")
        return here.json(answer(ctx, ground_of(ctx, declared, "edit"), _changed(ctx, declared), record_id))


def _changed(ctx: Context, entity: Entity) -> dict[str, Any]:
    typed = read_form(ctx, entity, here.form())
    return touched(ctx, entity, typed, read_drawn(here.form().get("drawn", "")))
