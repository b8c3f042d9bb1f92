"""Values inside SQL: a column of a known kind, or a constant that is bound when it is used."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from engine.storage.types import PlainText

SORTED_LENGTH = 200  # characters of a text that its place in an order depends on


@dataclass(frozen=True, slots=True)
class Term:
    """A value of the row. `scale` is how many decimals its column keeps, when it keeps a decimal."""

    column: sa.ColumnElement[Any]
    kind: str
    scale: int | None = None
    currency: sa.ColumnElement[Any] | None = None


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


def is_exact(value: Any, scale: int) -> bool:
    """Whether a column that keeps this many decimals can hold the number."""
    return not isinstance(value, Decimal) or value == round(value, scale)


def round_for(operator: str, value: Any, scale: int | None) -> Any:
    """A number that the column can hold and that orders against its values as the given one does."""
    if scale is None or not isinstance(value, Decimal):
        return value
    rounding = ROUND_FLOOR if operator in {">", "<="} else ROUND_CEILING
    return value.quantize(Decimal(1).scaleb(-scale), rounding=rounding)


def bind(value: Any, term: Term) -> sa.ColumnElement[Any]:
    """A constant, bound as the term's column holds it."""
    if term.scale is None and isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return sa.literal(int(value) if whole else float(value))
    return sa.literal(value, term.column.type)
