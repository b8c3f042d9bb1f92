"""The OpenAPI 3.1 document, generated from the catalog as far as the asker may read it."""

from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.api import asking
from engine.api.answers import answer
from engine.context import Context
from engine.records.queries import MOST_LIMIT
from metadata.catalog import Entity, Field

openapi = Blueprint("openapi", __name__)
ID = {"type": "string", "format": "uuid"}
LINKED = {
    "type": "object",
    "properties": {"id": ID, "title": {"type": ["string", "null"]}, "entity": {"type": "string"}},
    "required": ["id"],
}
SHAPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": ["string", "integer"]},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "duration": {"type": "string", "format": "duration"},
    "money": {
        "type": "object",
        "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
        "required": ["amount", "currency"],
    },
    "choices": {"type": "array", "items": {"type": "string"}},
    "record": LINKED,
    "records": {"type": "array", "items": LINKED},
    "json": {},
}


@openapi.get("/openapi.json")
def show() -> Response:
    """The document."""
    with asking.reading() as ctx:
        return answer(describe(ctx))


def describe(ctx: Context) -> dict[str, Any]:
    """The interface as this asker may use it."""
    entities = [e for e in ctx.machine.catalog.entities.values() if gate.can(ctx, e.key, "read")]
    paths: dict[str, Any] = dict(_fixed_paths())
    shapes: dict[str, Any] = {"Problem": _problem()}
    for entity in entities:
        shapes[entity.key] = _record(ctx, entity)
        shapes[f"{entity.key}_input"] = _payload(ctx, entity)
        paths |= _record_paths(entity)
    return {
        "openapi": "3.1.0",
        "info": {"title": "PulseCRM", "version": f"1.{ctx.machine.revision}"},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": shapes,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": "Why the request was turned down.",
                    "content": {"application/problem+json": {"schema": _ref("Problem")}},
                }
            },
        },
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _shape(ctx: Context, field: Field) -> dict[str, Any]:
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    return dict(behaviour.shape or SHAPES.get(behaviour.value_type, TEXT))


def _record(ctx: Context, entity: Entity) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in entity.fields.values():
        readable = gate.is_readable(ctx, entity, field.key)
        if not readable or field.key == "trashed_at":
            continue
        shape = _shape(ctx, field)
        always = field.key in {"id", "created_at", "updated_at", "version"}
        properties[field.key] = (
            shape if always else {"anyOf": [shape, {"type": "null"}], "title": field.label}
        )
    return {"type": "object", "properties": properties, "required": ["id", "version"]}


def _payload(ctx: Context, entity: Entity) -> dict[str, Any]:
    rights = gate.rights(ctx, entity.key)
    writable = [
        field
        for field in entity.declared
        if rights.can_write(field.key)
        and not field.read_only
        and not ctx.machine.behaviour(entity.key, field.key).generated
    ]
    properties = {
        field.key: {"anyOf": [_shape(ctx, field), {"type": "null"}], "title": field.label}
        for field in writable
    }
    return {
        "type": "object",
        "properties": {"id": ID, **properties},
        "additionalProperties": False,
    }


def _problem() -> dict[str, Any]:
    texts = ("type", "title", "detail", "instance", "code")
    fault = {key: {"type": "string"} for key in ("pointer", "code", "message")}
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            **{key: {"type": "string"} for key in texts},
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": {"type": "object", "properties": fault}},
        },
    }


def _operation(
    name: str,
    summary: str,
    answers: dict[str, Any],
    *,
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": {**answers, "default": {"$ref": "#/components/responses/Problem"}},
    }
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        content = {"application/json": {"schema": body}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _ok(schema: dict[str, Any], description: str = "Done.") -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _parameter(name: str, schema: dict[str, Any], place: str = "query") -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


TEXT = {"type": "string"}
BOOLEAN = {"type": "boolean"}
EMPTY = {"description": "Done."}
LIST_PARAMETERS = [
    _parameter("where", TEXT),
    _parameter("q", {"type": "string", "maxLength": 200}),
    _parameter("sort", TEXT),
    _parameter("fields", TEXT),
    _parameter("expand", TEXT),
    _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT}),
    _parameter("after", TEXT),
    _parameter("offset", {"type": "integer", "minimum": 0, "maximum": 10_000}),
    _parameter("count", {"enum": ["none", "capped", "exact"]}),
    _parameter("trash", BOOLEAN),
    _parameter("view", TEXT),
]
READ_PARAMETERS = [_parameter("fields", TEXT), _parameter("expand", TEXT)]
OBJECT = {"type": "object"}


