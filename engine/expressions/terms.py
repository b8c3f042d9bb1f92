"""Values inside SQL: a column of a known kind, or a constant that is bound when it is used."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from engine.storage.types import ExactNumber, PlainText

SORTED_LENGTH = 200  # characters of a text that its place in an order depends on


@dataclass(frozen=True, slots=True)
class Term:
    """A value of the row, of one of the types that expressions know."""

    column: sa.ColumnElement[Any]
    kind: str

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


class lower_text(GenericFunction[str]):  # noqa: N801 - functions are named as SQL names them
    """Lower case for all of Unicode, alike on both databases."""

    type = PlainText()
    inherit_cache = True


class upper_text(GenericFunction[str]):  # noqa: N801
    """Upper case for all of Unicode, alike on both databases."""

    type = PlainText()
    inherit_cache = True


class sort_text(GenericFunction[str]):  # noqa: N801
    """What text sorts by: how it begins, in lower case. No longer than an index can hold."""

    type = PlainText()
    inherit_cache = True


class more_steps(GenericFunction[Any]):  # noqa: N801
    """A number in smaller steps, where a column counts in steps of its own."""

    inherit_cache = True


@compiles(lower_text, "sqlite")
def _sqlite_lower(element: Any, compiler: Any, **also: Any) -> str:
    return f"pulse_lower({compiler.process(element.clauses, **also)})"


@compiles(upper_text, "sqlite")
def _sqlite_upper(element: Any, compiler: Any, **also: Any) -> str:
    return f"pulse_upper({compiler.process(element.clauses, **also)})"


@compiles(lower_text, "postgresql")
def _postgresql_lower(element: Any, compiler: Any, **also: Any) -> str:
    text = compiler.process(element.clauses, **also)
    return f"""(lower({text} COLLATE "und-x-icu") COLLATE "C")"""


@compiles(upper_text, "postgresql")
def _postgresql_upper(element: Any, compiler: Any, **also: Any) -> str:
    text = compiler.process(element.clauses, **also)
    return f"""(upper({text} COLLATE "und-x-icu") COLLATE "C")"""


@compiles(sort_text, "sqlite")
def _sqlite_sort(element: Any, compiler: Any, **also: Any) -> str:
    return f"substr({_sqlite_lower(element, compiler, **also)}, 1, {SORTED_LENGTH})"


@compiles(sort_text, "postgresql")
def _postgresql_sort(element: Any, compiler: Any, **also: Any) -> str:
    return f"left({_postgresql_lower(element, compiler, **also)}, {SORTED_LENGTH})"


@compiles(more_steps, "sqlite")
def _sqlite_steps(element: Any, compiler: Any, **also: Any) -> str:
    number, steps = element.clauses
    return f"({compiler.process(number, **also)} * {compiler.process(steps, **also)})"


@compiles(more_steps, "postgresql")
def _postgresql_steps(element: Any, compiler: Any, **also: Any) -> str:
    number, _steps = element.clauses
    text: str = compiler.process(number, **also)
    return text


def rescaled(term: Term, scale: int) -> sa.ColumnElement[Any]:
    """A number's column, to be compared with one that keeps more decimals."""
    if term.scale == scale:
        return term.column
    return more_steps(term.column, sa.literal_column(str(10 ** (scale - term.scale))))


def change_case(column: sa.ColumnElement[Any], case: str) -> sa.ColumnElement[Any]:
    """The text of a column in lower or upper case."""
    return lower_text(column) if case == "lower" else upper_text(column)


def search(column: sa.ColumnElement[Any], how: str, part: str) -> sa.ColumnElement[bool]:
    """Whether a text contains, starts_with or ends_with another, whatever their case."""
    escaped = part.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    before = "" if how == "starts_with" else "%"
    behind = "" if how == "ends_with" else "%"
    pattern = sa.literal(f"{before}{escaped}{behind}", PlainText())
    return lower_text(column).like(pattern, escape="\\")
