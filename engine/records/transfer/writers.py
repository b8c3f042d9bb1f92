"""The formats that records leave in: CSV, XLSX and JSON, written a little at a time."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import IO, Any

import orjson
import xlsxwriter

from engine.errors import Invalid, TooLarge
from engine.records.transfer.formulas import neutralise
from engine.records.transfer.leaving import Table

PIECE = 64 * 1024
MOST_LINES = 1_048_576  # of a sheet in a workbook
LONGEST = 32_767  # characters of a cell in a workbook
FIRST_YEAR = 1901  # days before it have no number in a workbook
SAFE = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False,
}  # fmt: skip


def write_csv(table: Table) -> Iterator[bytes]:
    """Comma-separated values in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.headers)
    for cells in table.lines():
        writer.writerow([_text_of(cell) for cell in cells])
        if text.tell() > PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write_json(table: Table) -> Iterator[bytes]:
    """A list with an object on each line, its members as the API has them."""
    yield b"["
    before = b"\n"
    for values in table.rows:
        pairs = zip(table.fields, values, strict=True)
        yield before + orjson.dumps({each.path: each.dump(value) for each, value in pairs})
        before = b",\n"
    yield b"\n]\n"


def write_xlsx(table: Table) -> Iterator[bytes]:
    """A workbook of one sheet, made in a file of its own that goes when it is read."""
    with tempfile.TemporaryFile() as file:
        _write_workbook(table, file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _write_workbook(table: Table, file: IO[bytes]) -> None:
    with xlsxwriter.Workbook(file, SAFE) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        bold = workbook.add_format({"bold": True})
        headers = table.headers
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headers), 18)
        for at, header in enumerate(headers):
            sheet.write_string(0, at, header, bold)
        for line, cells in enumerate(table.lines(), start=1):
            if line >= MOST_LINES:
                message = f"A workbook holds {MOST_LINES - 1:,} rows. Export fewer, or as CSV."
                raise TooLarge("export.too-many-rows", message)
            for at, cell in enumerate(cells):
                _write_cell(sheet, line, at, cell, day)


def _write_cell(sheet: Any, line: int, at: int, cell: Any, day: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(line, at, cell)
    elif isinstance(cell, date) and cell.year >= FIRST_YEAR:
        sheet.write_datetime(line, at, cell, day)
    elif isinstance(cell, int | Decimal) and Decimal(repr(float(cell))) == cell:
        sheet.write_number(line, at, float(cell))
    elif len(text := _text_of(cell)) <= LONGEST:
        sheet.write_string(line, at, text)
    else:
        raise Invalid(
            "export.too-long",
            f"A text in row {line:,} has {len(text):,} characters; a cell of a workbook holds "
            f"{LONGEST:,}. Export as CSV.",
        )


def _text_of(cell: Any) -> str:
    """A cell as text: what is a number or a day can't be a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, int | date):
        return str(cell)
    return neutralise(str(cell))


WRITERS: dict[str, Callable[[Table], Iterator[bytes]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "json": write_json,
}
