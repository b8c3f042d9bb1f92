"""Refusals as people meet them: the way to sign in, a page that says what to do, or a message."""

from http import HTTPStatus
from urllib.parse import quote

import structlog
from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException

from engine.api import asking
from engine.api.application import is_api
from engine.api.problems import answer_bug, answer_http
from engine.errors import NotSignedIn, Refused
from engine.ids import new_id
from ui_builder import here

TITLES = {
    400: "That can't be understood",
    403: "That is not open to you",
    404: "There is nothing here",
    405: "There is nothing here",
    409: "That clashes with another record",
    412: "Somebody was faster",
    413: "That is too large",
    422: "That can't be done like this",
    429: "Too many attempts",
    500: "Something went wrong here",
    503: "The database is away for a moment",
}
log = structlog.get_logger("pulse.screens")


def register_refusals(app: Flask, screens: Blueprint) -> None:
    """Answer what goes wrong on a screen with a page, and what goes wrong elsewhere as there."""
    screens.register_error_handler(NotSignedIn, _ask_to_sign_in)
    screens.register_error_handler(Refused, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_bug)


def _ask_to_sign_in(_refusal: NotSignedIn) -> Response:
    """The way to sign in and come back. What was sent stays in the page, to be sent again then."""
    if here.is_fragment() and not here.is_question():
        return Response(status=401, headers={"HX-Trigger": "signed-out", "HX-Reswap": "none"})
    if not here.is_question() and (kept := here.sent()):
        return here.bare("pages/sign_in.html", 401, kept=kept, next=here.came_from())
    wanted = here.path() if here.is_question() and not here.is_fragment() else here.came_from()
    target = "/sign-in" + (f"?next={quote(wanted, safe='')}" if wanted not in {"", "/"} else "")
    if here.is_fragment():
        return Response(status=204, headers={"HX-Redirect": target})
    return here.go(target)


def _answer_refusal(refusal: Refused) -> Response:
    words = " ".join(problem.message for problem in refusal.problems) or refusal.message
    return _page(refusal.status, words)


def _answer_http(error: HTTPException) -> Response:
    if is_api(here.path()):
        return answer_http(error)
    status = error.code or 500
    return _page(status, "The address may be mistyped, or what was here is gone." if status == 404 else
                 error.description or "")  # fmt: skip


def _answer_bug(error: Exception) -> Response:
    if is_api(here.path()):
        return answer_bug(error)
    reference = new_id()
    log.error("unexpected", reference=reference, path=asking.loggable_path(), exc_info=error)
    return _page(500, f"It was not your fault, and nothing was changed. Reference: {reference}.")


def _page(status: int, words: str) -> Response:
    title = TITLES.get(status) or HTTPStatus(status).phrase
    if not here.is_fragment():
        return here.bare("pages/refused.html", status, title=title, words=words)
    response = here.bare("pages/refused_fragment.html", status, words=words)
    response.headers.update(
        {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend", "HX-Reselect": "[data-refusal]"}
    )
    return response
