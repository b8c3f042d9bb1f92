"""What the OpenAPI document says of records: their shapes, and the calls on them."""

from collections.abc import Mapping
from typing import Any

from engine.access import gate
from engine.access.documents import is_there
from engine.api.description import (
    BOOLEAN,
    CONDITION,
    DONE,
    ID,
    KEY,
    MOMENT,
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
from engine.context import Context
from engine.records.aggregates import MOST_GROUPS, MOST_KEYS, MOST_MEASURES
from engine.records.queries import MOST_LIMIT, MOST_OFFSET
from metadata.catalog import Entity, Field
from metadata.schemas import KEY as KEY_SHAPE

ALWAYS = ("id", "created_at", "updated_at", "version")
LINKED = an_object({"id": ID, "title": or_none(TEXT), "entity": TEXT}, ["id"])
SHAPES: Mapping[str, Schema] = {
    "text": TEXT,
    "number": {"type": ["string", "integer"]},
    "boolean": BOOLEAN,
    "date": {"type": "string", "format": "date"},
    "datetime": MOMENT,
    "duration": {"type": "string", "format": "duration"},
    "money": an_object({"amount": TEXT, "currency": TEXT}, ["amount", "currency"]),
    "choices": many(TEXT),
    "record": LINKED,
    "records": many(LINKED),
    "json": {},
}


def record_shapes(ctx: Context, entity: Entity) -> Schema:
    """The schemas of an entity: as it is read, as it is created, and as it is changed."""
    read = {
        field.key: _shape(ctx, field)
        if field.key in ALWAYS
        else or_none(_shape(ctx, field)) | {"title": field.label}
        for field in entity.fields.values()
        if gate.is_readable(ctx, entity, field.key)
    }
    typed = {
        field.key: or_none(_typed(ctx, field)) | {"title": field.label}
        for field in entity.declared
        if _is_writable(ctx, field)
    }
    needed = [
        key
        for key in typed
        if entity.fields[key].required and entity.fields[key].default is None
    ]
    if any(entity.fields[key].formula is not None for key in read):
        names = many({"type": "string"})
        read["updating"] = names | {"description": "Formulas shown here that are still to be worked out."}
    return {
        entity.key: an_object(read, ["id", "version"]),
        f"{entity.key}_new": an_object(
            {"id": ID} | typed | {key: _typed(ctx, entity.fields[key]) for key in needed},
            needed,
            closed=True,
        ),
        f"{entity.key}_change": an_object(typed, closed=True),
    }


def _is_writable(ctx: Context, field: Field) -> bool:
    generated = ctx.machine.behaviour(field.entity, field.key).generated
    return not (field.read_only or generated) and gate.rights(ctx, field.entity).can_write(field.key)


def _shape(ctx: Context, field: Field) -> Schema:
    """What a value is when it is read."""
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    return dict(behaviour.shape or SHAPES.get(behaviour.value_type, TEXT))


def _typed(ctx: Context, field: Field) -> Schema:
    """What a value may be when it is written, as far as a schema can say."""
    shape = _shape(ctx, field)
    options = getattr(ctx.machine.behaviour(field.entity, field.key), "options", None)
    if options is not None and options.by_key:
        one = {"enum": list(options.by_key)}
        return many(one) if shape.get("type") == "array" else one
    most = field.settings.get("max")
    if shape == TEXT and isinstance(most, int):
        shape["maxLength"] = most
    return shape


def record_paths(ctx: Context, entity: Entity) -> Schema:
    """The calls on an entity's records."""
    key, one = entity.key, entity.label.lower()
    base, own = f"/records/{key}", parameter("id", ID, "path")
    record, page = ref(key), _page(ref(key))
    return {
        base: {
            "get": call(f"list_{key}", f"A page of {entity.plural.lower()}", {"200": answered(page)},
                        parameters=_list_parameters(ctx, entity)),
            "post": call(f"create_{key}", f"Create a {one}", {"201": answered(record)},
                         parameters=[KEY], body=ref(f"{key}_new")),
        },
        f"{base}/{{id}}": {
            "parameters": [own],
            "get": call(f"get_{key}", f"One {one}", {"200": answered(record), "304": DONE},
                        parameters=_read_parameters(ctx, entity)),
            "patch": call(f"change_{key}", f"Change a {one}", {"200": answered(record)},
                          parameters=[CONDITION, KEY], body=ref(f"{key}_change")),
            "delete": call(f"delete_{key}", f"Put a {one} in the trash", {"204": DONE},
                           parameters=[parameter("permanent", BOOLEAN), CONDITION, KEY]),
        },
        f"{base}/{{id}}/restore": {
            "parameters": [own],
            "post": call(f"restore_{key}", f"Restore a {one}", {"200": answered(record)}, parameters=[KEY]),
        },
        f"{base}/{{id}}/history": {
            "parameters": [own],
            "get": call(f"history_{key}", f"The changes of a {one}", {"200": answered(_history())},
                        parameters=[_limit(), parameter("after", {"type": "integer", "minimum": 1})]),
        },
        f"{base}/bulk": {
            "post": call(f"bulk_{key}", f"Write many {entity.plural.lower()}",
                         {"200": answered(_results()), "422": _refused_rows()},
                         parameters=[KEY], body=_bulk()),
        },
        f"{base}/aggregate": {
            "post": call(f"aggregate_{key}", f"What {entity.plural.lower()} come to, group by group",
                         {"200": answered(_groups())}, body=_aggregate()),
        },
        **_upsert_path(ctx, entity),
    }  # fmt: skip


def _upsert_path(ctx: Context, entity: Entity) -> Schema:
    unique = [f.key for f in entity.declared if f.unique and gate.is_readable(ctx, entity, f.key)]
    if not unique:
        return {}
    key, one, record = entity.key, entity.label.lower(), answered(ref(entity.key))
    parameters = [
        parameter("field", {"enum": unique}, "path"),
        parameter("value", {"type": "string", "minLength": 1}, "path"),
    ]
    put = call(f"upsert_{key}", f"Change the {one} with this value, or create it",
               {"200": record, "201": record}, parameters=[CONDITION, KEY], body=ref(f"{key}_change"))  # fmt: skip
    return {f"/records/{key}/by/{{field}}/{{value}}": {"parameters": parameters, "put": put}}


def _aggregate() -> Schema:
    """What is asked for: groups, measures, and which of the groups in which order."""
    names = {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": MOST_KEYS}
    return an_object(
        {
            "group_by": names | {"description": "Paths and expressions, such as: start_of(created_at, 'month')"},
            "measures": {
                "type": "object",
                "propertyNames": {"pattern": KEY_SHAPE},
                "additionalProperties": TEXT | {"description": "A call, such as: count(), sum(…), avg(…, condition)"},
                "maxProperties": MOST_MEASURES,
            },
            "where": TEXT,
            "q": {"type": "string", "maxLength": 200},
            "having": TEXT | {"description": "A condition over the measures and groups, by name"},
            "sort": {"anyOf": [TEXT, many(TEXT)]},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_GROUPS},
            "currency": TEXT | {"description": "What amounts are brought to; the reporting currency by itself"},
            "rate_date": TEXT | {"description": "By which rates: of a day, of a field that has one, or of today"},
        },
        closed=True,
    )


def _groups() -> Schema:
    rates = {"currency": TEXT, "policy": {"enum": ["today", "date", "field"]}, "date": TEXT, "field": TEXT}
    conversion = an_object(rates, ["currency", "policy"])
    found = {"data": many(OBJECT), "has_more": BOOLEAN, "conversion": conversion}
    return an_object(found, ["data", "has_more"])


def _page(record: Schema) -> Schema:
    return an_object(
        {
            "data": many(record),
            "next": or_none(TEXT),
            "count": {"type": "integer"},
            "count_capped": BOOLEAN,
        },
        ["data", "next"],
    )


def _limit() -> Schema:
    return parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT})


