"""Records over HTTP: list, create, get, change, delete, restore, history, and upsert by a unique field."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, after_this_request, request

from engine.access import gate
from engine.api import asking
from engine.api.answers import answer, read_object
from engine.api.etags import is_known, known_version, shown, tag_of
from engine.api.pages import reads, writes
from engine.api.schemas import (
    DeleteParameters,
    HistoryParameters,
    ListParameters,
    ReadParameters,
    read_parameters,
)
from engine.context import Context
from engine.errors import NotFound
from engine.records.commands import (
    change_record,
    create_record,
    destroy_record,
    restore_record,
    trash_record,
)
from engine.records.dumping import dump_record
from engine.records.files import forget_contents
from engine.records.history import Entry, list_history
from engine.records.queries import DEFAULT_LIMIT, Query, find_record, list_records
from engine.records.upserts import upsert_writes
from engine.records.writes import Change

records = Blueprint("records", __name__)


@records.get("/records/<entity>")
@reads
def index(ctx: Context, entity: str) -> Response:
    """A page of records."""
    page = list_records(ctx, _query(ctx, entity))
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
@writes
def create(ctx: Context, entity: str) -> Response:
    """Create a record."""
    body = read_object()
    record = create_record(ctx, entity, body, id=body.pop("id", None))
    return shown(ctx, record, 201, {"Location": f"/api/v1/records/{entity}/{record.id}"})


@records.get("/records/<entity>/<record_id:record_id>")
@reads
def show(ctx: Context, entity: str, record_id: str) -> Response:
    """One record. The tag speaks of the record alone, so that what is expanded is always sent."""
    given = read_parameters(ReadParameters)
    record = find_record(ctx, entity, record_id, fields=given["fields_"], expand=given["expand"])
    if is_known(ctx, record) and not given["expand"]:
        return Response(status=304, headers={"ETag": tag_of(ctx, record)})
    return shown(ctx, record)


@records.patch("/records/<entity>/<record_id:record_id>")
@writes
def update(ctx: Context, entity: str, record_id: str) -> Response:
    """Change the named fields."""
    body, version = read_object(), known_version()
    return shown(ctx, change_record(ctx, entity, record_id, body, version=version))


@records.put("/records/<entity>/by/<field>/<value>")
@writes
def upsert(ctx: Context, entity: str, field: str, value: str) -> Response:
    """Change the record that has this value of a unique field, or create it."""
    row = {**read_object(), field: value}
    [write] = upsert_writes(ctx, entity, field, [row])
    if isinstance(write, Change):
        known = known_version()
        return shown(ctx, change_record(ctx, entity, write.id, write.values, version=known))
    record = create_record(ctx, entity, write.values, id=write.id)
    return shown(ctx, record, 201, {"Location": f"/api/v1/records/{entity}/{record.id}"})


@records.delete("/records/<entity>/<record_id:record_id>")
@writes
def delete(ctx: Context, entity: str, record_id: str) -> Response:
    """Put a record in the trash, or remove it for good."""
    given = read_parameters(DeleteParameters)
    if given["permanent"]:
        gone = destroy_record(ctx, entity, record_id, version=known_version())
        _forget_once_gone(gone.get("file", []))
    else:
        trash_record(ctx, entity, record_id, version=known_version())
    return Response(status=204)


@records.post("/records/<entity>/<record_id:record_id>/restore")
@writes
def restore(ctx: Context, entity: str, record_id: str) -> Response:
    """Take a record out of the trash."""
    return shown(ctx, restore_record(ctx, entity, record_id))


@records.get("/records/<entity>/<record_id:record_id>/history")
@reads
def history(ctx: Context, entity: str, record_id: str) -> Response:
    """A record's changes, newest first."""
    given = read_parameters(HistoryParameters)
    entries = list_history(ctx, entity, record_id, limit=given["limit"] + 1, before=given["after"])
    some = entries[: given["limit"]]
    more = str(some[-1].id) if len(entries) > len(some) else None
    return answer({"data": [_entry(ctx, each) for each in some], "next": more})


def _forget_once_gone(file_ids: list[str]) -> None:
    """Remove the contents of files after their records went, and not when that was undone."""
    settings = asking.tenant().settings

    def forget(response: Response) -> Response:
        if response.status_code == 204:
            forget_contents(settings, file_ids)
        return response

    after_this_request(forget)


def _query(ctx: Context, entity: str) -> Query:
    given = read_parameters(ListParameters)
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


def _entry(ctx: Context, entry: Entry) -> dict[str, Any]:
    def dumped(key: str, entity: str, value: Any) -> Any:
        return None if value is None else ctx.machine.behaviour(entity, key).dump(value)

    return {
        "id": str(entry.id),
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
