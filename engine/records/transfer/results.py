"""What became of an import, or would become of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SAMPLE = 100  # rows that a preview shows one by one


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row: created, updated, skipped or rejected, and why."""

    number: int
    action: str
    record_id: str | None = None
    reason: str = ""


@dataclass(slots=True)
class ImportResult:
    """The counts of an import, what it left out or noted, and why rows were rejected.

    `rejected` maps the numbers of rejected rows to reasons. `made` counts the records of other
    entities that were made because cells named them. All of it is one changeset.
    """

    entity: str
    changeset: str
    is_dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sample: list[RowResult] = field(default_factory=list)

    def count(self, results: Sequence[RowResult]) -> None:
        """Take in what became of some rows."""
        actions = Counter(result.action for result in results)
        self.rows += len(results)
        self.created += actions["created"]
        self.updated += actions["updated"]
        self.skipped += actions["skipped"]
        self.rejected |= {each.number: each.reason for each in results if each.action == "rejected"}
        self.sample += results[: SAMPLE - len(self.sample)]

    def as_json(self) -> dict[str, Any]:
        """The result as a script reads it."""
        return {
            "entity": self.entity,
            "dry_run": self.is_dry_run,
            "changeset": self.changeset,
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "skipped": self.skipped,
            "rejected": len(self.rejected),
            "made": dict(self.made),
            "notes": self.notes,
            "reasons": [{"row": number, "reason": why} for number, why in self.rejected.items()],
        }
