"""How a value is computed: a page of its own, of which the popover beside the value is a piece."""

from flask import Blueprint, Response

from engine.access import gate
from ui_builder import here
from ui_builder.rendering.explaining import draw_explanation

explaining = Blueprint("explaining", __name__)


@explaining.get("/explain/<entity>/<field>")
def show(entity: str, field: str) -> Response:
    """A field explained, with the values of the record that the address names."""
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        page = draw_explanation(ctx, declared, field, here.asked().get("id"))
        return here.render(ctx, "pages/explanation.html", page=page, entity=declared)
