"""Conditions of a question, made into SQL through the gate."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import gate, people, rates
from engine.access.gate import Source
from engine.access.known import KnownEntities
from engine.context import Context
from engine.errors import Malformed, Problem
from engine.expressions import asker, terms
from engine.expressions.dialects import is_among, text_part
from engine.expressions.facts import Facts, facts_of
from engine.expressions.scopes import Condition, Pricing, Related, Scope
from engine.expressions.sql import compile_sql, compile_value
from engine.expressions.terms import Term
from engine.records.former import speaker_of
from engine.records.loading import near_side
from engine.storage.types import PlainText
from metadata import declarations
from metadata.catalog import Entity, Field
from metadata.expression_types import check_expression
from metadata.expressions import parse_expression
from metadata.syntax import Expression, ExpressionRefused

MOST_WORDS = 8


class RowScope:
    """The names of an expression, as they stand for one row of a source."""

    def __init__(
        self,
        ctx: Context,
        origin: Source,
        facts: Facts,
        outer: "RowScope | None" = None,
        pricing: Pricing | None = None,
    ) -> None:
        self.ctx, self.origin, self.facts, self.outer = ctx, origin, facts, outer
        self.pricing = pricing

    def unpriced(self) -> "RowScope":
        """The same row, with its amounts as they are."""
        return RowScope(self.ctx, self.origin, self.facts, self.outer)

    @property
    def entity(self) -> Entity:
        """The entity of the row."""
        return self.origin.entity

    def term(self, name: str, fact: str = "") -> Term:
        """A field's value in this row, or a named part of it."""
        columns = gate.columns(self.ctx, self.origin, name, "filter")
        behaviour = self.ctx.machine.behaviour(self.entity.key, name)
        if fact and behaviour.value_type == "stage":
            return self._stage_fact(columns[0], name, fact)
        if fact and len(columns) > 1:
            suffixes = list(behaviour.columns())
            return Term(columns[suffixes.index(fact)], "text")
        if fact:
            return Term(text_part(columns[0], sa.literal(fact, PlainText())), "text")
        currency = dict(zip(behaviour.columns(), columns, strict=True)).get("currency")
        return Term(columns[0] if columns else sa.null(), behaviour.value_type, currency)

    def age(self) -> tuple[sa.ColumnElement[Any], ...]:
        """What puts rows in the order in which they were made."""
        return self.origin.table.c.created_at, self.origin.table.c.id

    def is_link(self, name: str) -> bool:
        """Whether a name leads to one record of one kind."""
        relation = self.entity.relations.get(name)
        return relation is not None and not relation.many and len(relation.to) == 1

    def in_team(self, name: str) -> Condition:
        """Whether the asker is in a team of that name, whatever its case."""
        return people.in_team(self.ctx, asker.user(self.facts), name)

    def reports(self, user: sa.ColumnElement[Any]) -> Condition:
        """Whether a user's chain of managers has the asker."""
        return people.reports_to(self.ctx, user, asker.user(self.facts))

    def rate(self, code: sa.ColumnElement[Any], day: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """How many of a currency one of the reporting currency was worth on a day."""
        return rates.rate(self.ctx, code, day)

    def is_field(self, name: str, fact: str) -> bool:
        """Whether the second name is a part of the first one's value."""
        field = self.entity.fields.get(name)
        return field is not None and fact in declarations.declared(field.type).facts

    def is_many(self, name: str) -> bool:
        """Whether a name leads to many records."""
        relation = self.entity.relations.get(name)
        return relation is not None and relation.many

    def state(self, name: str) -> Condition | None:
        """Whether the row is open, won or lost."""
        category = name.removeprefix("is_")
        stage = self._stage_field()
        if name in self.entity.fields or category not in {"open", "won", "lost"} or stage is None:
            return None
        fact = self.term(stage.key, "category")
        return sa.func.coalesce(fact.column == category, sa.false())

    def follow(self, name: str) -> Related:
        """The records that a relation leads to from this row."""
        relation = self.entity.relations[name]
        gate.require_readable(self.ctx, self.entity, name, "filter")
        far = gate.source(self.ctx, relation.to[0])
        inner = RowScope(self.ctx, far, self.facts, self if relation.many else None, self.pricing)
        if relation.many:
            near, table, condition = near_side(self.ctx, relation, far)
            link = near == self.origin.table.c.id
            return Related(inner, table, sa.and_(link, condition, far.predicate))
        here = gate.column(self.ctx, self.origin, name, "filter")
        return Related(inner, far.table, sa.and_(far.table.c.id == here, far.predicate))

    def among(self, name: str, meets: Callable[[Scope], Condition]) -> Condition:
        """Whether the one record that a relation leads to is among those that meet a condition."""
        here = gate.column(self.ctx, self.origin, name, "filter")
        far = gate.source(self.ctx, self.entity.relations[name].to[0])
        inner = RowScope(self.ctx, far, self.facts)
        found = sa.select(far.table.c.id).where(far.predicate, meets(inner))
        return sa.and_(here.is_not(None), here.in_(found))

    def user(self) -> Related:
        """The asker, as a row, as far as they may see themselves."""
        far = gate.source(self.ctx, "user")
        inner = RowScope(self.ctx, far, self.facts)
        return Related(inner, far.table, far.table.c.id == asker.user(self.facts))

    def holds(self, name: str, value: sa.ColumnElement[Any]) -> Condition:
        """Whether a field with several values has this one among them."""
        relation = self.entity.relations.get(name)
        if relation is not None and relation.many:
            related = self.follow(name)
            far = related.scope.origin.table  # type: ignore[attr-defined]
            return (
                sa.exists()
                .select_from(related.table)
                .where(related.condition, far.c.id == value)
            )
        column = gate.column(self.ctx, self.origin, name, "filter")
        if self.ctx.connection.dialect.name == "postgresql":
            return sa.and_(column.is_not(None), column.op("@>")(sa.func.jsonb_build_array(value)))
        each = sa.func.json_each(column).table_valued("value")
        return sa.exists().select_from(each).where(each.c.value == value)

    def _stage_field(self) -> Field | None:
        kinds = self.ctx.machine.behaviours
        return next(
            (f for f in self.entity.declared if kinds[self.entity.key, f.key].value_type == "stage"),
            None,
        )

    def _stage_fact(self, column: sa.ColumnElement[Any], name: str, fact: str) -> Term:
        """A fact of the stage a row is in, by its key; by its pipeline too where there are several."""
        road = self._pipeline_column() if len(self.entity.pipelines) > 1 else None
        pipelines = self.entity.pipelines
        stages = [(road_key, key, stage) for road_key, each in pipelines.items() for key, stage in each.stages.items()]
        cases = [(column == key, getattr(stage, fact)) for _, key, stage in stages]
        if road is not None:
            astray = sa.or_(road.is_(None), road.not_in(list(pipelines)))
            cases = [
                *((sa.and_(column == key, road == road_key), getattr(stage, fact)) for road_key, key, stage in stages),
                *((sa.and_(condition, astray), value) for condition, value in cases),
            ]  # fmt: skip
        kind = declarations.declared(self.entity.fields[name].type).facts[fact]
        return Term(sa.case(*cases) if cases else sa.null(), kind)

    def _pipeline_column(self) -> sa.ColumnElement[Any] | None:
        kinds = self.ctx.machine.behaviours
        for field in self.entity.declared:
            if kinds[self.entity.key, field.key].value_type == "pipeline":
                return gate.column(self.ctx, self.origin, field.key, "filter")
        return None


def conditions(
    ctx: Context, origin: Source, where: Sequence[str | Expression], q: str = ""
) -> list[Condition]:
    """What rows must meet. Malformed tells what is wrong with an expression, and where."""
    facts = facts_of(ctx)
    scope = RowScope(ctx, origin, facts)
    found = [_compile(scope, each) for each in where if each]
    words = q.replace("\0", " ").split()[:MOST_WORDS]  # PostgreSQL takes no NUL in a text
    return [*found, *(_word(scope, word) for word in words)]


def read_where(ctx: Context, entity: Entity, source: str) -> Expression:
    """An expression that fits the entity. Malformed tells what is wrong with it, and where."""

    def read() -> Expression:
        return read_expression(ctx, entity, source, "filter", expects="boolean")

    try:
        return ctx.machine.remembered(("where", entity.key, source, gate.standing(ctx)), read)
    except ExpressionRefused as refusal:
        raise malformed(refusal, "where") from refusal


def read_expression(ctx: Context, entity: Entity, source: str, purpose: str, *, expects: str = "") -> Expression:
    """An expression that fits the entity, in the names of now. ExpressionRefused tells what is wrong with
    it, Denied names what is closed.
    """
    expression = parse_expression(speaker_of(ctx).expression(entity.key, source))
    problems = check_expression(expression, entity.key, KnownEntities(ctx, purpose), expects=expects)
    if problems:
        raise ExpressionRefused(problems)
    return expression


def check_names(ctx: Context, entity: Entity, names: Sequence[str], purpose: str) -> None:
    """Refuse a path that leads nowhere, as ExpressionRefused, or through what is closed, as Denied."""
    expression = parse_expression(".".join(names))
    problems = check_expression(expression, entity.key, KnownEntities(ctx, purpose))
    if problems:
        raise ExpressionRefused(problems)


def _compile(scope: RowScope, where: str | Expression) -> Condition:
    expression = read_where(scope.ctx, scope.entity, where) if isinstance(where, str) else where
    try:
        return compile_sql(expression, scope)
    except ExpressionRefused as refusal:
        raise malformed(refusal, "where") from refusal


def _word(scope: RowScope, word: str) -> Condition:
    """A word must stand in one of the fields that are searched, of those the actor may read."""
    places = []
    entity = scope.entity
    paths = ["title", *entity.search, *(f.key for f in entity.declared if f.search)]
    for path in dict.fromkeys(paths):
        names = tuple(path.split("."))
        if len(names) == 1 and not gate.is_readable(scope.ctx, entity, path):
            continue
        if len(names) > 1 and not _can_follow(scope, names):
            continue
        places += _place(scope, names, word)
    return sa.or_(sa.false(), *places)


def _place(scope: RowScope, names: tuple[str, ...], word: str) -> list[Condition]:
    """Whether the word stands in the text at a path; nothing where there is no text.

    Linked records with the word are found once, and not one by one for each row.
    """
    if len(names) == 1:
        is_title = names == (scope.entity.title,)
        column = compile_value(("title",) if is_title else names, scope).column
        return [terms.search(column, "contains", word)] if isinstance(column.type, PlainText) else []
    far = gate.source(scope.ctx, scope.entity.relations[names[0]].to[0])
    inner = RowScope(scope.ctx, far, scope.facts)
    here = gate.column(scope.ctx, scope.origin, names[0], "filter")
    return [
        is_among(here, sa.select(far.table.c.id).where(far.predicate, found).scalar_subquery())
        for found in _place(inner, names[1:], word)
    ]


def _can_follow(scope: RowScope, names: tuple[str, ...]) -> bool:
    entity = scope.entity
    for at, name in enumerate(names):
        if not gate.is_readable(scope.ctx, entity, name):
            return False
        if at < len(names) - 1:
            entity = scope.ctx.machine.catalog.entities[entity.relations[name].to[0]]
    return True


def malformed(refusal: ExpressionRefused, parameter: str) -> Malformed:
    """The refusal of a parameter that holds an expression."""
    problems = [
        Problem(f"/{parameter}", problem.code, f"{problem.message} (column {problem.column})")
        for problem in refusal.problems
    ]
    first = refusal.problems[0]
    return Malformed(
        first.code,
        f"{first.message} (column {first.column})",
        problems=problems,
        facts={"column": first.column},
    )
