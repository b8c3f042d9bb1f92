"""The routes of /api/v1, put together for an application to serve."""

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from engine.api.accounts import accounts
from engine.api.bulk import bulk
from engine.api.documents import documents
from engine.api.openapi import openapi
from engine.api.problems import not_found, register_problems
from engine.api.records import records
from engine.api.uploads import uploads

BASE = "/api/v1"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def make_api() -> Blueprint:
    """The blueprint of the whole interface."""
    api = Blueprint("api", __name__, url_prefix=BASE)
    for part in (records, bulk, accounts, documents, openapi, uploads):
        api.register_blueprint(part)
    register_problems(api)
    api.add_url_rule("/<path:rest>", "unknown", _unknown, methods=[*METHODS, "TRACE"])
    return api


def _unknown(rest: str) -> Response:
    """What no route takes: an address that is none of ours, or a method it does not have."""
    allowed = [method for method in METHODS if _is_route(method)]
    if allowed:
        raise MethodNotAllowed(valid_methods=[*allowed, "OPTIONS"])
    return not_found()


def _is_route(method: str) -> bool:
    routes = current_app.url_map.bind_to_environ(request.environ)
    try:
        endpoint, _ = routes.match(method=method)
    except HTTPException:
        return False
    return bool(endpoint != request.endpoint)
