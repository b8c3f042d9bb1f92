"""Rows of a CSV file, read a line at a time."""

import csv
import io
from collections.abc import Iterator

from engine.errors import Invalid
from engine.records.transfer.opening import Opened
from engine.records.transfer.raw import RawRows

SPOKEN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def find_rows(opened: Opened) -> RawRows:
    """The rows of a text that is cut into cells."""
    encoding = opened.encoding.removesuffix("-sig").upper()
    spoken = SPOKEN.get(opened.delimiter, f'"{opened.delimiter}"')
    return RawRows(f"CSV, {encoding}, cut by {spoken}", lambda: _read(opened))


def _read(opened: Opened) -> Iterator[tuple[int, list[str]]]:
    encoding = opened.encoding
    text = io.TextIOWrapper(io.BytesIO(opened.content), encoding=encoding, newline="")
    if text.readline().startswith(("sep=", "\ufeffsep=")):
        before = 1  # a word to Excel, not a row
    else:
        text.seek(0)
        before = 0
    reader = csv.reader(text, delimiter=opened.delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            yield before + line + 1, cells
            line = reader.line_num
    except csv.Error as broken:
        raise _broken(opened, before + line + 1, str(broken)) from None


def _broken(opened: Opened, line: int, words: str) -> Invalid:
    if "end of data" in words or "field larger" in words:
        found = f"A quote is opened in the row at line {line:,} and never closed."
    elif "expected after" in words:
        found = f"There is a quote in the middle of a cell in the row at line {line:,}."
    else:
        found = f"The row at line {line:,} can't be read ({words})."
    return Invalid(
        "file.broken-quote",
        f'"{opened.name}" is broken. {found} Put quotes around whole cells only, double those '
        "inside, and import it again. Nothing was imported.",
        facts={"line": line},
    )
