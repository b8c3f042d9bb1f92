"""A row on its way in: its typed values, what record it is, and why it goes no further."""

from dataclasses import dataclass, field
from typing import Any

from engine.records.transfer.sheets import Row


@dataclass(slots=True)
class Work:
    """One row being imported. `record_id` is the record it changes, `own_id` the id it brings."""

    row: Row
    values: dict[str, Any]
    record_id: str | None = None
    own_id: str | None = None
    skipped: bool = False
    reason: str = ""  # why it is rejected
    later: dict[str, Any] = field(default_factory=dict)  # links to rows of the same file

    @property
    def goes_on(self) -> bool:
        """Whether nothing has turned it away so far."""
        return not self.reason and not self.skipped

    def reject(self, reason: str) -> None:
        """Turn it away; the first reason stands."""
        self.reason = self.reason or reason
