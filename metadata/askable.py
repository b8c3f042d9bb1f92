"""Which parts of an expression no database can be asked, though one must be.

A plugin may have said what its function does in Python only. That is enough for what a write
decides by the record at hand; lists, formulas, and whatever needs other records ask the database.
"""

from collections.abc import Iterator, Mapping

from metadata.catalog import Entity
from metadata.expression_calls import is_over_many
from metadata.functions import FUNCTIONS
from metadata.reads import Place, places
from metadata.syntax import Call, Expression, ExpressionProblem, Node, walk

NEEDING_ROWS = frozenset(("in_team", "reports_to", "in_currency"))


def unaskable(
    expression: Expression, entity: str, entities: Mapping[str, Entity], *, wholly: bool
) -> Iterator[ExpressionProblem]:
    """The calls that no database can answer: of all, or of those that need other records."""
    for node, place in places(expression, entity, entities):
        if wholly:
            yield from _problem(node)
        elif isinstance(node, Call) and _needs_rows(node, place, entities):
            for part in walk(node):
                yield from _problem(part)


def _needs_rows(node: Call, place: Place, entities: Mapping[str, Entity]) -> bool:
    """Whether a call is the first on its way down that is answered by the database."""
    return not place.way and (node.name in NEEDING_ROWS or is_over_many(node, place.entity, entities))


def _problem(node: Node) -> Iterator[ExpressionProblem]:
    function = FUNCTIONS.get(node.name) if isinstance(node, Call) else None
    if isinstance(node, Call) and function is not None and not function.in_sql:
        message = f"{node.name} can't be asked of a database, as must be here: its plugin says it in Python only."
        yield ExpressionProblem("expression.not-askable", message, node.column, node.length)
