"""The rows that an import turned away, as a file to be put right and imported again.

Its columns are those of the original and one for the reason, so that the same mapping
takes it; it is cut as the original was, and begins with a mark that tells spreadsheets
it is UTF-8.
"""

import csv
import io
from collections.abc import Iterator, Mapping

import orjson

from engine.records.transfer.cells import as_text
from engine.records.transfer.formulas import neutralise, restore
from engine.records.transfer.sheets import Sheet

REASON = "reason"


def write_rejects(sheet: Sheet, rejected: Mapping[int, str]) -> Iterator[bytes]:
    """The rejected rows of a sheet, by number, with their reasons."""
    delimiter = sheet.delimiter if sheet.kind == "csv" else ","
    yield b"\xef\xbb\xbf" + _line([*map(neutralise, sheet.headers), REASON], delimiter)
    for row in sheet.rows():
        if row.number in rejected:
            width = len(sheet.headers)
            cells = [_shown(cell, sheet.kind) for cell in row.cells]
            beyond = "; ".join(cells[width:])
            reason = f"{rejected[row.number]} Beyond: {beyond}" if beyond else rejected[row.number]
            yield _line([*cells[:width], neutralise(reason)], delimiter)


def _line(cells: list[str], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _shown(cell: object, kind: str) -> str:
    """A cell as a spreadsheet may hold it, behind one apostrophe where it needs it."""
    if isinstance(cell, dict | list):
        return neutralise(orjson.dumps(cell).decode())
    text = as_text(cell)
    return neutralise(text if kind == "json" else restore(text))
