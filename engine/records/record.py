"""A record as queries answer it: plain values by field key, and by dotted path where asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.fields import Reference


@dataclass(slots=True)
class Record:
    """One row of an entity, with the values that the actor may read and asked for.

    `expanded` holds related records by relation: a Record or None for a to-one relation, a
    list for a to-many one.
    """

    entity: str
    id: str
    values: dict[str, Any]
    expanded: dict[str, Any] = field(default_factory=dict)
    updating: tuple[str, ...] = ()  # formulas among the values that are still to be worked out

    @property
    def title(self) -> str | None:
        """What the record is called; None when the actor may not know."""
        title: str | None = self.values.get("title")
        return title

    @property
    def version(self) -> int:
        """Counts the writes of the record, from 1."""
        version: int = self.values["version"]
        return version

    def reference(self) -> Reference:
        """A reference to this record."""
        return Reference(self.entity, self.id, self.title)


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of a list, how to get the next, and how many there are if that was asked."""

    records: list[Record]
    next: str | None = None
    count: int | None = None
    count_capped: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to load of an entity's records: fields, and a selection per relation to follow.

    `follow` keeps the order of asking. A relation followed for its title alone has an empty
    selection. `listed` are relations to many whose records are shown by id and title.
    """

    fields: tuple[str, ...]
    listed: tuple[str, ...] = ()
    follow: Mapping[str, "Selection"] = field(default_factory=dict)
    expand: frozenset[str] = frozenset()
