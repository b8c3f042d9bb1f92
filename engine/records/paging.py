"""Keyset paging: a cursor says where the last page ended, not how far it was.

Empty values sort last in both directions, text without regard to case, and ties by
id, so that the order is total and the same on both databases.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa

from engine.errors import Malformed


@dataclass(frozen=True, slots=True)
class SortKey:
    """One expression of an order. `nullable` keys are preceded by a key that puts empties last."""

    expression: sa.ColumnElement[Any]
    descending: bool = False
    nullable: bool = True


def order_by(keys: Sequence[SortKey]) -> list[sa.ColumnElement[Any]]:
    """The ORDER BY of an order."""
    clauses: list[sa.ColumnElement[Any]] = []
    for key in keys:
        if key.nullable:
            clauses.append(key.expression.is_(None))
        clauses.append(key.expression.desc() if key.descending else key.expression.asc())
    return clauses


def after(keys: Sequence[SortKey], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """The rows that come after the one with these values."""
    alternatives: list[sa.ColumnElement[bool]] = []
    equal: list[sa.ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        alternatives.append(sa.and_(*equal, _beyond(key, value)))
        equal.append(_same(key, value))
    first, value = keys[0], values[0]
    if value is None or first.nullable:
        return sa.or_(*alternatives)
    bound = first.expression <= value if first.descending else first.expression >= value
    return sa.and_(bound, sa.or_(*alternatives))  # the bound lets an index start at the place


def _beyond(key: SortKey, value: Any) -> sa.ColumnElement[bool]:
    if value is None:
        return sa.false()
    further = key.expression < value if key.descending else key.expression > value
    return sa.or_(further, key.expression.is_(None)) if key.nullable else further


def _same(key: SortKey, value: Any) -> sa.ColumnElement[bool]:
    return key.expression.is_(None) if value is None else key.expression == value


def write_cursor(question: str, values: Sequence[Any]) -> str:
    """An opaque cursor for the row with these sort values, good for the same question only."""
    body = orjson.dumps([_plain(value) for value in values])
    return base64.urlsafe_b64encode(_seal(question, body) + body).decode().rstrip("=")


def read_cursor(question: str, cursor: str) -> list[Any]:
    """The sort values in a cursor. Malformed when it was altered or made for another question."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        seal, body = raw[:8], raw[8:]
        if seal != _seal(question, body) or not body:
            raise ValueError
        return [_typed(value) for value in orjson.loads(body)]
    except (ValueError, TypeError) as broken:
        raise Malformed(
            "cursor.unknown",
            'The cursor in "after" is not one that this list gave out. Start again without it.',
        ) from broken


def _seal(question: str, body: bytes) -> bytes:
    return hashlib.blake2b(question.encode() + b"\0" + body, digest_size=8).digest()


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
