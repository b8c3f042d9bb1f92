"""The pages of an import: where each column goes, and what would become of the rows."""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from itertools import islice

from engine.context import Context
from engine.records.transfer.mapping import Mapping, list_targets
from engine.records.transfer.matching import list_keys
from engine.records.transfer.notes import made_words
from engine.records.transfer.results import ImportResult
from engine.records.transfer.sheets import Sheet
from metadata.catalog import Entity

EXAMPLES = 3  # values of a column shown beside it


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the file: what is in it, and where it goes."""

    number: int
    header: str
    examples: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Everything to be decided before an import. `targets` and `keys` are pairs of value and label."""

    entity: str
    entity_label: str
    entity_plural: str
    key: str
    name: str
    about: str
    count: int
    notes: tuple[str, ...]
    columns: tuple[ColumnRow, ...]
    targets: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]
    match: str
    preview: ImportResult | None
    made: str


def draw_import(
    ctx: Context,
    entity: Entity,
    sheet: Sheet,
    mapping: Mapping,
    *,
    key: str,
    match: str | None = None,
    preview: ImportResult | None = None,
) -> ImportPage:
    """The page that proposes an import, and says what it would do once it was tried."""
    rows = [row.cells for row in islice(sheet.rows(), EXAMPLES)]
    keys = [(key, entity.fields[key].label) for key in list_keys(ctx, entity, mapping)]
    usual = next((k for k, _ in keys if _is_telling(entity, k)), "")
    return ImportPage(
        entity=entity.key,
        entity_label=entity.label,
        entity_plural=entity.plural,
        key=key,
        name=sheet.name,
        about=sheet.about,
        count=sheet.count,
        notes=sheet.notes,
        columns=tuple(
            ColumnRow(
                column.at,
                column.header or "(no header)",
                ", ".join(str(cells[column.at]) for cells in rows if cells[column.at] not in (None, "")),
                str(column.target) if column.target else "",
                column.reason,
            )
            for column in mapping.columns
        ),
        targets=tuple(list_targets(ctx, entity.key)),
        keys=tuple(keys),
        match=usual if match is None else match,
        preview=preview,
        made=made_words(ctx.machine.catalog, preview.made) if preview else "",
    )


def chosen_paths(mapping: Mapping, form: Dictionary[str, str]) -> dict[str, str | None]:
    """Where the form sends each column that it moves from its proposed place."""
    return {
        column.header: sent or None
        for column in mapping.columns
        if (sent := form.get(f"column-{column.at}")) is not None
        and sent != (str(column.target) if column.target else "")
    }


def _is_telling(entity: Entity, key: str) -> bool:
    """Whether a field is likely to tell records apart: it is unique, or searched by and indexed."""
    field = entity.fields[key]
    return key == "id" or field.unique or (field.index and key in entity.search)
