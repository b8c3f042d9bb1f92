"""Search: the words that were typed, found in every kind of record."""

from flask import Blueprint, Response

from ui_builder import here
from ui_builder.rendering.choosing import search_everything

search = Blueprint("search", __name__)
AT_ONCE = 4  # of each kind, below the search box


@search.get("/search")
def index() -> Response:
    """The page of what was found."""
    q = here.asked().get("q", "").strip()[:200]
    with here.reading() as ctx:
        return here.render(ctx, "pages/search.html", q=q, found=search_everything(ctx, q))


@search.get("/search/box")
def box() -> Response:
    """What is shown below the search box while somebody types."""
    q = here.asked().get("q", "").strip()[:200]
    with here.reading() as ctx:
        found = search_everything(ctx, q, AT_ONCE)
        return here.bare("pages/search_box.html", q=q, found=found)
