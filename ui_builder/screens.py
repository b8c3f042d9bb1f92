"""The screens of a tenant: every page, put together for an application to serve."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from engine.errors import Refused
from engine.fields.rich_text import sanitise
from ui_builder.pages import PAGES
from ui_builder.pages.refusals import register_refusals
from ui_builder.rendering.icons import icon

BUILT = Path(__file__).parent / "dist"


def add_screens(app: Flask) -> None:
    """Serve the screens, and what they are built of, from an application."""
    screens = Blueprint("screens", __name__, template_folder="templates")
    for page in PAGES:
        screens.register_blueprint(page)
    register_refusals(app, screens)
    app.register_blueprint(screens)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(icon=icon, built=_built, looks=_looks_of(app))
    app.jinja_env.filters["sanitised"] = _sanitised
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(BUILT / "assets"), prefix="assets/", max_age=31_536_000
    )


@cache
def _built(kind: str) -> str:
    """The address of the script or the style sheet, named by its content."""
    try:
        entry = orjson.loads((BUILT / "manifest.json").read_bytes())["elements/main.ts"]
    except FileNotFoundError:
        raise Refused("screens.not-built", "The screens are not built. Build them: make setup") from None
    file: str = entry["css"][0] if kind == "style" else entry["file"]
    return f"/{file}"


def _looks_of(app: Flask) -> Any:
    """The macros of a field type, by its name: `show` draws a value, `edit` an input."""

    @cache
    def looks(field_type: str) -> Any:
        return app.jinja_env.get_template(f"fields/{field_type}/field.html").module

    return looks


def _sanitised(html: Any) -> Markup:
    return Markup(sanitise(str(html or "")))  # noqa: S704 - sanitised on this very line
