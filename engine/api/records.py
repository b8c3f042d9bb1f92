"""Records over HTTP: list, create, get, change, delete, restore, history and bulk."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from engine.access import gate
from engine.api import asking
from engine.api.answers import answer, read_object
from engine.api.problems import describe_refusal
from engine.api.schemas import (
    Bulk,
    DeleteParameters,
    HistoryParameters,
    ListParameters,
    ReadParameters,
    read_body,
    read_parameters,
)
from engine.context import Context
from engine.errors import Malformed, NotFound, TooLarge
from engine.records.commands import (
    apply_batch,
    change_record,
    create_record,
    destroy_record,
    restore_record,
    trash_record,
)
from engine.records.dumping import dump_record
from engine.records.history import Entry, list_history
from engine.records.queries import DEFAULT_LIMIT, Query, find_record, list_records
from engine.records.record import Record
from engine.records.upserts import upsert_writes
from engine.records.writes import Change, Create, Outcome, Trash, Write

records = Blueprint("records", __name__)
MOST_ROWS = 10_000


@records.get("/records/<entity>")
def index(entity: str) -> Response:
    """A page of records."""
    given = read_parameters(ListParameters, dict(request.args.lists()))
    with asking.reading() as ctx:
        query = _query(ctx, entity, given)
        page = list_records(ctx, query)
        body: dict[str, Any] = {
            "data": [dump_record(ctx.machine, record) for record in page.records],
            "next": page.next,
        }
    if page.count is not None:
        body |= {"count": page.count, "count_capped": page.count_capped}
    headers = {}
    if page.next:
        args = {**{k: v for k, v in request.args.items() if k != "offset"}, "after": page.next}
        headers["Link"] = f'<{request.path}?{urlencode(args)}>; rel="next"'
    return answer(body, headers=headers)


@records.post("/records/<entity>")
def create(entity: str) -> Response:
    """Create a record."""
    body = read_object()
    own_id = body.pop("id", None)
    with asking.writing() as ctx:
        record = create_record(ctx, entity, body, id=own_id)
        return _shown(ctx, record, 201, {"Location": f"/api/v1/records/{entity}/{record.id}"})


@records.get("/records/<entity>/<record_id>")
def show(entity: str, record_id: str) -> Response:
    """One record."""
    given = read_parameters(ReadParameters, dict(request.args.lists()))
    with asking.reading() as ctx:
        record = find_record(
            ctx, entity, record_id, fields=given["fields_"], expand=given["expand"]
        )
        tag = f'"{record.version}"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        return _shown(ctx, record)


@records.patch("/records/<entity>/<record_id>")
def update(entity: str, record_id: str) -> Response:
    """Change the named fields."""
    body = read_object()
    with asking.writing() as ctx:
        record = change_record(ctx, entity, record_id, body, version=_version())
        return _shown(ctx, record)


@records.delete("/records/<entity>/<record_id>")
def delete(entity: str, record_id: str) -> Response:
    """Put a record in the trash, or remove it for good."""
    given = read_parameters(DeleteParameters, dict(request.args.lists()))
    with asking.writing() as ctx:
        if given["permanent"]:
            destroy_record(ctx, entity, record_id)
        else:
            trash_record(ctx, entity, record_id, version=_version())
    return Response(status=204)


@records.post("/records/<entity>/<record_id>/restore")
def restore(entity: str, record_id: str) -> Response:
    """Take a record out of the trash."""
    with asking.writing() as ctx:
        return _shown(ctx, restore_record(ctx, entity, record_id))


@records.get("/records/<entity>/<record_id>/history")
def history(entity: str, record_id: str) -> Response:
    """A record's changes, newest first."""
    given = read_parameters(HistoryParameters, dict(request.args.lists()))
    with asking.reading() as ctx:
        entries = list_history(
            ctx, entity, record_id, limit=given["limit"] + 1, before=given["after"]
        )
        shown = entries[: given["limit"]]
        more = str(shown[-1].id) if len(entries) > len(shown) else None
        return answer({"data": [_entry(ctx, each) for each in shown], "next": more})


