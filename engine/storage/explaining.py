"""How a database would go about a question: it is asked for its plan, and not the question.

Both databases are understood alike as looks at tables: by an index, or at every row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

_LINE = re.compile(
    r"(?:SEARCH|SCAN) (\S+?)(?:_\d+)?(?: USING (?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?INDEX (\S+))?(?: \(.*\))?"
)


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a table. Without an index every row is read. `rows` is a guess, where one is made."""

    table: str
    index: str
    rows: int | None = None


class _Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: sa.Select[Any]) -> None:
        self.statement = statement


@compiles(_Explain, "sqlite")
def _sqlite(element: Any, compiler: Any, **also: Any) -> str:
    return f"EXPLAIN QUERY PLAN {compiler.process(element.statement, **also)}"


@compiles(_Explain, "postgresql")
def _postgresql(element: Any, compiler: Any, **also: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **also)}"


def looks(connection: sa.Connection, statement: sa.Select[Any], given: Mapping[str, Any]) -> list[Look]:
    """The tables that a question looks at, in the order of its plan, each with how."""
    planned = connection.execute(_Explain(statement), dict(given))
    if connection.dialect.name == "postgresql":
        plan = planned.scalar_one()
        found = list(_nodes((orjson.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
    else:
        lines = (_LINE.fullmatch(row[3]) for row in planned)
        found = [Look(line[1], line[2] or "") for line in lines if line is not None]
    return list(dict.fromkeys(found))


def _nodes(node: Mapping[str, Any]) -> Iterator[Look]:
    below = node.get("Plans", ())
    table = node.get("Relation Name")
    if table is not None:
        indexes = (each.get("Index Name") for each in (node, *below))
        yield Look(table, next(filter(None, indexes), ""), round(node["Plan Rows"]))
    for each in below:
        yield from _nodes(each)
