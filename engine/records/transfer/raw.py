"""What every kind of file is read into: numbered lists of cells, as often as they are asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RawRows:
    """The rows of a file, the headers among them. `about` says how the file was understood."""

    about: str
    rows: Callable[[], Iterable[tuple[int, Sequence[Any]]]]
    notes: tuple[str, ...] = ()
