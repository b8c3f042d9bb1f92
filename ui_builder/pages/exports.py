"""Exporting: the records that a view shows, as a file."""

from flask import Blueprint, Response

from engine.records.queries import Query
from engine.records.transfer.exporting import export_records
from ui_builder import here
from ui_builder.rendering.lists import conditions_of, find_view, open_sort
from ui_builder.rendering.questions import read_question

exports = Blueprint("exports", __name__)
KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@exports.get("/export/<key>")
def download(key: str) -> Response:
    """The records of a view and of the question in the address, with all that may be read of them."""
    form = here.asked().get("format", "xlsx")
    with here.reading() as ctx:
        view = find_view(ctx, key)
        entity = ctx.machine.catalog.entities[view.entity]
        question = read_question(here.asked())
        query = Query(
            entity=entity.key,
            where=conditions_of(entity, view, question),
            q=question.q,
            sort=(question.sort,) if question.sort else open_sort(ctx, entity, view),
        )
        pieces = list(export_records(ctx, query, form))
    return here.download(pieces, f"{view.label}.{form}", KINDS[form])
