"""Uploaded files: kept under their record's id, handed out only with the record's permission."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from engine.access import gate
from engine.context import Context
from engine.errors import Invalid, NotFound, TooLarge
from engine.records.commands import create_record
from engine.records.queries import find_record
from engine.records.record import Record
from engine.settings import Settings

LARGEST = 25 * 1024 * 1024
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/zip",
}


def keep_file(ctx: Context, settings: Settings, name: str, content: bytes) -> Record:
    """Keep a file, and answer with its record."""
    if not content:
        raise Invalid("file.empty", "The file is empty.")
    if len(content) > LARGEST:
        raise TooLarge("file.too-large", f"A file may have {LARGEST // 1024 // 1024} MiB.")
    clean = _UNSAFE.sub("_", name).strip(". ")[-200:] or "file"
    facts = {"media_type": media_type(content), "size": len(content)}
    record = create_record(ctx, "file", {"name": clean}, facts=facts)
    _write(_path(settings, record.id), content)
    return record


def open_file(ctx: Context, settings: Settings, file_id: str) -> tuple[Record, bytes, str]:
    """A file's record, content and media type, as its first bytes show it."""
    gate.require(ctx, "file", "read")
    record = find_record(ctx, "file", file_id)
    path = _path(settings, record.id)
    if not path.is_file():
        raise NotFound("file.lost", "The content of this file is not there.")
    content = path.read_bytes()
    return record, content, media_type(content)


def forget_contents(settings: Settings, file_ids: Iterable[str]) -> None:
    """Remove the contents of files whose records are gone for good."""
    for file_id in file_ids:
        _path(settings, file_id).unlink(missing_ok=True)


def media_type(content: bytes) -> str:
    """What a file is by its first bytes; anything else is bytes and nothing more."""
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            return kind
    return "application/octet-stream"


def _write(path: Path, content: bytes) -> None:
    """Write a content so that it is whole on the disk before its record is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _path(settings: Settings, file_id: str) -> Path:
    return settings.data_dir / "files" / file_id[-2:] / file_id
