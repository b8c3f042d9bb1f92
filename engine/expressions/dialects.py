"""Functions that each database says in its own words, to the same effect."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from engine.expressions.numbers import HALF
from engine.storage.types import ExactNumber, Json, LooseNumber, PlainText

SORTED_LENGTH = 200  # characters of a text that its place in an order depends on


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


class whole_sum(GenericFunction[Any]):  # noqa: N801
    """What the numbers of a column come to, exact however many there are; empty for none."""

    type = LooseNumber()
    inherit_cache = True


class median(GenericFunction[Any]):  # noqa: N801
    """The number in the middle, or half way between the two that are; empty for none."""

    type = LooseNumber()
    inherit_cache = True


class sort_number(GenericFunction[Any]):  # noqa: N801
    """What a number of whatever scale sorts by."""

    inherit_cache = True


@compiles(sort_number, "sqlite")
def _sqlite_number(element: Any, compiler: Any, **also: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **also)} AS REAL)"


@compiles(sort_number, "postgresql")
def _postgresql_number(element: Any, compiler: Any, **also: Any) -> str:
    return f"({compiler.process(element.clauses, **also)})"


@compiles(whole_sum, "sqlite")
def _sqlite_whole_sum(element: Any, compiler: Any, **also: Any) -> str:
    """In two halves, since SQLite's own sum ends with an error beyond 64 bits."""
    [column] = element.clauses
    text = compiler.process(column, **also)
    scale = column.type.scale if isinstance(column.type, ExactNumber) else 0
    return f"pulse_halves(sum({text} / {HALF}), sum({text} % {HALF}), {scale})"


@compiles(whole_sum, "postgresql")
def _postgresql_whole_sum(element: Any, compiler: Any, **also: Any) -> str:
    return f"sum({compiler.process(element.clauses, **also)})"


@compiles(median, "sqlite")
def _sqlite_median(element: Any, compiler: Any, **also: Any) -> str:
    return f"pulse_median({compiler.process(element.clauses, **also)})"


@compiles(median, "postgresql")
def _postgresql_median(element: Any, compiler: Any, **also: Any) -> str:
    """The two in the middle, which are one of an odd number: PostgreSQL's own way between is no decimal."""
    text = compiler.process(element.clauses, **also)
    lower, upper = (f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {text}{way})" for way in ("", " DESC"))
    return f"pulse_divide({lower} + {upper}, 2)"


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
