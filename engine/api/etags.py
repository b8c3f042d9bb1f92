"""A record's ETag is its version, for asking whether it moved before it is read or written."""

import re

from flask import Response, request

from engine.api.answers import answer
from engine.context import Context
from engine.errors import Malformed
from engine.records.dumping import dump_record
from engine.records.record import Record

_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})"|([0-9]{1,18})')


def known_version() -> int | None:
    """The version that If-Match names; None when any will do."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    found = _TAG.fullmatch(given)
    if found is None:
        raise Malformed("if-match.malformed", 'If-Match names one version, as the ETag does: "3".')
    return int(found[1] or found[2])


def is_known(record: Record) -> bool:
    """Whether If-None-Match names the version that the record has."""
    given = request.headers.get("If-None-Match", "")
    tags = [_TAG.fullmatch(each.strip()) for each in given.split(",")]
    return given.strip() == "*" or any(t and int(t[1] or t[2]) == record.version for t in tags)


def shown(
    ctx: Context, record: Record, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """An answer with a record, tagged."""
    tag = {"ETag": f'"{record.version}"'}
    return answer(dump_record(ctx.machine, record), status, tag | (headers or {}))
