"""Values inside SQL: a column of a known kind, or a constant that is bound when it is used."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from engine.storage.types import ExactNumber, Json, PlainText, Texts

SORTED_LENGTH = 200  # characters of a text that its place in an order depends on


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


class _Truth(GenericFunction[bool]):
    """What is true or false by itself. Compared with 1, as SQLAlchemy does where truth values are
    numbers, all its parts would be worked out for every row.
    """

    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Itself, wherever it stands."""
        return self


class alike_text(_Truth):  # noqa: N801
    """Whether a text fits a pattern that is in lower case, whatever case the text is in."""

    inherit_cache = True


class is_among(_Truth):  # noqa: N801
    """Whether a value is among those that a question finds, which is asked once and beforehand."""

    inherit_cache = True


class is_given(_Truth):  # noqa: N801
    """Whether a text is among those that are bound as one value."""

    inherit_cache = True


class more_steps(GenericFunction[Any]):  # noqa: N801
    """A number in smaller steps, where a column counts in steps of its own."""

    inherit_cache = True


class text_part(GenericFunction[str]):  # noqa: N801
    """A named text in a JSON object."""

    type = PlainText()
    inherit_cache = True


class listed(GenericFunction[Any]):  # noqa: N801
    """Texts as a JSON list, in the order of two other values; empty for none."""

    type = Json()
    inherit_cache = True


@compiles(listed, "sqlite")
def _sqlite_listed(element: Any, compiler: Any, **also: Any) -> str:
    return f"pulse_list({', '.join(compiler.process(each, **also) for each in element.clauses)})"


@compiles(listed, "postgresql")
def _postgresql_listed(element: Any, compiler: Any, **also: Any) -> str:
    words, *order = (compiler.process(each, **also) for each in element.clauses)
    return f"jsonb_agg({words} ORDER BY {', '.join(order)}) FILTER (WHERE {words} IS NOT NULL)"


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


@compiles(text_part, "sqlite")
def _sqlite_part(element: Any, compiler: Any, **also: Any) -> str:
    column, name = element.clauses
    return f"json_extract({compiler.process(column, **also)}, '$.' || {compiler.process(name, **also)})"


@compiles(text_part, "postgresql")
def _postgresql_part(element: Any, compiler: Any, **also: Any) -> str:
    column, name = element.clauses
    return f"({compiler.process(column, **also)} ->> {compiler.process(name, **also)})"


@compiles(alike_text, "sqlite")
def _sqlite_alike(element: Any, compiler: Any, **also: Any) -> str:
    """SQLite's own LIKE knows the cases of ASCII; it is quick, and keeps the interpreter free for
    others. Only texts beyond ASCII are looked at by Python.
    """
    text, pattern = (compiler.process(each, **also) for each in element.clauses)
    like = f"LIKE {pattern} ESCAPE '\\'"
    is_beyond = f"length({text}) <> length(CAST({text} AS BLOB))"
    return f"({text} {like} OR ({is_beyond} AND pulse_lower({text}) {like}))"


@compiles(is_among, "sqlite")
def _sqlite_among(element: Any, compiler: Any, **also: Any) -> str:
    value, found = (compiler.process(each, **also) for each in element.clauses)
    return f"({value} IN {found})"


@compiles(is_given, "sqlite")
def _sqlite_given(element: Any, compiler: Any, **also: Any) -> str:
    value, given = (compiler.process(each, **also) for each in element.clauses)
    return f"({value} IN (SELECT value FROM json_each({given})))"  # noqa: S608 - made of parts that are SQL


@compiles(is_given, "postgresql")
def _postgresql_given(element: Any, compiler: Any, **also: Any) -> str:
    value, given = (compiler.process(each, **also) for each in element.clauses)
    return f"({value} = ANY ({given}))"


@compiles(is_among, "postgresql")
def _postgresql_among(element: Any, compiler: Any, **also: Any) -> str:
    """An array, with which an index can be asked; a question in its place would be asked of rows."""
    value, found = (compiler.process(each, **also) for each in element.clauses)
    return f"({value} = ANY (ARRAY{found}))"


@compiles(alike_text, "postgresql")
def _postgresql_alike(element: Any, compiler: Any, **also: Any) -> str:
    text, pattern = element.clauses
    lower = compiler.process(lower_text(text), **also)
    return f"({lower} LIKE {compiler.process(pattern, **also)} ESCAPE '\\')"


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
