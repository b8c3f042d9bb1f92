"""The OpenAPI document says what the API takes and answers, all of it, and only what is open."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.calling import Caller

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def document(ada: Caller) -> dict[str, Any]:
    found: dict[str, Any] = ada.get("/openapi.json").body
    return found


def served(app: Flask) -> Iterator[tuple[str, str]]:
    """Every call that the application takes below the API's base, as the document writes them."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        if path.startswith("/api/v1/"):
            for method in (rule.methods or set()) & METHODS:
                yield method, path.removeprefix("/api/v1")


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_call_is_described_for_every_entity(app: Flask, document: dict[str, Any]) -> None:
    described = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, calls in document["paths"].items()
        for method in calls
        if method != "parameters"
    }
    wanted = {
        (method, re.sub(r"\{\w+\}", "{}", path.replace("{entity}", "zebra")))
        for method, path in served(app)
    }

    assert wanted <= described


def test_what_a_reader_may_not_know_is_not_in_it(kim: Caller, document: dict[str, Any]) -> None:
    shown = str(kim.get("/openapi.json").body["components"]["schemas"]["zebra"])

    assert "secret" in str(document["components"]["schemas"]["zebra"])
    assert "secret" not in shown


def test_an_address_says_which_methods_it_takes(ada: Caller) -> None:
    refused = ada.call("PUT", "/me")
    nowhere = ada.get("/nowhere")

    assert (refused.status, refused.body["code"]) == (405, "method.not-allowed")
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert (nowhere.status, nowhere.body["code"]) == (404, "route.unknown")
