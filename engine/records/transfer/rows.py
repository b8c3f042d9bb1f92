"""From the cells of a row to typed values: parts put together, dates in the order of their column."""

from collections import defaultdict
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.context import Context
from engine.errors import ValueRefused
from engine.fields import FieldType, Reader
from engine.records.transfer.dates import find_day_first, read_serial
from engine.records.transfer.formulas import restore
from engine.records.transfer.headers import Target
from engine.records.transfer.mapping import Mapping
from engine.records.transfer.sheets import Row, Sheet, is_filled

CALENDAR = frozenset(("date", "datetime"))


@dataclass(frozen=True, slots=True)
class Filling:
    """How one field gets its value: the place of each part's cell, "" for the value as a whole."""

    field: str
    behaviour: FieldType[Any]
    places: Dictionary[str, int]
    reader: Reader
    is_guarded: bool  # whether text that looks like a formula stands behind an apostrophe
    is_day: bool  # whether its cells are dates, with or without a time

    def read(self, cells: Sequence[Any]) -> Any:
        """The typed value in a row; None when no cell of it is filled."""
        filled = {
            part: cell
            for part, at in self.places.items()
            if is_filled(cell := self._cell(cells[at]))
        }
        if not filled:
            return None
        whole = filled.pop("", None)
        if len(self.places) == 1 and whole is not None:
            return whole
        if whole is not None and self.behaviour.main_part:
            filled[self.behaviour.main_part] = whole
        return filled or whole

    def _cell(self, cell: Any) -> Any:
        if isinstance(cell, str):
            if self.is_guarded and cell[:1] == "'":
                cell = restore(cell)
        elif not self.is_day and not isinstance(cell, dict | list):
            cell = as_text(cell)
        return self._on_calendar(cell) if self.is_day else cell

    def _on_calendar(self, cell: Any) -> Any:
        """A date read in the order of its column; left as it is when it can't be, to be refused."""
        cell = read_serial(cell)
        try:
            return self.behaviour.parse(cell, self.reader)
        except ValueRefused:
            return cell


def fillings(ctx: Context, sheet: Sheet, mapping: Mapping) -> list[Filling]:
    """How each field that a mapping fills gets its value, from a look at the whole sheet."""
    reader = ctx.actor.reader
    places: dict[str, dict[str, int]] = defaultdict(dict)
    for column in mapping.used:
        target = column.target or Target("")
        places[target.field][target.part] = column.at
    made = []
    for key, parts in places.items():
        behaviour = ctx.machine.behaviour(mapping.entity, key)
        own = reader
        is_day = behaviour.value_type in CALENDAR
        if is_day:
            cells = (row.cells[at] for row in sheet.rows() for at in parts.values())
            own = replace(reader, day_first=find_day_first(cells, reader))
        made.append(Filling(key, behaviour, parts, own, sheet.kind != "json", is_day))
    return made


def read_values(made: Sequence[Filling], row: Row) -> dict[str, Any]:
    """The typed values in a row, those that are filled."""
    values = ((each.field, each.read(row.cells)) for each in made)
    return {key: typed for key, typed in values if typed is not None}


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
