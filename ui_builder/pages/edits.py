"""Changing a record: its form, and what becomes of it when somebody else was faster."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.context import Context
from engine.errors import Denied, Moved, NotFound, Refused
from engine.records.commands import change_record
from engine.records.openness import require_open
from metadata.catalog import Entity
from ui_builder import here
from ui_builder.pages.sending import asked_values, sent_values
from ui_builder.rendering.edits import clashing, read_drawn, touched, write_drawn
from ui_builder.rendering.forms import read_form, typed_values
from ui_builder.rendering.live_forms import draw_live_form
from ui_builder.rendering.pages import find_whole
from ui_builder.rendering.values import record_url, show, whole_number

edits = Blueprint("edits", __name__)


@edits.get("/records/<entity>/<record_id>/edit")
def edit(entity: str, record_id: str) -> Response:
    """The form that changes a record; what the address says is typed in already."""
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        record = find_whole(ctx, declared, record_id)
        require_open(ctx, entity, record_id, "update")
        drawn = typed_values(ctx, declared, record.values)
        typed = drawn | asked_values(declared)
        return _form(ctx, declared, record_id, typed, drawn=drawn, version=record.version)


@edits.post("/records/<entity>/<record_id>/edit")
def update(entity: str, record_id: str) -> Response:
    """Change a record, or show the form again with what is wrong."""
    try:
        with here.writing() as ctx:
            _save(ctx, gate.find_entity(ctx, entity), record_id)
    except (Denied, NotFound):
        raise
    except Refused as refusal:
        return _refused(entity, record_id, refusal)
    return here.go(here.back(record_url(entity, record_id)), "Saved")


def _save(ctx: Context, entity: Entity, record_id: str) -> None:
    """Change what was touched. Where somebody else touched other fields meanwhile, both stay."""
    drawn = read_drawn(here.form().get("drawn", ""))
    changed = touched(ctx, entity, sent_values(ctx, entity), drawn)
    try:
        change_record(ctx, entity.key, record_id, changed, version=_version())
    except Moved as moved:
        values = find_whole(ctx, entity, record_id).values
        clashes = clashing(ctx, entity, changed, drawn, typed_values(ctx, entity, values))
        if clashes:
            theirs = {k: show(ctx, entity.fields[k], values.get(k)).text or "empty" for k in clashes}
            raise Moved(moved.code, moved.message, facts={"theirs": theirs}) from moved
        change_record(ctx, entity.key, record_id, changed)


def _refused(entity: str, record_id: str, refusal: Refused) -> Response:
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        record = find_whole(ctx, declared, record_id)
        typed = read_form(ctx, declared, here.form())
        drawn, version = read_drawn(here.form().get("drawn", "")), _version()
        if isinstance(refusal, Moved) or version is None:  # from here on, against what is there now
            typed = touched(ctx, declared, typed, drawn)
            drawn, version = typed_values(ctx, declared, record.values), record.version
        return _form(ctx, declared, record_id, drawn | typed, refusal, drawn=drawn, version=version)


def _form(
    ctx: Context,
    entity: Entity,
    record_id: str,
    typed: Mapping[str, Any],
    refusal: Refused | None = None,
    *,
    drawn: Mapping[str, Any],
    version: int,
) -> Response:
    changed = touched(ctx, entity, typed, drawn)
    form = draw_live_form(ctx, entity, typed, changed, refusal, record_id=record_id)
    return here.render(
        ctx,
        "pages/edit.html",
        refusal.status if refusal else 200,
        entity=entity,
        record_id=record_id,
        form=form,
        drawn=write_drawn(drawn, form),
        version=version,
        next=here.back(record_url(entity.key, record_id)),
    )


def _version() -> int | None:
    """The version of the record that the form was drawn from."""
    return whole_number(here.form().get("version", ""))
