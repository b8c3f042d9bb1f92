"""Here and now: the request a page answers, as plain values. The one reader of Flask's globals in this room."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson
from flask import Response, make_response, redirect, render_template, request
from werkzeug.datastructures import FileStorage, MultiDict

from engine.api import asking
from engine.context import Context
from engine.errors import Denied
from engine.tenant import Tenant
from ui_builder.kept import Kept
from ui_builder.rendering.shell import NavigationGroup, Person, draw_navigation, draw_person

SAID = "pulse_said"  # the cookie that carries a message over a redirect
LONGEST_SAID = 160  # characters, so that the cookie stays one that browsers keep
_RECORD = re.compile(r"/records/[a-z0-9_]+/[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around every page of somebody who is signed in."""

    groups: list[NavigationGroup]
    person: Person
    csrf: str
    theme: str
    said: str  # a message from the page before
    undo: str  # the record that the message offers to take back out of the trash


def tenant() -> Tenant:
    """The tenant that these screens are of."""
    return asking.tenant()


def reading() -> AbstractContextManager[Context]:
    """A context for looking, of the person who is signed in."""
    return asking.reading(via="screen")


def writing() -> AbstractContextManager[Context]:
    """A context for changing something, of the person who is signed in."""
    return asking.writing(via="screen", csrf=request.form.get("csrf"))


@contextmanager
def trying() -> Iterator[Context]:
    """A context for looking at what was sent, as if it were to be written."""
    with reading() as ctx:
        asking.require_csrf(asking.asker(), request.form.get("csrf"))
        yield ctx


def render(ctx: Context, template: str, status: int = 200, **values: Any) -> Response:
    """A page within its shell."""
    said, _, undo = unquote(request.cookies.get(SAID, "")).partition("|")
    session = asking.asker().session
    shell = Shell(
        groups=draw_navigation(ctx),
        person=draw_person(ctx),
        csrf=session.csrf if session else "",
        theme=theme(),
        said=said,
        undo=undo if _RECORD.fullmatch(undo) else "",
    )
    response = make_response(render_template(template, shell=shell, **values), status)
    if said:
        response.delete_cookie(SAID)
    return response


def bare(template: str, status: int = 200, **values: Any) -> Response:
    """A page for anybody, without the shell."""
    return make_response(render_template(template, theme=theme(), **values), status)


def script(text: str) -> Response:
    """A module for the asker alone, that stays what it is: another one has another address."""
    response = Response(text, mimetype="text/javascript")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def json(said: Mapping[str, Any]) -> Response:
    """Facts for a script."""
    return Response(orjson.dumps(said), mimetype="application/json")


def download(pieces: Iterable[bytes], name: str, kind: str) -> Response:
    """A file for the browser to keep."""
    response = Response(pieces, mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response


def go(url: str, said: str = "", undo: str = "") -> Response:
    """Send the browser on to another page, with a message to show there."""
    response = make_response(redirect(url, 303))
    if said:
        value = quote(f"{said[:LONGEST_SAID]}|{undo}")
        response.set_cookie(SAID, value, max_age=60, httponly=True, samesite="Lax", secure=is_secure())
    return response


def back(usual: str) -> str:
    """Where the form said to go on to: a page of our own, or the usual one."""
    return own_path(request.values.get("next", "")) or usual


def own_path(url: str) -> str:
    """The address if it is a path of ours, and nothing that a browser would take elsewhere."""
    own = re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", url) is not None and "\\" not in url
    return url if own else ""


def theme() -> str:
    """The theme that the person chose here; empty when the system decides."""
    chosen = request.cookies.get("pulse_theme", "")
    return chosen if chosen in {"light", "dark"} else ""


def came_from() -> str:
    """The address of our own page that this request was sent from; empty when that is not known."""
    page = urlsplit(request.referrer or "")
    return own_path(page._replace(scheme="", netloc="").geturl()) if page.netloc == request.host else ""


def sent() -> Kept | None:
    """What a form of ours sent, to be kept while its sender signs in; None when there is nothing to
    keep, or another site sent it.
    """
    pairs = ((name, value) for name in request.form for value in request.form.getlist(name))
    fields = tuple(pair for pair in pairs if pair[0] != "csrf")
    return Kept(request.path, fields) if fields and is_from_here() else None


def is_question() -> bool:
    """Whether something is asked for, rather than sent."""
    return request.method in asking.SAFE


def is_fragment() -> bool:
    """Whether a script asks, to put the answer into the page that is open."""
    return request.headers.get("HX-Request") == "true"


def is_secure() -> bool:
    """Whether cookies may only go by https."""
    return tenant().settings.is_secure


def asked() -> MultiDict[str, str]:
    """What the address asks for."""
    return request.args


def asked_lists() -> Mapping[str, list[str]]:
    """What the address asks for, where it may say something several times."""
    return request.args.to_dict(flat=False)


def path() -> str:
    """The address that was asked, with its question."""
    return request.full_path.rstrip("?")


def form() -> MultiDict[str, str]:
    """What was typed into the form."""
    return request.form


def files() -> Mapping[str, FileStorage]:
    """The files that came with the form, of those inputs where one was chosen."""
    return {name: file for name, file in request.files.items() if file.filename}


def session_secret() -> str:
    """What the browser's cookie holds of the session."""
    return request.cookies.get(asking.cookie_name(), "")


def require_same_origin() -> None:
    """Refuse a form that another site sends for somebody who is not signed in here."""
    if not is_from_here():
        raise Denied("auth.csrf", "This form came from another site.")


def is_from_here() -> bool:
    """Whether no other site sent this, as far as the browser says."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
