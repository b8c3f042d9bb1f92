"""The table in a file: its headers, and its rows as often as they are asked for.

A file is read through once when it is opened, so that a quote left open in the last line
is known before the first is written; its rows are never all in memory as Python's own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.errors import Invalid, TooLarge
from engine.records.transfer import json_rows, text_rows, workbook_rows
from engine.records.transfer.formulas import restore
from engine.records.transfer.opening import Opened, open_file

MOST_ROWS = 200_000
MOST_COLUMNS = 500
READERS = {"csv": text_rows, "xlsx": workbook_rows, "json": json_rows}


class Row(NamedTuple):
    """One row: the line of the file it begins at, and its cells, padded to the headers."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `about` says how the file was understood, `notes` what of it was left out."""

    name: str
    kind: str
    about: str
    delimiter: str
    headers: tuple[str, ...]
    count: int
    notes: tuple[str, ...]
    source: Callable[[], Iterable[tuple[int, Sequence[Any]]]]
    first: int  # the line after the headers
    last: int  # the line of the last row; what stands below is no part of the table

    def rows(self) -> Iterator[Row]:
        """The rows that hold anything, from the first on."""
        width = len(self.headers)
        for number, cells in self.source():
            if number > self.last:
                return
            if number >= self.first and any(map(is_filled, cells)):
                yield Row(number, _fit(cells, width))


def read_sheet(content: bytes, name: str) -> Sheet:
    """The table in a file. Refused, with what was found and what would be right, when there is none."""
    opened = open_file(content, name)
    found = READERS[opened.kind].find_rows(opened)
    headers, first = _find_headers(opened, found.rows())
    survey = _survey(opened, found.rows(), first, len(headers))
    below = f"Left out as footnotes: what stands below the table ({survey.below:,})."
    return Sheet(
        name=name,
        kind=opened.kind,
        about=found.about,
        delimiter=opened.delimiter,
        headers=headers,
        count=survey.count,
        notes=(*found.notes, *([below] if survey.below else [])),
        source=found.rows,
        first=first,
        last=survey.last,
    )


def is_filled(cell: Any) -> bool:
    """Whether a cell holds anything."""
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def _fit(cells: Sequence[Any], width: int) -> tuple[Any, ...]:
    """Cells as wide as the headers; wider only when there is something beyond them."""
    if len(cells) == width:
        return tuple(cells)
    if len(cells) < width:
        return (*cells, *[None] * (width - len(cells)))
    beyond = max((at + 1 for at, cell in enumerate(cells) if is_filled(cell)), default=0)
    return tuple(cells[: max(width, beyond)])


def _find_headers(
    opened: Opened, rows: Iterable[tuple[int, Sequence[Any]]]
) -> tuple[tuple[str, ...], int]:
    for number, cells in rows:
        if any(map(is_filled, cells)):
            names = [_name_of(cell) for cell in cells]
            while names and not names[-1]:
                names.pop()
            if len(names) > MOST_COLUMNS:
                message = f'"{opened.name}" has {len(names):,} columns; there may be {MOST_COLUMNS}.'
                raise TooLarge("file.too-many-columns", message)
            return tuple(_apart(names)), number + 1
    raise Invalid("file.empty", f'"{opened.name}" has no rows. Export it again, with its headers.')


def _apart(names: list[str]) -> Iterator[str]:
    """Headers that can be told apart: the second `Phone` becomes `Phone (2)`."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield f"{name} ({seen[name]})" if name and seen[name] > 1 else name


def _name_of(cell: Any) -> str:
    return "" if cell is None else restore(str(cell)).replace("\ufeff", "").strip()


@dataclass(slots=True)
class _Survey:
    count: int = 0
    last: int = 0
    below: int = 0


def _survey(
    opened: Opened, rows: Iterable[tuple[int, Sequence[Any]]], first: int, width: int
) -> _Survey:
    """Count the rows, and find where the table ends.

    Reports end with a blank line and words about themselves. Lines with a single cell filled
    that come after a blank line, and no row after them, are such words.
    """
    found = _Survey()
    blank = False
    for number, cells in rows:
        if number < first:
            continue
        filled = sum(map(is_filled, cells))
        if not filled:
            blank = True
        elif blank and filled == 1 and width > 2:
            found.below += 1
        else:
            found.count += 1 + found.below
            found.last, found.below, blank = number, 0, False
            if found.count > MOST_ROWS:
                raise _too_long(opened)
    if not found.count:
        message = f'"{opened.name}" has headers and no rows under them. There is nothing to import.'
        raise Invalid("file.no-rows", message)
    return found


def _too_long(opened: Opened) -> TooLarge:
    return TooLarge(
        "file.too-many-rows",
        f'"{opened.name}" has more than {MOST_ROWS:,} rows. Divide it, with the line of headers in '
        "each part, and import the parts one after another.",
    )
