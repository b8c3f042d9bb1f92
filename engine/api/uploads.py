"""Files over HTTP: uploaded as a form's part, downloaded with their record's permission."""

from urllib.parse import quote

from flask import Blueprint, Response, request

from engine.api import asking
from engine.api.answers import WrongMediaType, answer
from engine.api.pages import reads, writes
from engine.context import Context
from engine.records.dumping import dump_record
from engine.records.files import keep_file, open_file

uploads = Blueprint("uploads", __name__)
SHOWN = frozenset(("image/png", "image/jpeg", "image/gif"))  # all else is only ever saved


@uploads.post("/files")
@writes
def upload(ctx: Context) -> Response:
    """Keep a file: the part `file` of a multipart form."""
    part = request.files.get("file")
    if part is None:
        raise WrongMediaType("file.missing", 'Send multipart/form-data with a part "file".')
    content = part.stream.read()
    record = keep_file(ctx, asking.tenant().settings, part.filename or "file", content)
    headers = {"Location": f"/api/v1/files/{record.id}"}
    return answer(dump_record(ctx.machine, record), 201, headers)


@uploads.get("/files/<file_id>")
@reads
def download(ctx: Context, file_id: str) -> Response:
    """A file's content."""
    record, content, kind = open_file(ctx, asking.tenant().settings, file_id)
    manner = "inline" if kind in SHOWN else "attachment"
    name = quote(record.title or "file", safe="")
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f"{manner}; filename*=UTF-8''{name}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
