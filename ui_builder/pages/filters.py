"""Filters while they are built: the panel for what is typed or filled in, and what may come next."""

from flask import Blueprint, Response

from engine.access import gate
from engine.records.completing import complete
from ui_builder import here
from ui_builder.rendering.filters.fields import Fields
from ui_builder.rendering.filters.panel import draw_panel
from ui_builder.rendering.lists import find_view
from ui_builder.rendering.questions import MOST_WORDS, read_question

filters = Blueprint("filters", __name__)


@filters.get("/filters/<key>")
def show(key: str) -> Response:
    """The panel of a view's filter, with what it says and how many records fit."""
    with here.reading() as ctx:
        view = find_view(ctx, key)
        panel = draw_panel(ctx, view, read_question(here.asked()), here.asked_lists())
        return here.bare("pages/filter.html", panel=panel)


@filters.get("/filters/<key>/fields/<entity>")
def list_fields(key: str, entity: str) -> Response:
    """The fields that match, of a view's entity or of one that its filter leads to, as options."""
    with here.reading() as ctx:
        find_view(ctx, key)
        gate.require(ctx, entity, "read")
        found = Fields(ctx).search(entity, here.asked().get("q", "")[:MOST_WORDS])
        return here.bare("pages/options.html", options=found)


@filters.get("/filters/<key>/completions")
def complete_text(key: str) -> Response:
    """What may come next behind a text."""
    with here.reading() as ctx:
        found = complete(ctx, find_view(ctx, key).entity, here.asked().get("before", ""))
        return here.bare("pages/completions.html", found=found)
