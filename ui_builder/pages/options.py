"""Options: the records that a link may point to, while somebody types."""

from flask import Blueprint, Response

from engine.access import gate
from engine.errors import NotFound
from engine.records.openness import require_open
from ui_builder import here
from ui_builder.rendering.choosing import draw_fitting, draw_options
from ui_builder.rendering.forms import read_form
from ui_builder.rendering.live_forms import ground_of

options = Blueprint("options", __name__)


@options.get("/options/<entities>")
def index(entities: str) -> Response:
    """The records of these entities that match, as the options of a combobox."""
    with here.reading() as ctx:
        kinds = [key for key in entities.split(",")[:30] if key in ctx.machine.catalog.entities]
        open_kinds = [key for key in kinds if gate.can(ctx, key, "read")]
        found = draw_options(ctx, open_kinds, here.asked().get("q", ""))
        return here.bare("pages/options.html", options=found)


@options.get("/options/<entity>/<key>")
def list_fitting(entity: str, key: str) -> Response:
    """The records that match, of those that a field may link to for what the form holds by now."""
    record_id = here.asked().get("id") or None
    with here.reading() as ctx:
        declared = gate.find_entity(ctx, entity)
        if record_id is None:
            gate.require(ctx, entity, "create")
        else:
            require_open(ctx, entity, record_id, "update")
        inputs = ground_of(ctx, declared, "edit" if record_id else "new").inputs
        if key not in inputs or declared.fields[key].settings.get("filter") is None:
            raise NotFound("field.unknown", "There is no such field that offers what fits.")
        asked = read_form(ctx, declared, here.asked())
        typed = {name: value for name, value in asked.items() if name in inputs}
        found = draw_fitting(ctx, declared.fields[key], typed, record_id, here.asked().get("q", ""))
        return here.bare("pages/options.html", options=found)
