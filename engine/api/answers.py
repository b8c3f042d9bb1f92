"""Answers as JSON, and bodies read from it."""

from typing import Any

import orjson
from flask import Response, request

from engine.errors import Invalid, Malformed, Problem, Refused

MEDIA_TYPE = "application/json; charset=utf-8"
DEEPEST_BODY = 20


class WrongMediaType(Refused):
    """A body of another kind than the call takes."""

    status = 415


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    response = Response(orjson.dumps(body), status, headers)
    response.headers["Content-Type"] = MEDIA_TYPE
    return response


def read_object() -> dict[str, Any]:
    """The request's body, which must be one JSON object."""
    if request.mimetype not in {"application/json", "application/merge-patch+json"}:
        found = request.mimetype or "none"
        raise WrongMediaType(
            "body.media-type", f"Send JSON as application/json, not as {found}."
        )
    try:
        body = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as broken:
        raise Malformed("body.malformed", f"The body is not JSON: {broken}.") from broken
    if not isinstance(body, dict):
        problem = Problem("", "body.not-an-object", "The body must be a JSON object.")
        raise Invalid("body.not-an-object", problem.message, problems=[problem])
    if _depth(body) > DEEPEST_BODY:
        raise Malformed("body.too-deep", f"The body is nested deeper than {DEEPEST_BODY}.")
    return body


def _depth(body: Any) -> int:
    deepest, level = 0, [body]
    while level:
        deepest += 1
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        level = inner
    return deepest
