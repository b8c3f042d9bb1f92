"""Writes that a client may repeat: the answer to an Idempotency-Key is kept, and given again.

It is kept in the transaction of the write itself, so that there is never the one without
the other. A refusal changed nothing; it is not kept, and leaves its key free.
"""

import hashlib
import re
from datetime import timedelta

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.dialects import postgresql, sqlite

from engine.context import Context
from engine.errors import Invalid, Malformed
from engine.storage.system import pulse_reply

KEPT_FOR = timedelta(hours=24)
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def read_key() -> str | None:
    """The key that the client gave this write."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise Malformed(
            "idempotency.key", "An Idempotency-Key has 1 to 255 visible ASCII characters."
        )
    return key


def refuse_key() -> None:
    """Refuse a key where the answer holds a secret, which is shown once and kept nowhere."""
    if read_key() is not None:
        raise Malformed("idempotency.secret", "Idempotency-Key can't be used with this call.")


def claim(ctx: Context, key: str) -> Response | None:
    """The answer kept for a key, or None when the write is ours to do. Whoever comes with the same
    key at the same time waits here. Invalid when the key was for another request.
    """
    table, now = pulse_reply, ctx.now()
    ctx.connection.execute(sa.delete(table).where(table.c.at <= now - KEPT_FOR))
    insert = (postgresql if ctx.connection.dialect.name == "postgresql" else sqlite).insert
    values = {"owner": _owner(ctx), "key": key, "request_hash": _request_hash(), "at": now}
    taken = insert(table).values(values).on_conflict_do_nothing().returning(table.c.key)
    if ctx.connection.execute(taken).first() is not None:
        return None
    mine = sa.select(table).where(table.c.owner == _owner(ctx), table.c.key == key)
    kept = ctx.connection.execute(mine).mappings().one()
    if kept["request_hash"] != _request_hash():
        raise Invalid(
            "idempotency.reused", "This Idempotency-Key was given to another request before."
        )
    again = Response(kept["body"], kept["status"], kept["headers"])
    again.headers["Idempotent-Replayed"] = "true"
    return again


def keep(ctx: Context, key: str, response: Response) -> None:
    """Keep the answer to a write that was done."""
    table = pulse_reply
    headers = {name: value for name in KEPT_HEADERS if (value := response.headers.get(name))}
    statement = sa.update(table).where(table.c.owner == _owner(ctx), table.c.key == key)
    ctx.connection.execute(
        statement.values(
            status=response.status_code, headers=headers, body=response.get_data(as_text=True)
        )
    )


def _owner(ctx: Context) -> str:
    return f"{ctx.actor.id}/{ctx.actor.token_id or ''}"


def _request_hash() -> str:
    asked = f"{request.method} {request.full_path} {request.mimetype}\0".encode()
    return hashlib.sha256(asked + request.get_data()).hexdigest()
