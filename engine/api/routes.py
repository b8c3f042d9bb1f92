"""The routes of /api/v1, put together for an application to serve."""

from flask import Blueprint, Response

from engine.api import asking
from engine.api.accounts import accounts
from engine.api.documents import documents
from engine.api.health import health
from engine.api.openapi import openapi
from engine.api.problems import not_found, register_problems
from engine.api.records import records
from engine.api.uploads import uploads

BASE = "/api/v1"


def make_api() -> Blueprint:
    """The blueprint of the whole interface."""
    api = Blueprint("api", __name__, url_prefix=BASE)
    for part in (records, accounts, documents, openapi, uploads):
        api.register_blueprint(part)
    api.after_request(_finish)
    register_problems(api)
    api.add_url_rule("/<path:rest>", "unknown", _unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return api


def _unknown(rest: str) -> Response:
    return not_found()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = asking.request_id()
    response.headers.setdefault("Cache-Control", "no-store")
    return response


__all__ = ["BASE", "health", "make_api"]
