"""The words of the OpenAPI document: calls, parameters and answers, put together alike everywhere."""

from collections.abc import Sequence
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
ID: Schema = {
    "type": "string",
    "format": "uuid",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DONE: Schema = {"description": "Done."}
CONDITION: Schema = {"name": "If-Match", "in": "header", "schema": TEXT}
KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}


def ref(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def an_object(
    properties: Schema, required: Sequence[str] = (), *, closed: bool = False
) -> Schema:
    """An object of these members; a closed one takes no others."""
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return {**schema, "additionalProperties": False} if closed else schema


def many(items: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": items}


def or_none(schema: Schema) -> Schema:
    """This, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def answered(schema: Schema, description: str = "Done.") -> Schema:
    """An answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def parameter(name: str, schema: Schema, place: str = "query", **about: Any) -> Schema:
    """A parameter of a call. Those of a path must be given."""
    return {"name": name, "in": place, "required": place == "path", "schema": schema, **about}


def call(
    name: str,
    summary: str,
    answers: Schema,
    *,
    parameters: Sequence[Schema] = (),
    body: Schema | None = None,
) -> Schema:
    """One call: what it is for, what it takes, and how it answers. All else is a problem document."""
    described: Schema = {
        "operationId": name,
        "summary": summary,
        "responses": {**answers, "default": {"$ref": "#/components/responses/Problem"}},
    }
    if parameters:
        described["parameters"] = list(parameters)
    if body is not None:
        content = {"application/json": {"schema": body}}
        described["requestBody"] = {"required": True, "content": content}
    return described
