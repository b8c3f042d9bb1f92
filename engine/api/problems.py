"""Refusals as problem documents (RFC 9457): one shape for every error of the API."""

from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from engine.api import asking
from engine.errors import Refused
from engine.ids import new_id

MEDIA_TYPE = "application/problem+json; charset=utf-8"
HTTP_CODES = {
    404: ("route.unknown", "There is nothing at this address."),
    405: ("method.not-allowed", "This address does not take this method; Allow names those it takes."),
    413: ("body.too-large", "The request is larger than this takes."),
}
log = structlog.get_logger("pulse.api")


def register_problems(api: Blueprint | Flask) -> None:
    """Answer every refusal and every bug here with a problem document."""
    api.register_error_handler(Refused, answer_refusal)
    api.register_error_handler(HTTPException, answer_http)
    api.register_error_handler(Exception, answer_bug)


def answer_refusal(refusal: Refused) -> Response:
    """The problem document of a refusal."""
    problem = describe_refusal(refusal)
    response = _answer(refusal.status, problem)
    if "retry_after" in refusal.facts:
        response.headers["Retry-After"] = str(refusal.facts["retry_after"])
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="PulseCRM"'
    return response


def describe_refusal(refusal: Refused) -> dict[str, Any]:
    """A refusal as the members of a problem document, without its instance."""
    members: dict[str, Any] = {
        "type": f"urn:pulsecrm:problem:{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.message,
        "code": refusal.code,
        **refusal.facts,
    }
    if refusal.problems:
        members["errors"] = [
            {"pointer": each.pointer, "code": each.code, "message": each.message}
            for each in refusal.problems
        ]
    return members


def answer_http(error: HTTPException) -> Response:
    """The problem document of what Flask itself turns down."""
    status = error.code or 500
    code, words = HTTP_CODES.get(status, ("request.refused", error.description or "This was refused."))
    response = _plain(status, code, words)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def answer_bug(error: Exception) -> Response:
    """The problem document of a bug: a reference to the log, and nothing of what went wrong."""
    reference = new_id()
    log.error("unexpected", reference=reference, path=asking.loggable_path(), exc_info=error)
    return _plain(500, "server.error", f"Something went wrong here. Reference: {reference}.")


def _plain(status: int, code: str, detail: str) -> Response:
    title = HTTPStatus(status).phrase
    kind = f"urn:pulsecrm:problem:{code}"
    members = {"type": kind, "title": title, "status": status, "detail": detail, "code": code}
    return _answer(status, members)


def _answer(status: int, members: dict[str, Any]) -> Response:
    body = orjson.dumps({**members, "instance": request.path}, default=str)
    response = Response(body, status)
    response.headers["Content-Type"] = MEDIA_TYPE
    return response
