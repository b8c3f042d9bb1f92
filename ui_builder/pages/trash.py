"""The trash: what was deleted, newest first, and the way back."""

from flask import Blueprint, Response

from ui_builder import here
from ui_builder.rendering.trash import draw_trash

trash = Blueprint("trash", __name__)


@trash.get("/trash")
def index() -> Response:
    """Everything in the trash that the person may take out of it."""
    with here.reading() as ctx:
        kind = here.asked().get("kind", "")
        return here.render(ctx, "pages/trash.html", page=draw_trash(ctx, kind))
