"""Where the names of an expression lead: from a row to its values, and to other rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from engine.expressions.facts import Facts
from engine.expressions.terms import Term
from metadata.syntax import Expression

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Pricing:
    """To which currency amounts are brought, and at the rates of which day of the record they stand at."""

    currency: str
    day: Expression


@dataclass(frozen=True, slots=True)
class Related:
    """The far side of a relation: its scope, and how its rows are found from the near row."""

    scope: "Scope"
    table: sa.FromClause
    condition: Condition

    def any(self, *conditions: Condition) -> Condition:
        """Whether there is a row on the far side that meets conditions."""
        return sa.exists().select_from(self.table).where(self.condition, *conditions)


class Scope(Protocol):
    """Where names of an expression lead: an entity's row, through the gate."""

    facts: Facts
    pricing: Pricing | None

    def unpriced(self) -> "Scope":
        """The same row, with its amounts as they are."""

    @property
    def outer(self) -> "Scope | None":
        """The row whose to-many relation this row is looked at for; `parent` leads there."""

    def term(self, name: str, fact: str = "") -> Term:
        """A field's value in this row, or a named part of it. Denied when it may not be read."""

    def is_field(self, name: str, fact: str) -> bool:
        """Whether the second name is a part of the first one's value."""

    def is_many(self, name: str) -> bool:
        """Whether a name leads to many records."""

    def is_link(self, name: str) -> bool:
        """Whether a name leads to one record of one kind."""

    def age(self) -> tuple[sa.ColumnElement[Any], ...]:
        """What puts rows in the order in which they were made."""

    def in_team(self, name: str) -> Condition:
        """Whether the asker is in a team of that name, whatever its case."""

    def reports(self, user: sa.ColumnElement[Any]) -> Condition:
        """Whether a user's chain of managers has the asker."""

    def rate(self, code: sa.ColumnElement[Any], day: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """How many of a currency one of the reporting currency was worth on a day."""

    def state(self, name: str) -> Condition | None:
        """Whether the row is_open, is_won or is_lost; None when the name is none of these."""

    def follow(self, name: str) -> Related:
        """The records that a relation leads to from this row."""

    def among(self, name: str, meets: "Callable[[Scope], Condition]") -> Condition:
        """Whether the one record that a relation leads to is among those that meet a condition."""

    def user(self) -> Related:
        """The asker, as a row."""

    def holds(self, name: str, value: sa.ColumnElement[Any]) -> Condition:
        """Whether a field with several values has this one among them."""
