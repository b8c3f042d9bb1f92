"""Which record a row is about: the one that has the row's value in the field to match by.

A row whose value no visible record has is a new record. Two rows of one file with the same
value are the same record: the second is skipped when it says the same, and rejected, naming
the first, when it says something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import Invalid
from engine.ids import is_id
from engine.records.loading import load_by_ids
from engine.records.record import Selection
from engine.records.transfer.mapping import Mapping
from engine.records.transfer.rows import Filling
from engine.records.transfer.work import Work
from engine.records.upserts import find_ids, normal_value
from metadata.catalog import Entity


@dataclass(slots=True)
class Matching:
    """The matching of one import. Without a key every row is a new record."""

    entity: Entity
    key: str
    seen: dict[Any, tuple[int, int]] = field(default_factory=dict)  # value: row, what it said

    def match(self, ctx: Context, works: Sequence[Work]) -> None:
        """Give each row the id that it brings, and that of the record it is about."""
        for work in works:
            _take_id(work)
        if not self.key:
            return
        stored: dict[int, Any] = {}
        for work in works:
            value = self._value(ctx, work)
            if value is not None and work.goes_on and not self._is_repeated(work, value):
                stored[work.row.number] = value
        held = find_ids(ctx, self.entity, self.key, set(stored.values()))
        for work in works:
            if found := held.get(stored.get(work.row.number)):
                work.record_id = found[0]

    def _value(self, ctx: Context, work: Work) -> Any:
        if self.key == "id":
            return work.own_id
        return normal_value(ctx, self.entity, self.key, work.values.get(self.key))

    def _is_repeated(self, work: Work, value: Any) -> bool:
        said = hash(repr(sorted(work.values.items(), key=lambda pair: pair[0])))
        first, first_said = self.seen.setdefault(value, (work.row.number, said))
        if first == work.row.number:
            return False
        if said == first_said:
            work.skipped = True
        else:
            label = self.entity.fields[self.key].label
            work.reject(f"Row {first:,} has the same {label}. Put the two rows together.")
        return True


def choose_key(ctx: Context, entity: Entity, mapping: Mapping, wanted: str) -> str:
    """The field to match by: the one asked for, else the id if the file has it.

    Invalid when the file does not fill the field, or its values can't tell records apart.
    """
    fit = list_keys(ctx, entity, mapping)
    if not wanted:
        return "id" if "id" in fit else ""
    if wanted not in fit:
        known = ", ".join(fit) or "none of this file"
        message = f'Rows can\'t be matched by "{wanted}". Fields to match by: {known}.'
        raise Invalid("import.match", message)
    return wanted


def list_keys(ctx: Context, entity: Entity, mapping: Mapping) -> list[str]:
    """The fields that a file fills and whose values may tell records apart."""
    filled = {column.target.field for column in mapping.used if column.target}
    return [key for key in entity.fields if key in filled and _tells_apart(ctx, entity, key)]


def _tells_apart(ctx: Context, entity: Entity, key: str) -> bool:
    behaviour = ctx.machine.behaviour(entity.key, key)
    return behaviour.sortable and not behaviour.relation and gate.is_readable(ctx, entity, key)


def _take_id(work: Work) -> None:
    given = work.values.pop("id", None)
    if given is None:
        return
    work.own_id = str(given).strip().lower()
    if not is_id(work.own_id):
        work.reject(f'ID: "{given}" is not an id. Leave it empty for a new record.')


def keep_other_parts(
    ctx: Context, entity: Entity, made: Sequence[Filling], works: Sequence[Work]
) -> None:
    """Where a row fills some parts of a value, leave the record its others."""
    partial = [
        (work, filling.field)
        for filling in made
        if not filling.behaviour.relation
        for work in works
        if work.record_id and work.goes_on
        and isinstance(typed := work.values.get(filling.field), dict)
        and typed.keys() < filling.behaviour.parts.keys()
    ]  # fmt: skip
    if not partial:
        return
    fields = tuple({key for _, key in partial})
    ids = [work.record_id for work, _ in partial if work.record_id]
    records = load_by_ids(ctx, entity.key, ids, Selection(fields=fields))
    for work, key in partial:
        now = records[str(work.record_id)].values.get(key)
        if now is not None:
            dumped = ctx.machine.behaviour(entity.key, key).dump(now)
            work.values[key] = {**dumped, **work.values[key]}
