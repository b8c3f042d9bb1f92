"""A record's ETag is its version, for asking whether it moved before it is read or written.

Formulas change without a new version: where any are shown, a mark of their values stands behind it.
If-Match asks about the version, whatever mark it has; If-None-Match about both.
"""

import hashlib
import re

from flask import Response, request

from engine.api.answers import answer
from engine.context import Context
from engine.errors import Malformed
from engine.records.dumping import dump_record
from engine.records.record import Record

_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})(-[0-9a-f]{8})?"|([0-9]{1,18})')


def known_version() -> int | None:
    """The version that If-Match names; None when any will do."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    found = _TAG.fullmatch(given)
    if found is None:
        raise Malformed("if-match.malformed", 'If-Match names one version, as the ETag does: "3".')
    return int(found[1] or found[3])


def is_known(ctx: Context, record: Record) -> bool:
    """Whether If-None-Match names the record as it is shown."""
    given = request.headers.get("If-None-Match", "")
    tags = {each.strip().removeprefix("W/").strip('"') for each in given.split(",")}
    return given.strip() == "*" or tag_of(ctx, record).strip('"') in tags


def tag_of(ctx: Context, record: Record) -> str:
    """The ETag of a record as it is shown."""
    fields = ctx.machine.catalog.entities[record.entity].fields
    formulas = [key for key in record.values if key in fields and fields[key].formula is not None]
    if not formulas:
        return f'"{record.version}"'
    said = repr([(key, record.values[key]) for key in formulas]).encode()
    return f'"{record.version}-{hashlib.sha256(said).hexdigest()[:8]}"'


def shown(
    ctx: Context, record: Record, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """An answer with a record, tagged."""
    tag = {"ETag": tag_of(ctx, record)}
    return answer(dump_record(ctx.machine, record), status, tag | (headers or {}))
