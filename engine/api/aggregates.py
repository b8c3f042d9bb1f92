"""What records come to, group by group, over HTTP. A question, for all that it is posted."""

from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.api.answers import answer, read_object
from engine.api.pages import reads
from engine.api.schemas import AggregateQuestion, read_body
from engine.context import Context
from engine.records.aggregates import Aggregate, aggregate_records
from engine.records.aggregates.converting import Conversion

aggregates = Blueprint("aggregates", __name__)


@aggregates.post("/records/<entity>/aggregate")
@reads
def show(ctx: Context, entity: str) -> Response:
    """Groups of records, and what they come to."""
    gate.find_entity(ctx, entity)
    given = read_body(AggregateQuestion, read_object())
    asked = Aggregate(entity=entity, **given | {"group_by": tuple(map(str.strip, given["group_by"]))})
    found = aggregate_records(ctx, asked)
    body: dict[str, Any] = {"data": found.rows, "has_more": found.has_more}
    if found.conversion is not None:
        body["conversion"] = _conversion(found.conversion)
    return answer(body)


def _conversion(made: Conversion) -> dict[str, str]:
    """How amounts were brought to one currency: by which rates, and of which day."""
    at = "field" if made.policy == "field" else "date"
    return {"currency": made.currency, "policy": made.policy, at: made.at}
