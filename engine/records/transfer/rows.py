"""From the cells of a row to typed values: parts put together, numbers dialled from where the row is."""

from collections import defaultdict
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.context import Context
from engine.errors import ValueRefused
from engine.fields import FieldType, Reader
from engine.records.transfer.cells import Read, choose_reading
from engine.records.transfer.headers import Target
from engine.records.transfer.mapping import Mapping
from engine.records.transfer.sheets import Row, Sheet, is_filled


@dataclass(frozen=True, slots=True)
class Filling:
    """How one field gets its value: the place of each part's cell, "" for the value as a whole."""

    field: str
    behaviour: FieldType[Any]
    places: Dictionary[str, int]
    read_cell: Read
    reader: Reader

    def read(self, cells: Sequence[Any]) -> Any:
        """The typed value in a row; None when no cell of it is filled."""
        filled = {
            part: cell
            for part, at in self.places.items()
            if is_filled(cell := self.read_cell(cells[at]))
        }
        if not filled:
            return None
        whole = filled.pop("", None)
        if len(self.places) == 1 and whole is not None:
            return whole
        if whole is not None and self.behaviour.main_part:
            filled[self.behaviour.main_part] = whole
        return filled or whole

    def read_in(self, region: str, typed: Any) -> Any:
        """A value as it is read in another country than the reader's."""
        if region == self.reader.region:
            return typed
        try:
            return self.behaviour.parse(typed, replace(self.reader, region=region))
        except ValueRefused:
            return typed


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
        read = choose_reading(sheet, behaviour, reader, tuple(parts.values()))
        made.append(Filling(key, behaviour, parts, read, reader))
    return made


def read_values(made: Sequence[Filling], row: Row) -> dict[str, Any]:
    """The typed values in a row, those that are filled.

    A telephone number without a prefix belongs to the country of the row's address, if it has one.
    """
    values = {each.field: each.read(row.cells) for each in made}
    region = next((code for each in made if (code := each.behaviour.region(values[each.field]))), "")
    if region:
        for each in made:
            if "region" in each.behaviour.reads and values[each.field] is not None:
                values[each.field] = each.read_in(region, values[each.field])
    return {key: typed for key, typed in values.items() if typed is not None}
