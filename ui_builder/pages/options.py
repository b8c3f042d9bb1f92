"""Options: the records that a link may point to, while somebody types."""

from flask import Blueprint, Response

from engine.access import gate
from ui_builder import here
from ui_builder.rendering.choosing import draw_options

options = Blueprint("options", __name__)


@options.get("/options/<entities>")
def index(entities: str) -> Response:
    """The records of these entities that match, as the options of a combobox."""
    with here.reading() as ctx:
        kinds = [key for key in entities.split(",")[:30] if key in ctx.machine.catalog.entities]
        open_kinds = [key for key in kinds if gate.can(ctx, key, "read")]
        found = draw_options(ctx, open_kinds, here.asked().get("q", ""))
        return here.bare("pages/options.html", options=found)
