"""Functions that plugins add to the language: what each does in Python, in SQL, and in a browser.

What holds for every function is kept for them here. They are never asked with an empty value: the
answer is empty then, or False where they answer yes or no. Numbers keep 28 digits, texts have a
longest length. The same values must always come to the same answer, whoever asks and when.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from engine.expressions import functions, javascript, sql_calls
from engine.expressions.facts import Facts
from engine.expressions.functions import cut
from engine.expressions.numbers import RECKONING, reckon
from engine.expressions.terms import Term, Value, truth
from engine.expressions.values import LOOSE, Column, as_term, is_loose, loosened, type_of
from engine.storage.sqlite_functions import SQLITE_FUNCTIONS, sqlite_day
from metadata.functions import Function, forget_function, register_function

Python = Callable[..., Any]
Sql = Callable[..., Column]
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """A function in Python, over values of the language; in SQL, over columns, alike on both
    databases, or on PostgreSQL alone when SQLite is to ask the one in Python; and the source of a
    function in JavaScript, over the runtime of forms and its values.
    """

    python: Python
    sql: Sql | None = None
    sqlite_asks_python: bool = False
    javascript: str = ""


def plug_in(name: str, function: Function, forms: Forms) -> None:
    """Add a function to the language. ValueError when its name is taken, or its types can't be."""
    function = replace(function, plugged=True, in_sql=forms.sql is not None)
    register_function(name, function)
    functions.FUNCTIONS[name] = _in_python(function, forms.python)
    if forms.sql is not None:
        if forms.sqlite_asks_python:
            SQLITE_FUNCTIONS[_twin(name)] = -1, _on_sqlite(function, forms.python)
        sql_calls.CALLS[name] = _in_sql(function, _asked(name, forms.sql, forms))
    if forms.javascript:
        javascript.PLUGGED[name] = forms.javascript


def unplug(name: str) -> None:
    """Take a plugin's function out of the language again."""
    forget_function(name)
    for known in (functions.FUNCTIONS, sql_calls.CALLS, javascript.PLUGGED):
        known.pop(name, None)
    SQLITE_FUNCTIONS.pop(_twin(name), None)


def _twin(name: str) -> str:
    return f"plugged_{name}"


def _in_python(function: Function, python: Python) -> functions.Function:
    empty = False if function.answers == "boolean" else None

    def called(_facts: Facts, *values: Any) -> Any:
        if any(value is None for value in values):
            return empty
        return _fit(python(*values), empty)

    return called


def _fit(answer: Any, empty: Any) -> Any:
    if isinstance(answer, str):
        return cut(answer)
    if isinstance(answer, Decimal):
        return reckon(RECKONING["+"], answer, _ZERO) if answer.is_finite() else None
    return empty if answer is None else answer


def _kinds(function: Function) -> Callable[[int], str]:
    return lambda at: function.takes[min(at, len(function.takes) - 1)]


def _in_sql(function: Function, sql: Sql) -> sql_calls.Build:
    kind_of = _kinds(function)
    kind = type_of(function.answers)

    def build(_facts: Facts, values: Sequence[Value]) -> Term:
        columns = [_column(as_term(value, kind_of(at)), kind_of(at)) for at, value in enumerate(values)]
        known = sa.and_(sa.true(), *(column.is_not(None) for column in columns))
        answer = sa.case((known, _FITTING.get(function.answers, _as_it_is)(sql(*columns))), else_=sa.null())
        column = sa.type_coerce(answer, kind)
        return Term(truth(column) if function.answers == "boolean" else column, function.answers)

    return build


def _column(term: Term, kind: str) -> Column:
    """A value as SQL forms take it: a number is one that PostgreSQL has as `numeric`."""
    if kind != "number" or is_loose(term):
        return term.column
    number = loosened(term)
    if number.type is LOOSE:
        return number
    return sa.func.pulse_number(number, sa.literal_column("0"), type_=LOOSE)


def _as_it_is(column: Column) -> Column:
    return column


_FITTING: Mapping[str, Callable[[Column], Column]] = {
    "text": lambda column: sa.func.pulse_cut(column),
    "number": lambda column: sa.func.pulse_fit(column),
}


def _asked(name: str, sql: Sql, forms: Forms) -> Sql:
    """What a question is made with; where SQLite asks Python, it is told so when it is put to a database."""
    if not forms.sqlite_asks_python:
        return sql

    class Asked(FunctionElement[Any]):
        inherit_cache = True

    @compiles(Asked)
    def _anywhere(element: Any, compiler: Any, **also: Any) -> str:
        return str(compiler.process(sql(*element.clauses), **also))

    @compiles(Asked, "sqlite")
    def _sqlite(element: Any, compiler: Any, **also: Any) -> str:
        given = ", ".join(compiler.process(each, **also) for each in element.clauses)
        return f"{_twin(name)}({given})"

    return Asked


def _on_sqlite(function: Function, python: Python) -> Python:
    """The form in Python, over values as SQLite has them."""
    kind_of = _kinds(function)
    read: Mapping[str, Callable[[Any], Any]] = {
        "number": Decimal, "boolean": bool, "date": date.fromisoformat, "datetime": datetime.fromisoformat,
    }  # fmt: skip

    def called(*given: Any) -> Any:
        if None in given:
            return None
        values = (read.get(kind_of(at), str)(value) for at, value in enumerate(given))
        return _as_sqlite_has(_fit(python(*values), None))

    return called


def _as_sqlite_has(answer: Any) -> Any:
    if isinstance(answer, Decimal):
        return f"{answer:f}"
    return sqlite_day(answer) if isinstance(answer, date) else answer
