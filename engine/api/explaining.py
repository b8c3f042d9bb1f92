"""How a field comes by its value, over HTTP."""

from dataclasses import asdict

from flask import Blueprint, Response

from engine.api.answers import answer
from engine.api.pages import reads
from engine.api.schemas import ExplainParameters, read_parameters
from engine.context import Context
from engine.formulas.explaining import explain_field

explaining = Blueprint("explaining", __name__)


@explaining.get("/explain/field")
@reads
def show(ctx: Context) -> Response:
    """One field, explained as far as the asker may read."""
    given = read_parameters(ExplainParameters)
    found = explain_field(ctx, given["entity"], given["field"], given["id"])
    return answer(asdict(found) | {"inputs": [asdict(each) | {"label": each.label} for each in found.inputs]})
