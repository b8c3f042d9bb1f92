"""Metadata as far as somebody may read it: documents of what is open, without a word of what is not.

Who designs the CRM reads every document whole. For others each kind says which of its
parts speak of fields, and the parts that speak of closed ones are left out; a view that
filters or groups by one can't be used, and is not there.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.access import gate
from engine.access.known import is_open_expression, open_paths
from engine.access.parts import Data, entity_part, layout_part, pipeline_part, view_part
from engine.context import Context
from metadata.catalog import Effective


def is_open(ctx: Context, document: Effective) -> bool:
    """Whether somebody may read a document at all."""
    if gate.has_capability(ctx, "design"):
        return True
    data = document.data
    match document.kind:
        case "pack" | "app" | "settings" | "translation":
            return True
        case "choices":
            return any(_offers(ctx, key, document.key) for key in ctx.machine.catalog.entities)
        case "entity":
            return gate.can(ctx, document.key, "read")
        case "layout" | "pipeline":
            return gate.can(ctx, data["entity"], "read")
        case "view":
            entity = ctx.machine.catalog.entities[data["entity"]]
            used = [data["group"]] if data.get("group") else []
            return (
                gate.can(ctx, entity.key, "read")
                and open_paths(ctx, entity, used) == used
                and is_open_expression(ctx, entity, data.get("where"))
            )
        case _:
            return False


def open_part(ctx: Context, document: Effective) -> Data:
    """What of an open document somebody may read."""
    if gate.has_capability(ctx, "design"):
        return document.data
    return _PARTS.get(document.kind, _whole)(ctx, document.data)


def open_layers(document: Effective, part: Data) -> dict[str, str]:
    """The layers of the properties that are in the open part."""
    return {path: layer for path, layer in document.layers.items() if _holds(part, path.split("/"))}


def _holds(data: Any, steps: list[str]) -> bool:
    for step in steps:
        if not isinstance(data, Mapping) or step not in data:
            return isinstance(data, list)  # a list is laid over whole
        data = data[step]
    return True


def _whole(_ctx: Context, data: Data) -> Data:
    return data


def _app(ctx: Context, data: Data) -> Data:
    groups = [
        {**group, "items": [item for item in group["items"] if is_there(ctx, "view", item.get("view"))]}
        for group in data["groups"]
    ]
    return {**data, "groups": [group for group in groups if group["items"]]}


def _translation(ctx: Context, data: Data) -> Data:
    texts = {}
    for kind, documents in data["texts"].items():
        kept = {key: said for key, said in documents.items() if is_there(ctx, kind, key)}
        if kind == "entity":
            kept = {key: _texts_of_entity(ctx, key, said) for key, said in kept.items()}
        texts[kind] = kept
    return {**data, "texts": texts}


def _texts_of_entity(ctx: Context, key: str, said: Any) -> Any:
    if not isinstance(said, Mapping) or "fields" not in said:
        return said
    entity = ctx.machine.catalog.entities[key]
    fields = {k: v for k, v in said["fields"].items() if k in entity.fields and gate.is_readable(ctx, entity, k)}
    return {**said, "fields": fields}


def is_there(ctx: Context, kind: str, key: str | None) -> bool:
    """Whether what is named is a document that is open; nothing named is no obstacle."""
    if not key:
        return True
    document = ctx.machine.catalog.documents.get((kind, key))
    return document is not None and is_open(ctx, document)


def _offers(ctx: Context, entity: str, choices: str) -> bool:
    """Whether an open field of an entity offers shared choices."""
    if not gate.can(ctx, entity, "read"):
        return False
    declared = ctx.machine.catalog.entities[entity]
    document = ctx.machine.catalog.documents["entity", entity]
    fields = document.data.get("fields") or {}
    return any(
        said.get("choices") == choices and gate.is_readable(ctx, declared, key)
        for key, said in fields.items()
        if key in declared.fields
    )


_PARTS: Mapping[str, Callable[[Context, Data], Data]] = {
    "entity": entity_part,
    "view": view_part,
    "layout": layout_part,
    "pipeline": pipeline_part,
    "app": _app,
    "translation": _translation,
}
