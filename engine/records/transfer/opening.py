"""What a file is: by its content, never by its name alone.

Everything that can be wrong with a file as a whole is said here, before a row of it is
read: one sentence of what was found, and the way on.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import PurePath

from engine.errors import Invalid, TooLarge
from engine.records.transfer.encodings import SAMPLE, detect_encoding, find_undecodable

LARGEST = 50 * 1024 * 1024
DELIMITERS = ",;\t|"
ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".tab": "csv", ".xlsx": "xlsx", ".json": "json",
    ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip
FEW = 32  # control characters that a text may have and still be one
KINDS = {"csv": "a CSV file", "xlsx": "an XLSX workbook", "json": "a JSON file"}
FOREIGN = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind, or one with a password",
    b"\x1f\x8b": "a compressed file",
    b"Rar!": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
}
_MARKUP = re.compile(rb"\s*<(!doctype|html|table|\?xml)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SEPARATOR = re.compile(r"sep=(.)[\r\n]+")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose kind is known: csv, xlsx or json. Encoding and delimiter are those of text."""

    name: str
    kind: str
    content: bytes
    encoding: str = ""
    delimiter: str = ","


def require_size(size: int, name: str) -> None:
    """Refuse a file that is too large, before it is read."""
    if size > LARGEST:
        found, most = size / 1024 / 1024, LARGEST // 1024 // 1024
        raise TooLarge(
            "file.too-large",
            f'"{name}" has {found:,.0f} MB; an import takes {most} MB at a time. Divide it, with '
            "the line of headers in each part, and import the parts one after another.",
        )


def open_file(content: bytes, name: str) -> Opened:
    """Find out what a file is. Refused for what is no table, or another than its name says."""
    require_size(len(content), name)
    if not content.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Invalid("file.empty", f'"{name}" is empty. Export it again, with headers and rows.')
    if content.startswith(b"PK\x03\x04"):
        _require_honest_name(name, "xlsx")
        return Opened(name, "xlsx", content)
    _require_text(content, name)
    encoding = detect_encoding(content)
    start = _read_start(content, encoding, name)
    kind = "json" if start.lstrip()[:1] in {"[", "{"} else "csv"
    _require_honest_name(name, kind)
    return Opened(name, kind, content, encoding, _delimiter_of(start))


def _require_honest_name(name: str, kind: str) -> None:
    said = ENDINGS.get(PurePath(name).suffix.lower(), kind)
    if said != kind:
        raise Invalid(
            "file.not-what-it-says",
            f'"{name}" is named as {KINDS[said]}, but is {KINDS[kind]}. Give it its right name, '
            "or export it again.",
        )


def _require_text(content: bytes, name: str) -> None:
    for signature, noun in FOREIGN.items():
        if content.startswith(signature):
            raise _no_table(name, noun)
    if _MARKUP.match(content):
        raise _no_table(name, "a web page or XML")


def _no_table(name: str, noun: str) -> Invalid:
    message = f'"{name}" is {noun}. Save it as CSV or XLSX, and import that.'
    return Invalid("file.no-table", message)


def _read_start(content: bytes, encoding: str, name: str) -> str:
    """The first lines of a text. Refused when any part of it is none, or is in another encoding."""
    start = content[:SAMPLE].decode(encoding, errors="ignore").removeprefix("\ufeff")
    nothings = not encoding.startswith("utf-16") and b"\0" in content
    if nothings or len(_CONTROL.findall(start)) > max(FEW, len(start) // 100):
        raise _no_table(name, "not text, but bytes of some other kind")
    if find_undecodable(content, encoding) is not None:
        raise Invalid(
            "file.encoding",
            f'"{name}" is marked as {encoding.removesuffix("-sig").upper()}, but has letters that '
            "are not. Export it again as UTF-8.",
        )
    return start


def _delimiter_of(start: str) -> str:
    """The separator that cuts the first lines into columns of the same number."""
    if said := _SEPARATOR.match(start):
        return said[1]
    lines = start.splitlines(keepends=True)[:100]
    return max(DELIMITERS, key=lambda each: _evenness(lines, each))


def _evenness(lines: list[str], delimiter: str) -> float:
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0
    width = len(rows[0]) if rows else 0
    even = sum(len(row) == width for row in rows)
    return even / len(rows) + width / 10_000 if width > 1 else 0.0
