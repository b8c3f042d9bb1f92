"""Values inside SQL: a column of a known kind, or a constant that is bound when it is used."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.expressions.dialects import alike_text, is_given, lower_text, more_steps, upper_text
from engine.storage.types import ExactNumber, PlainText, Texts


@dataclass(frozen=True, slots=True)
class Term:
    """A value of the row, of one of the types that expressions know. Money has its currency beside it."""

    column: sa.ColumnElement[Any]
    kind: str
    currency: sa.ColumnElement[Any] | None = None

    @property
    def scale(self) -> int:
        """How many decimals the column keeps."""
        kind = self.column.type
        return kind.scale if isinstance(kind, ExactNumber) else 0

    def bind(self, number: Decimal) -> sa.ColumnElement[Any]:
        """A number as the column holds it, which it can hold exactly."""
        if isinstance(self.column.type, ExactNumber):
            return sa.literal(number, self.column.type)
        return sa.literal(int(number), sa.BigInteger())


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same for every row."""

    value: Any


Value = Term | Constant


def rescaled(term: Term, scale: int) -> sa.ColumnElement[Any]:
    """A number's column, to be compared with one that keeps more decimals."""
    if term.scale == scale:
        return term.column
    return more_steps(term.column, sa.literal_column(str(10 ** (scale - term.scale))))


def truth(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Something that may be empty, as true or false."""
    return sa.type_coerce(sa.func.coalesce(column, sa.false()), sa.Boolean())


def given(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Whether a text is one of those given by a name when the question is asked."""
    return is_given(column, sa.bindparam(name, required=True, type_=Texts()))


def change_case(column: sa.ColumnElement[Any], case: str) -> sa.ColumnElement[Any]:
    """The text of a column in lower or upper case."""
    return lower_text(column) if case == "lower" else upper_text(column)


def search(column: sa.ColumnElement[Any], how: str, part: str) -> sa.ColumnElement[bool]:
    """Whether a text contains, starts_with or ends_with another, whatever their case."""
    escaped = part.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    before = "" if how == "starts_with" else "%"
    behind = "" if how == "ends_with" else "%"
    pattern = sa.literal(f"{before}{escaped}{behind}", PlainText())
    return alike_text(column, pattern)


def has_part(
    column: sa.ColumnElement[Any], how: str, part: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Whether a text contains, starts_with or ends_with another that each row has, whatever their case."""
    return truth(sa.func.pulse_has(lower_text(column), how, lower_text(part)))
