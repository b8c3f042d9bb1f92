"""Which groups are answered: a condition over what they are called and what they come to."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access.gate import Source
from engine.context import Context
from engine.expressions.facts import facts_of
from engine.expressions.scopes import Condition
from engine.expressions.sql import compile_sql
from engine.expressions.terms import Term
from engine.records.filters import RowScope, malformed
from metadata.catalog import Entity, Field
from metadata.expression_types import check_expression
from metadata.expressions import parse_expression
from metadata.syntax import ExpressionRefused

KEY = "group"
TYPES: Mapping[str, str] = {
    "number": "decimal", "money": "money", "date": "date", "datetime": "datetime", "duration": "duration",
    "boolean": "boolean",
}  # fmt: skip


class GroupScope(RowScope):
    """The names of a condition, as they stand for one group."""

    def __init__(self, ctx: Context, entity: Entity, table: sa.FromClause, terms: Mapping[str, Term]) -> None:
        super().__init__(ctx, Source(entity, table, sa.true()), facts_of(ctx))
        self.terms = terms

    def term(self, name: str, fact: str = "") -> Term:
        """What a group comes to, or the currency of it."""
        term = self.terms[name]
        return Term(term.currency, "text") if fact and term.currency is not None else term

    def state(self, name: str) -> None:
        """A group is neither open nor won."""


def read_having(ctx: Context, source: str, table: sa.FromClause, terms: Mapping[str, Term]) -> Condition:
    """The condition that groups must meet. Malformed says what is wrong with it, and where."""
    entity = _entity_of(terms)
    try:
        expression = parse_expression(source)
        problems = check_expression(expression, KEY, {KEY: entity}, expects="boolean")
        if problems:
            raise ExpressionRefused(problems)
        return compile_sql(expression, GroupScope(ctx, entity, table, terms))
    except ExpressionRefused as refusal:
        raise malformed(refusal, "having") from refusal


def _entity_of(terms: Mapping[str, Term]) -> Entity:
    """Groups, as expressions know entities."""
    fields = {
        name: Field(key=name, identity=name, entity=KEY, type=TYPES.get(term.kind, "text"), label=name)
        for name, term in terms.items()
    }
    return Entity(key=KEY, identity=KEY, label="Group", plural="Groups", fields=fields, relations={}, pipelines={})
