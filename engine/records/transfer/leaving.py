"""What a file is made of on its way out, whatever its format: fields, and rows of their values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.fields import FieldType
from metadata.catalog import Relation


@dataclass(frozen=True, slots=True)
class Leaving:
    """A field on its way out. `relation` is that of a to-many field, fetched by itself."""

    path: str
    behaviour: FieldType[Any]
    relation: Relation | None = None

    @property
    def headers(self) -> list[str]:
        """A column for each part, the main one under the name of the field itself."""
        main = self.behaviour.main_part
        parts = [self.path if part == main else f"{self.path}.{part}" for part in self.behaviour.parts]
        return parts or [self.path]

    def cells(self, value: Any) -> Sequence[Any]:
        """A value in as many cells as there are headers."""
        if value is None:
            return [None] * max(1, len(self.behaviour.parts))
        return self.behaviour.cells(value)

    def dump(self, value: Any) -> Any:
        """A value as JSON carries it."""
        return None if value is None else self.behaviour.dump(value)


@dataclass(frozen=True, slots=True)
class Table:
    """Fields, and rows of a value for each."""

    name: str
    fields: Sequence[Leaving]
    rows: Iterator[Sequence[Any]]

    @property
    def headers(self) -> list[str]:
        """The columns' names, in their order."""
        return [header for each in self.fields for header in each.headers]

    def lines(self) -> Iterator[list[Any]]:
        """Rows as cells, one for each header."""
        for values in self.rows:
            pairs = zip(self.fields, values, strict=True)
            yield [cell for each, value in pairs for cell in each.cells(value)]
