"""Keyset paging: a cursor says where the last page ended, not how far it was.

Empty values sort last in both directions, text without regard to case, and ties by
id, so that the order is total and the same on both databases.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa

from engine.errors import Malformed

SEAL = 16  # bytes

@dataclass(frozen=True, slots=True)
class SortKey:
    """One expression of an order. `nullable` keys are preceded by a key that puts empties last.

    `joins` are the tables that the expression needs beside the record's own, each with how its
    rows are found; a record without such a row sorts as empty.
    """

    expression: sa.ColumnElement[Any]
    descending: bool = False
    nullable: bool = True
    joins: tuple[tuple[sa.FromClause, sa.ColumnElement[bool]], ...] = ()


def joined(table: sa.FromClause, keys: Sequence[SortKey]) -> sa.FromClause:
    """A table with what the keys of an order need beside it."""
    for key in keys:
        for far, condition in key.joins:
            table = table.outerjoin(far, condition)
    return table


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of an order in which the first key is filled in every row, or in none.

    A list is read leg by leg, each along an index as it stands in either direction; an
    order of one piece, with empties last, could use an index in one direction only.
    """

    conditions: tuple[sa.ColumnElement[bool], ...]
    order: tuple[sa.ColumnElement[Any], ...]

    def of(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The rows of a statement on this leg, `most` of them, a number given when it is asked."""
        most = sa.bindparam("most", required=True, type_=sa.Integer())
        return statement.where(*self.conditions).order_by(*self.order).limit(most)


def legs(keys: Sequence[SortKey], after: Sequence[Any] | None = None) -> list[Leg]:
    """The legs of an order, those that come after the row with these values."""
    first, rest = keys[0], keys[1:]
    if not first.nullable:
        return [_leg(keys, after)]
    found = []
    if after is None or after[0] is not None:
        filled = _leg([replace(first, nullable=False), *rest], after)
        inner = (condition for _, condition in first.joins)  # an outer join can't begin on its far side
        conditions = (first.expression.is_not(None), *inner, *filled.conditions)
        found.append(replace(filled, conditions=conditions))
    behind = after[1:] if after is not None and after[0] is None else None
    empty = _leg(rest, behind)
    conditions = (first.expression.is_(None), *empty.conditions)
    return [*found, Leg(conditions, (_direction(first), *empty.order))]


def order_by(keys: Sequence[SortKey]) -> tuple[sa.ColumnElement[Any], ...]:
    """The ORDER BY of an order in one piece."""
    clauses: list[sa.ColumnElement[Any]] = []
    for key in keys:
        if key.nullable:
            clauses.append(key.expression.is_(None))
        clauses.append(_direction(key))
    return tuple(clauses)


def _leg(keys: Sequence[SortKey], after: Sequence[Any] | None) -> Leg:
    return Leg(() if after is None else (_after(keys, after),), order_by(keys))


def _direction(key: SortKey) -> sa.ColumnElement[Any]:
    return key.expression.desc() if key.descending else key.expression.asc()


def _after(keys: Sequence[SortKey], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """The rows that come after the one with these values."""
    alternatives: list[sa.ColumnElement[bool]] = []
    equal: list[sa.ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        alternatives.append(sa.and_(*equal, _beyond(key, value)))
        equal.append(_same(key, value))
    first = keys[0]
    if values[0] is None or first.nullable:
        return sa.or_(*alternatives)
    value = _bind(first, values[0])
    start = first.expression <= value if first.descending else first.expression >= value
    return sa.and_(start, sa.or_(*alternatives))  # where an index may start


def _beyond(key: SortKey, value: Any) -> sa.ColumnElement[bool]:
    if value is None:
        return sa.false()
    bound = _bind(key, value)
    further = key.expression < bound if key.descending else key.expression > bound
    return sa.or_(further, key.expression.is_(None)) if key.nullable else further


def _same(key: SortKey, value: Any) -> sa.ColumnElement[bool]:
    return key.expression.is_(None) if value is None else key.expression == _bind(key, value)


def _bind(key: SortKey, value: Any) -> sa.BindParameter[Any]:
    """A value to compare with, whatever it is: SQLAlchemy would not compare with True by itself."""
    return sa.literal(value, key.expression.type)


def write_cursor(key: bytes, question: str, values: Sequence[Any]) -> str:
    """An opaque cursor for the row with these sort values, good for the same question only."""
    body = orjson.dumps([_plain(value) for value in values])
    return base64.urlsafe_b64encode(_seal(key, question, body) + body).decode().rstrip("=")


def read_cursor(key: bytes, question: str, cursor: str) -> list[Any]:
    """The sort values in a cursor. Malformed when it was altered or made for another question."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != cursor:
            raise ValueError
        seal, body = raw[:SEAL], raw[SEAL:]
        if not hmac.compare_digest(seal, _seal(key, question, body)):
            raise ValueError
        return [_typed(value) for value in orjson.loads(body)]
    except (ValueError, TypeError) as broken:
        raise Malformed(
            "cursor.unknown",
            'The cursor in "after" is not one that this list gave out. Start again without it.',
        ) from broken


def _seal(key: bytes, question: str, body: bytes) -> bytes:
    sealed = question.encode() + b"\0" + body
    return hashlib.blake2b(sealed, key=key[:64], digest_size=SEAL).digest()


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case _:
            return value


def _typed(value: Any) -> Any:
    match value:
        case {"decimal": text}:
            return Decimal(text)
        case {"datetime": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case _:
            return value