def _list_parameters(ctx: Context, entity: Entity) -> list[Schema]:
    views = [
        view.key
        for view in ctx.machine.catalog.views.values()
        if view.entity == entity.key and is_there(ctx, "view", view.key)
    ]
    return [
        parameter("where", TEXT, description="A condition, such as: not is_empty(created_at)"),
        parameter("q", {"type": "string", "maxLength": 200}),
        parameter("sort", _names(_sortable(ctx, entity), "-?")),
        *_read_parameters(ctx, entity),
        _limit(),
        parameter("after", TEXT, description="The cursor that a page ended with."),
        parameter("offset", {"type": "integer", "minimum": 0, "maximum": MOST_OFFSET}),
        parameter("count", {"enum": ["none", "capped", "exact"]}),
        parameter("trash", BOOLEAN),
        *([parameter("view", {"enum": views})] if views else []),
    ]


def _read_parameters(ctx: Context, entity: Entity) -> list[Schema]:
    fields = [key for key in entity.fields if gate.is_readable(ctx, entity, key)]
    links = [
        relation.key
        for relation in entity.relations.values()
        if len(relation.to) == 1 and gate.can(ctx, relation.to[0], "read")
        and (relation.is_inverse or relation.key in fields)
    ]  # fmt: skip
    expand = [parameter("expand", _names(links))] if links else []
    return [parameter("fields", _names(fields)), *expand]


def _sortable(ctx: Context, entity: Entity) -> list[str]:
    return [
        key
        for key, field in entity.fields.items()
        if gate.is_readable(ctx, entity, key)
        and ctx.machine.behaviour(entity.key, key).sortable
        and (field.relation is None or len(field.relation.to) == 1)
    ]


def _names(names: list[str], sign: str = "") -> Schema:
    """Names separated by commas. Paths over links may be named too, which no pattern can list."""
    one = f"{sign}(?:{'|'.join(names)})"
    return {"type": "string", "pattern": f"^{one}(?:,{one}){{0,3}}$"}


def _history() -> Schema:
    step = an_object({"from": {}, "to": {}})
    entry = {
        "id": TEXT,
        "at": MOMENT,
        "operation": TEXT,
        "by": or_none(LINKED),
        "request_id": TEXT,
        "changeset": TEXT,
        "cause": OBJECT,
        "fields": {"type": "object", "additionalProperties": step},
    }
    return an_object({"data": many(an_object(entry)), "next": or_none(TEXT)}, ["data", "next"])


def _bulk() -> Schema:
    """Rows are looked at one by one, each with a result of its own, so that only their form counts."""
    rows = many(OBJECT)
    upsert = an_object({"by": TEXT, "rows": many(OBJECT)}, ["by", "rows"], closed=True)
    return an_object(
        {
            "create": rows,
            "update": many(an_object({"id": TEXT}, ["id"])),
            "delete": many(TEXT),
            "upsert": or_none(upsert),
            "atomic": BOOLEAN,
        },
        closed=True,
    )


def _refused_rows() -> Schema:
    """Rows that were all refused because one was, or a body that is no bulk at all."""
    content = {"application/json": {"schema": _results()}, "application/problem+json": {"schema": ref("Problem")}}
    return {"description": "Nothing was written.", "content": content}


def _results() -> Schema:
    one = an_object({"action": TEXT, "status": {"type": "integer"}, "id": or_none(TEXT), "error": OBJECT})
    numbers: dict[str, Any] = {name: {"type": "integer"} for name in ("succeeded", "failed")}
    return an_object({"results": many(one), **numbers, "changeset": TEXT})
