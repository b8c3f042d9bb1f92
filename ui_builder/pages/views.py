"""Views: the lists and boards of records, each at an address that says what it shows."""

from flask import Blueprint, Response

from engine.errors import NotFound
from engine.records.commands import apply_batch, change_record
from engine.records.writes import Trash
from ui_builder import here
from ui_builder.rendering.boards import draw_board
from ui_builder.rendering.lists import draw_list, find_view
from ui_builder.rendering.questions import read_question
from ui_builder.rendering.shell import draw_navigation

views = Blueprint("views", __name__)
KINDS = {"list": draw_list, "kanban": draw_board}


@views.get("/")
def home() -> Response:
    """The first thing of the navigation."""
    with here.reading() as ctx:
        links = [link for group in draw_navigation(ctx) for link in group.links]
        return here.go(links[0].href) if links else here.render(ctx, "pages/nothing.html")


@views.get("/more")
def more() -> Response:
    """Everything that the navigation holds, as a page for small screens."""
    with here.reading() as ctx:
        return here.render(ctx, "pages/more.html")


@views.get("/views/<key>")
def show(key: str) -> Response:
    """A view, as its kind draws it."""
    with here.reading() as ctx:
        view = find_view(ctx, key)
        page = KINDS[view.kind](ctx, view, read_question(here.asked()))
        return here.render(ctx, f"views/{view.kind}/page.html", page=page)


@views.post("/views/<key>/trash")
def trash_selected(key: str) -> Response:
    """Put the records that were ticked in the trash: all of them, or none."""
    ids = here.form().getlist("id")
    with here.writing() as ctx:
        view = find_view(ctx, key)
        outcomes = apply_batch(ctx, view.entity, [Trash(id=each) for each in ids])
        refused = next((outcome.refusal for outcome in outcomes if outcome.refusal), None)
        if refused is not None:
            raise refused
        entity = ctx.machine.catalog.entities[view.entity]
        words = entity.label.lower() if len(ids) == 1 else entity.plural.lower()
    return here.go(here.back(f"/views/{key}"), f"{len(ids)} {words} moved to the trash")


@views.post("/views/<key>/done/<record_id>")
def check_off(key: str, record_id: str) -> Response:
    """Tick a record off: give it the values that the view says a tick sets."""
    with here.writing() as ctx:
        view = find_view(ctx, key)
        if not view.check_off:
            raise NotFound("view.no-check-off", "Nothing is ticked off in this view.")
        record = change_record(ctx, view.entity, record_id, dict(view.check_off))
    return here.go(here.back(f"/views/{key}"), f"Done: {record.title}")
