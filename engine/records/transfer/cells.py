"""One cell as a typed value: how a column's cells are read, chosen once for the whole column."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from engine.errors import ValueRefused
from engine.fields import FieldType, Reader
from engine.records.transfer.dates import find_day_first, read_serial
from engine.records.transfer.formulas import restore
from engine.records.transfer.sheets import Sheet

Read = Callable[[Any], Any]


def choose_reading(
    sheet: Sheet, behaviour: FieldType[Any], reader: Reader, places: tuple[int, ...]
) -> Read:
    """How the cells of some columns are read that fill one field."""
    is_json = sheet.kind == "json"
    if is_json and behaviour.value_type == "json" and not behaviour.parts:
        return _read_structure
    read = _read_as_it_is if is_json else _read_guarded
    if "day_first" in behaviour.reads:
        return _day_reading(behaviour, replace(reader, day_first=_order(sheet, reader, places)), read)
    return read


def as_text(cell: Any) -> str:
    """A cell as the text a person sees in it."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


def _read_guarded(cell: Any) -> Any:
    """Text may stand behind an apostrophe that keeps it from being a formula."""
    if isinstance(cell, str):
        return restore(cell) if cell[:1] == "'" else cell
    return as_text(cell)


def _read_as_it_is(cell: Any) -> Any:
    return cell if isinstance(cell, str | dict | list) else as_text(cell)


def _read_structure(cell: Any) -> Any:
    """In a JSON file, a JSON value is itself, and a text in it no more than a text."""
    return None if cell is None else orjson.dumps(cell).decode()


def _order(sheet: Sheet, reader: Reader, places: tuple[int, ...]) -> bool | None:
    cells: Iterator[Any] = (row.cells[at] for row in sheet.rows() for at in places)
    return find_day_first(cells, reader)


def _day_reading(behaviour: FieldType[Any], reader: Reader, read: Read) -> Read:
    def read_day(cell: Any) -> Any:
        """A date in the order of its column; left as it is when it is none, to be refused."""
        cell = read_serial(cell if isinstance(cell, date | int | float) else read(cell))
        try:
            return behaviour.parse(cell, reader)
        except ValueRefused:
            return cell if isinstance(cell, str) else as_text(cell)

    return read_day
