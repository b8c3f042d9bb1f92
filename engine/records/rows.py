"""Rows of an entity as questions select them: prepared once for the names asked for.

What is kept depends on the entity, the fields and what is open to the asker, and never on
who that is or on any record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import gate
from engine.access.gate import Source
from engine.context import Context
from engine.expressions.terms import given
from engine.fields import FieldType

Loader = Callable[[Sequence[Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The open rows of an entity: `statement` selects the columns that `load` makes values of.

    `one` asks for the row with the `record_id`, `some` for those with the `ids`, that are given
    when it is executed.
    """

    origin: Source
    statement: sa.Select[Any]
    one: sa.Select[Any]
    some: sa.Select[Any]
    load: Loader


def select_rows(
    ctx: Context, entity: str, fields: tuple[str, ...], *, trash: bool = False
) -> Rows:
    """The rows of an entity that are open to the asker, with the fields that are named."""
    key = ("rows", entity, fields, trash, gate.standing(ctx))
    return ctx.machine.remembered(key, lambda: _select_rows(ctx, entity, fields, trash=trash))


def _select_rows(ctx: Context, entity: str, fields: Sequence[str], *, trash: bool) -> Rows:
    origin = gate.source(ctx, entity, trash=trash)
    columns: list[sa.ColumnElement[Any]] = []
    spans: list[tuple[str, int, int]] = []
    for key in fields:
        if key == "title" and not gate.is_readable(ctx, origin.entity, "title"):
            continue
        stored = gate.columns(ctx, origin, key)
        if stored:
            spans.append((key, len(columns), len(columns) + len(stored)))
            columns.extend(stored)
    statement = sa.select(*columns).select_from(origin.table).where(origin.predicate)
    behaviours = {key: ctx.machine.behaviour(entity, key) for key, _, _ in spans}
    own_id = origin.table.c.id
    return Rows(
        origin,
        statement,
        statement.where(own_id == sa.bindparam("record_id", required=True)),
        statement.where(given(own_id, "ids")),
        make_loader(behaviours, spans),
    )


def make_loader(
    behaviours: dict[str, FieldType[Any]], spans: Sequence[tuple[str, int, int]]
) -> Loader:
    """What makes values by field of a row, each from its span of columns."""
    plain = [(key, start) for key, start, _ in spans if not _is_loaded(behaviours[key])]
    single = [
        (key, behaviours[key].load, start)
        for key, start, end in spans
        if end - start == 1 and _is_loaded(behaviours[key])
    ]
    wide = [
        (key, behaviours[key].load, start, end) for key, start, end in spans if end - start > 1
    ]

    def load(row: Sequence[Any]) -> dict[str, Any]:
        values = {key: row[at] for key, at in plain}
        for key, load_one, at in single:
            stored = row[at]
            values[key] = None if stored is None else load_one(stored)
        for key, load_all, start, end in wide:
            values[key] = None if row[start] is None else load_all(*row[start:end])
        return values

    return load


def _is_loaded(behaviour: FieldType[Any]) -> bool:
    """Whether a value differs from what its column holds."""
    return type(behaviour).load is not FieldType.load
