"""Trying an expression out, over HTTP: what it comes to for given values, or what is wrong with it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response

from engine.access import gate
from engine.api.answers import answer, read_object
from engine.api.pages import reads
from engine.api.schemas import ExpressionPreview, read_body
from engine.context import Context
from engine.expressions.functions import as_text
from engine.fields.money import Money
from engine.records.previewing import preview_expression
from metadata.syntax import ExpressionProblem

previewing = Blueprint("previewing", __name__)


@previewing.post("/expressions/preview")
@reads
def show(ctx: Context) -> Response:
    """For those who design: the value and type of an expression, or its errors with line and column."""
    gate.require_capability(ctx, "design")
    given = read_body(ExpressionPreview, read_object())
    found = preview_expression(ctx, given["entity"], given["expression"], given["values"])
    errors = list(_errors(given["expression"], found.problems))
    return answer({"value": _plain(found.value), "type": found.type, "errors": errors})


def _errors(text: str, problems: tuple[ExpressionProblem, ...]) -> Iterator[dict[str, Any]]:
    """Problems where they stand in the text as it was sent, in lines and columns from 1."""
    before = len(text) - len(text.lstrip())
    for each in problems:
        start = before + each.column - 1
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        yield {"code": each.code, "message": each.message, "line": line, "column": column, "length": each.length}


def _plain(value: Any) -> Any:
    """A value as the API carries it."""
    if isinstance(value, Money):
        return {"amount": as_text(value.amount), "currency": value.currency}
    return as_text(value) if isinstance(value, Decimal | date) else value
