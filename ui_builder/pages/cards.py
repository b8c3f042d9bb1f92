"""Cards of a board: put one in another column to move its record."""

from flask import Blueprint, Response

from engine.records.commands import change_record
from ui_builder import here
from ui_builder.rendering.lists import find_view

cards = Blueprint("cards", __name__)


@cards.put("/views/<key>/cards/<record_id>")
def move(key: str, record_id: str) -> Response:
    """Move a record, and answer with the board as it is then."""
    with here.writing() as ctx:
        view = find_view(ctx, key)
        change_record(ctx, view.entity, record_id, {view.group: here.form().get("lane") or None})
    return here.go(here.back(f"/views/{key}"))
