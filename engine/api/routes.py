"""The routes of /api/v1, put together for an application to serve."""

from flask import Blueprint

from engine.api.accounts import accounts
from engine.api.aggregates import aggregates
from engine.api.bulk import bulk
from engine.api.documents import documents
from engine.api.explaining import explaining
from engine.api.openapi import openapi
from engine.api.previewing import previewing
from engine.api.problems import register_problems
from engine.api.records import records
from engine.api.uploads import uploads

BASE = "/api/v1"


def make_api() -> Blueprint:
    """The blueprint of the whole interface."""
    api = Blueprint("api", __name__, url_prefix=BASE)
    for part in (records, aggregates, bulk, accounts, documents, explaining, openapi, previewing, uploads):
        api.register_blueprint(part)
    register_problems(api)
    return api
