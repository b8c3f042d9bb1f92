"""Many writes of one entity in one request, with a result for each."""

from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.api.answers import answer, read_object
from engine.api.pages import writes
from engine.api.problems import describe_refusal
from engine.api.schemas import Bulk, read_body
from engine.context import Context
from engine.errors import TooLarge
from engine.records.commands import apply_batch
from engine.records.upserts import upsert_writes
from engine.records.writes import Change, Create, Outcome, Trash, Write

bulk = Blueprint("bulk", __name__)
MOST_ROWS = 10_000
VERBS: dict[type[Write], str] = {Create: "create", Change: "update", Trash: "delete"}


@bulk.post("/records/<entity>/bulk")
@writes
def apply(ctx: Context, entity: str) -> Response:
    """Do them all, or with `atomic: false` those that can be done."""
    given = read_body(Bulk, read_object())
    gate.find_entity(ctx, entity)
    _require_few(given)
    rows = _read(ctx, entity, given)
    transaction = ctx.connection.begin_nested()
    outcomes = apply_batch(ctx, entity, rows, atomic=given["atomic"])
    failed = sum(outcome.refusal is not None for outcome in outcomes)
    undone = bool(failed) and given["atomic"]
    if undone:
        transaction.rollback()
    else:
        transaction.commit()
    body = {
        "results": [_result(w, o, undone=undone) for w, o in zip(rows, outcomes, strict=True)],
        "succeeded": 0 if undone else len(outcomes) - failed,
        "failed": failed,
        "changeset": ctx.changeset,
    }
    return answer(body, 422 if undone else 200)


def _require_few(given: dict[str, Any]) -> None:
    upserts = given["upsert"]["rows"] if given["upsert"] else ()
    count = sum(map(len, (given["create"], given["update"], given["delete"], upserts)))
    if count > MOST_ROWS:
        raise TooLarge("bulk.too-many", f"A bulk request has {MOST_ROWS:,} rows at most.")


def _read(ctx: Context, entity: str, given: dict[str, Any]) -> list[Write]:
    """The writes in the order of their results: created, updated, upserted, deleted."""
    rows: list[Write] = [Create(id=row.pop("id", None), values=row) for row in given["create"]]
    rows += [Change(id=row.pop("id"), values=row) for row in given["update"]]
    if given["upsert"] is not None:
        rows += upsert_writes(ctx, entity, given["upsert"]["by"], given["upsert"]["rows"])
    rows += [Trash(id=each) for each in given["delete"]]
    return rows


def _result(write: Write, outcome: Outcome, *, undone: bool) -> dict[str, Any]:
    verb = VERBS[type(write)]
    if outcome.refusal is not None:
        refusal = describe_refusal(outcome.refusal)
        return {"action": verb, "status": outcome.refusal.status, "id": write.id, "error": refusal}
    if undone:
        return {"action": verb, "status": 424, "id": None}
    return {"action": verb, "status": 201 if verb == "create" else 200, "id": outcome.id}