@records.post("/records/<entity>/bulk")
def bulk(entity: str) -> Response:
    """Many writes, with a result for each."""
    given = read_body(Bulk, read_object())
    with asking.writing() as ctx:
        gate.find_entity(ctx, entity)
        writes = _writes(ctx, entity, given)
        if len(writes) > MOST_ROWS:
            raise TooLarge("bulk.too-many", f"A bulk request has {MOST_ROWS:,} rows at most.")
        transaction = ctx.connection.begin_nested()
        outcomes = apply_batch(ctx, entity, writes, atomic=given["atomic"])
        failed = sum(outcome.refusal is not None for outcome in outcomes)
        undone = bool(failed) and given["atomic"]
        if undone:
            transaction.rollback()
        else:
            transaction.commit()
        results = [_result(w, o, undone=undone) for w, o in zip(writes, outcomes, strict=True)]
    body = {"results": results, "succeeded": 0 if undone else len(outcomes) - failed, "failed": failed}
    return answer(body | {"changeset": ctx.changeset}, 422 if undone else 200)


def _query(ctx: Context, entity: str, given: dict[str, Any]) -> Query:
    declared = gate.find_entity(ctx, entity)
    where: tuple[Any, ...] = (given["where"],) if given["where"] else ()
    sort, fields = given["sort"], given["fields_"]
    if given["view"] is not None:
        view = ctx.machine.catalog.views.get(given["view"])
        if view is None or view.entity != declared.key:
            raise NotFound("view.unknown", f'There is no view "{given["view"]}" of {entity}.')
        where = (*where, view.where) if view.where else where
        sort, fields = sort or view.sort, fields or view.columns or None
    return Query(
        entity=entity,
        where=where,
        q=given["q"],
        sort=tuple(sort),
        fields=None if fields is None else tuple(fields),
        expand=tuple(given["expand"]),
        limit=given["limit"] or DEFAULT_LIMIT,
        after=given["after"],
        offset=given["offset"],
        count=given["count"],
        trash=given["trash"],
    )


def _version() -> int | None:
    """The version that If-Match names; None when any will do."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    text = given.strip().removeprefix("W/").strip('"')
    if not text.isdigit():
        raise Malformed("if-match.malformed", 'If-Match names a version, as the ETag does: "3".')
    return int(text)


def _shown(
    ctx: Context, record: Record, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    tag = {"ETag": f'"{record.version}"'}
    return answer(dump_record(ctx.machine, record), status, tag | (headers or {}))


def _entry(ctx: Context, entry: Entry) -> dict[str, Any]:
    def dumped(key: str, entity: str, value: Any) -> Any:
        return None if value is None else ctx.machine.behaviour(entity, key).dump(value)

    return {
        "id": entry.id,
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "operation": entry.operation,
        "by": {"id": entry.actor.id, "title": entry.actor.title} if entry.actor else None,
        "request_id": entry.request_id,
        "changeset": entry.changeset,
        "cause": dict(entry.cause),
        "fields": {
            step.field.key: {
                "from": dumped(step.field.key, step.field.entity, step.before),
                "to": dumped(step.field.key, step.field.entity, step.after),
            }
            for step in entry.steps
        },
    }


def _writes(ctx: Context, entity: str, given: dict[str, Any]) -> list[Write]:
    writes: list[Write] = []
    for values in given["create"]:
        own = dict(values)
        writes.append(Create(id=own.pop("id", None), values=own))
    for values in given["update"]:
        own = dict(values)
        writes.append(Change(id=str(own.pop("id", "")), values=own))
    if given["upsert"] is not None:
        writes += upsert_writes(ctx, entity, given["upsert"]["by"], given["upsert"]["rows"])
    writes += [Trash(id=each) for each in given["delete"]]
    return writes


def _result(write: Write, outcome: Outcome, *, undone: bool) -> dict[str, Any]:
    verb = {"Create": "create", "Change": "update", "Trash": "delete"}[type(write).__name__]
    if outcome.refusal is not None:
        return {"action": verb, "status": outcome.refusal.status, "id": write.id,
                "error": describe_refusal(outcome.refusal)}  # fmt: skip
    if undone:
        return {"action": verb, "status": 424, "id": None}
    return {"action": verb, "status": 201 if verb == "create" else 200, "id": outcome.id}
