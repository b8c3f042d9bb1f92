"""The OpenAPI 3.1 document, generated from the catalog as far as the asker may read it."""

from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.api.answers import answer
from engine.api.description import (
    BOOLEAN,
    DONE,
    ID,
    KEY,
    OBJECT,
    TEXT,
    Schema,
    an_object,
    answered,
    call,
    many,
    or_none,
    parameter,
    ref,
)
from engine.api.openapi_records import record_paths, record_shapes
from engine.api.pages import reads
from engine.context import Context
from metadata import schemas

openapi = Blueprint("openapi", __name__)
NUMBER: Schema = {"type": "integer"}


@openapi.get("/openapi.json")
@reads
def show(ctx: Context) -> Response:
    """The document."""
    return answer(ctx.machine.remembered(("openapi", gate.standing(ctx)), lambda: describe(ctx)))


def describe(ctx: Context) -> Schema:
    """The interface as this asker may use it."""
    entities = [e for e in ctx.machine.catalog.entities.values() if gate.can(ctx, e.key, "read")]
    paths: Schema = dict(_fixed_paths())
    shapes: Schema = {"Problem": _problem()}
    for entity in entities:
        shapes |= record_shapes(ctx, entity)
        paths |= record_paths(ctx, entity)
    problem = {
        "description": "Why the request was turned down.",
        "content": {"application/problem+json": {"schema": ref("Problem")}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "PulseCRM", "version": f"1.{ctx.machine.revision}"},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": shapes,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"Problem": problem},
        },
    }


def _problem() -> Schema:
    texts = dict.fromkeys(("type", "title", "detail", "instance", "code"), TEXT)
    fault = an_object(dict.fromkeys(("pointer", "code", "message"), TEXT))
    members = {**texts, "status": {"type": "integer"}, "errors": many(fault)}
    return an_object(members, ["type", "title", "status", "detail", "code"])


def _read(name: str, summary: str, *parameters: Schema) -> Schema:
    return call(name, summary, {"200": answered(OBJECT)}, parameters=parameters)


def _fixed_paths() -> Schema:
    layers = parameter("layers", BOOLEAN)
    kind = parameter("kind", {"enum": sorted(schemas.kinds())}, "path")
    key = parameter("key", TEXT, "path")
    return {
        **_account_paths(),
        **_file_paths(),
        "/metadata": {"get": _read("list_kinds", "The kinds of documents")},
        "/metadata/{kind}": {
            "parameters": [kind],
            "get": _read("list_documents", "Documents of a kind", layers),
        },
        "/metadata/{kind}/{key}": {
            "parameters": [kind, key],
            "get": _read("get_document", "One document", layers),
        },
        "/metadata/schema/{kind}": {
            "parameters": [kind],
            "get": _read("get_schema", "The JSON Schema of a kind"),
        },
        "/explain/field": {
            "get": call(
                "explain_field",
                "How a field comes by its value",
                {"200": answered(_explanation())},
                parameters=[
                    *({**parameter(name, TEXT), "required": True} for name in ("entity", "field")),
                    parameter("id", ID),
                ],
            ),
        },
        "/expressions/preview": {
            "post": call(
                "preview_expression",
                "What an expression comes to for given values, or what is wrong with it",
                {"200": answered(_preview())},
                body=an_object({"entity": TEXT, "expression": TEXT, "values": OBJECT}, ["entity", "expression"], closed=True),
            ),
        },
        "/openapi.json": {"get": _read("openapi", "This document")},
    }


def _explanation() -> Schema:
    words = ("name", "label", "type", "result", "mode", "why", "expression", "words", "sql")
    lists = {"inputs": many(_whole({"path": TEXT, "label": TEXT})), "dependents": many(TEXT)}
    return _whole(dict.fromkeys(words, TEXT) | lists | {"cost": or_none(_cost()), "record": or_none(_reckoning())})


def _preview() -> Schema:
    error = _whole({"code": TEXT, "message": TEXT, "line": NUMBER, "column": NUMBER, "length": NUMBER})
    return _whole({"value": {}, "type": TEXT, "errors": many(error)})


def _cost() -> Schema:
    spread = _whole({"of": TEXT, "usual": NUMBER, "most": NUMBER, "is_capped": BOOLEAN})
    return _whole({"plan": many(TEXT), "spread": many(spread)})


def _reckoning() -> Schema:
    record = _whole({"entity": TEXT, "id": ID, "title": or_none(TEXT)})
    used = {"label": TEXT, "text": TEXT, "records": many(record), "count": or_none(NUMBER), "field": TEXT, "of": TEXT}
    words = dict.fromkeys(("title", "text", "reason", "note"), TEXT)
    facts = dict.fromkeys(("is_fault", "is_updating"), BOOLEAN)
    return _whole({"id": ID, **words, **facts, "used": many(_whole(used))})


def _whole(members: Schema) -> Schema:
    """An object that has all of these."""
    return an_object(members, list(members))


def _account_paths() -> Schema:
    credentials = an_object(
        {
            "email": {"type": "string", "minLength": 1, "maxLength": 320},
            "password": {"type": "string", "minLength": 1, "maxLength": 1024},
            "code": TEXT,
        },
        ["email", "password"],
        closed=True,
    )
    scope = {"type": "string", "pattern": "^(?:read|write|metadata|(?:read|write):[a-z][a-z0-9_]{0,60})$"}
    new_token = an_object(
        {
            "name": {"type": "string", "minLength": 1, "maxLength": 100},
            "scopes": or_none(many(scope)),
            "expires_in": or_none({"type": "integer", "minimum": 1, "maximum": 3650}),
        },
        ["name"],
        closed=True,
    )
    token: dict[str, Any] = an_object({"id": ID, "name": TEXT, "token": TEXT})
    return {
        "/me": {"get": _read("me", "Who is asking")},
        "/auth/login": {"post": call("login", "Sign in", {"200": answered(OBJECT)}, body=credentials)},
        "/auth/logout": {"post": call("logout", "Sign out", {"204": DONE})},
        "/tokens": {
            "get": _read("list_tokens", "The asker's tokens"),
            "post": call("create_token", "A new token", {"201": answered(token)}, body=new_token),
        },
        "/tokens/{id}": {
            "parameters": [parameter("id", ID, "path")],
            "delete": call("revoke_token", "End a token", {"204": DONE}),
        },
    }  # fmt: skip


def _file_paths() -> Schema:
    part = an_object({"file": {"type": "string", "format": "binary"}}, ["file"])
    upload = call("upload_file", "Keep a file", {"201": answered(ref("file"))}, parameters=[KEY])
    upload["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": part}}}
    content = {"description": "Its content.", "content": {"*/*": {}}}
    return {
        "/files": {"post": upload},
        "/files/{id}": {
            "parameters": [parameter("id", ID, "path")],
            "get": call("download_file", "The content of a file", {"200": content}),
        },
    }
