"""Rows of an XLSX workbook: of its first visible sheet that holds any."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from engine.errors import Invalid
from engine.records.transfer.archives import require_sound_workbook
from engine.records.transfer.opening import Opened
from engine.records.transfer.raw import RawRows


def find_rows(opened: Opened) -> RawRows:
    """The rows of a workbook. Other sheets are noted as left out."""
    require_sound_workbook(opened.content, opened.name)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(opened.content)) as workbook:
            names = [
                about.name
                for about in workbook.sheets_metadata
                if about.visible == SheetVisibleEnum.Visible and about.typ == SheetTypeEnum.WorkSheet
            ]
            sheets = map(workbook.get_sheet_by_name, names)
            sheet = next((sheet for sheet in sheets if sheet.height), None)
    except (CalamineError, ValueError, OSError) as broken:
        message = f'"{opened.name}" can\'t be read as a workbook ({broken}). Save it again as XLSX.'
        raise Invalid("file.damaged", message) from broken
    if sheet is None:
        raise Invalid("file.empty", f'"{opened.name}" has no sheet with anything in it.')
    others = [name for name in names if name != sheet.name]
    left_out = f'Only the sheet "{sheet.name}" was read. Left out: {", ".join(others)}.'
    return RawRows(
        about=f'XLSX, sheet "{sheet.name}"',
        rows=lambda: _read(sheet),
        notes=(left_out,) if others else (),
    )


def _read(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [_plain(cell) for cell in cells]


def _plain(cell: Any) -> Any:
    """A number that is whole is one: a workbook knows only numbers with decimals."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
