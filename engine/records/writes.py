"""What a caller wants done to records, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Invalid, Problem, Refused
from engine.fields import Reference
from metadata.syntax import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """A new record. `id` is the caller's own, or made.

    `facts` are values that the machine itself knows, of fields that nobody else may set.
    """

    values: Mapping[str, Any]
    id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New values for the named fields of a record. `version`: refuse if it moved on since."""

    id: str
    values: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trash:
    """A record to the trash, with what it takes along."""

    id: str
    version: int | None = None


Write = Create | Change | Trash


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one write: the record's id, or why it was refused."""

    id: str | None = None
    refusal: Refused | None = None
    changed: bool = True  # False: the record had these values already


@dataclass(slots=True)
class Pending:
    """A create or change on its way through checks to the tables.

    `values` is the record as it is to be, `before` as it was (None for a new one), and
    `named` the fields the caller spoke of. `links` holds the new ends of to-many fields.
    """

    at: int
    id: str
    named: dict[str, Any]
    values: dict[str, Any]
    before: dict[str, Any] | None = None
    own_id: bool = False  # the caller chose it
    facts: frozenset[str] = frozenset()  # fields whose values the machine itself knows
    links: dict[str, list[Reference]] = field(default_factory=dict)
    links_before: dict[str, list[Reference]] = field(default_factory=dict)
    old: dict[str, Any] = field(default_factory=dict)  # changed fields with their old values
    found: dict[Node, Any] = field(default_factory=dict)  # what rules need of others, beforehand
    problems: list[Problem] = field(default_factory=list)
    refusal: Refused | None = None

    @property
    def is_new(self) -> bool:
        """Whether the record is being created."""
        return self.before is None

    @property
    def is_good(self) -> bool:
        """Whether nothing has been found against it so far."""
        return self.refusal is None and not self.problems

    def find_fault(self, key: str, code: str, message: str) -> None:
        """Note something wrong with a field."""
        self.problems.append(Problem(f"/{key}", code, message))

    def outcome(self) -> Outcome:
        """What became of it, once every check and write has passed over it."""
        if self.refusal is not None:
            return Outcome(refusal=self.refusal)
        if self.problems:
            return Outcome(refusal=invalid(self.problems))
        return Outcome(id=self.id, changed=self.is_new or bool(self.old))


def invalid(problems: list[Problem]) -> Invalid:
    """One refusal that names everything wrong with an input."""
    count = len(problems)
    words = problems[0].message if count == 1 else f"{count} values need another look."
    return Invalid("record.invalid", words, problems=problems)