def _record_paths(entity: Entity) -> dict[str, Any]:
    key, one, many = entity.key, entity.label.lower(), entity.plural.lower()
    record, payload = _ref(key), _ref(f"{key}_input")
    page = {
        "type": "object",
        "required": ["data", "next"],
        "properties": {
            "data": {"type": "array", "items": record},
            "next": {"type": ["string", "null"]},
            "count": {"type": "integer"},
            "count_capped": BOOLEAN,
        },
    }
    base, own = f"/records/{key}", _parameter("id", ID, "path")
    single = {
        "parameters": [own],
        "get": _operation(f"get_{key}", f"One {one}", {"200": _ok(record), "304": EMPTY},
                          parameters=READ_PARAMETERS),
        "patch": _operation(f"change_{key}", f"Change a {one}", {"200": _ok(record)}, body=payload),
        "delete": _operation(f"delete_{key}", f"Put a {one} in the trash", {"204": EMPTY},
                             parameters=[_parameter("permanent", BOOLEAN)]),
    }  # fmt: skip
    return {
        base: {
            "get": _operation(f"list_{key}", f"A page of {many}", {"200": _ok(page)},
                              parameters=LIST_PARAMETERS),
            "post": _operation(f"create_{key}", f"Create a {one}", {"201": _ok(record)}, body=payload),
        },
        f"{base}/{{id}}": single,
        f"{base}/{{id}}/restore": {
            "parameters": [own],
            "post": _operation(f"restore_{key}", f"Restore a {one}", {"200": _ok(record)}),
        },
        f"{base}/{{id}}/history": {
            "parameters": [own],
            "get": _operation(f"history_{key}", f"The changes of a {one}", {"200": _ok(OBJECT)}),
        },
        f"{base}/bulk": {
            "post": _operation(f"bulk_{key}", f"Write many {many}", {"200": _ok(OBJECT)}, body=OBJECT)
        },
    }  # fmt: skip


def _read(name: str, summary: str) -> dict[str, Any]:
    return _operation(name, summary, {"200": _ok(OBJECT)})


def _fixed_paths() -> dict[str, Any]:
    token = {"type": "object", "properties": {"id": ID, "name": TEXT, "token": TEXT}}
    new_token = {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 100},
            "scopes": {"type": "array", "items": TEXT},
            "expires_in": {"type": "integer", "minimum": 1, "maximum": 3650},
        },
    }
    credentials = {
        "type": "object",
        "required": ["email", "password"],
        "properties": {"email": TEXT, "password": TEXT},
    }
    kind, key = _parameter("kind", TEXT, "path"), _parameter("key", TEXT, "path")
    return {
        "/me": {"get": _read("me", "Who is asking")},
        "/auth/login": {
            "post": _operation("login", "Sign in", {"200": _ok(OBJECT)}, body=credentials)
        },
        "/auth/logout": {"post": _operation("logout", "Sign out", {"204": EMPTY})},
        "/tokens": {
            "get": _read("list_tokens", "The asker's tokens"),
            "post": _operation("create_token", "A new token", {"201": _ok(token)}, body=new_token),
        },
        "/tokens/{id}": {
            "parameters": [_parameter("id", TEXT, "path")],
            "delete": _operation("revoke_token", "End a token", {"204": EMPTY}),
        },
        "/metadata": {"get": _read("list_kinds", "The kinds of documents")},
        "/metadata/{kind}": {"parameters": [kind], "get": _read("list_documents", "Documents")},
        "/metadata/{kind}/{key}": {
            "parameters": [kind, key],
            "get": _read("get_document", "One document"),
        },
        "/metadata/schema/{kind}": {
            "parameters": [kind],
            "get": _read("get_schema", "The JSON Schema of a kind"),
        },
        "/openapi.json": {"get": _read("openapi", "This document")},
    }
