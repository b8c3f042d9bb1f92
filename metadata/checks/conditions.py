"""Do expressions speak of what there is, and in types that fit?"""

from collections.abc import Iterator

from metadata.askable import unaskable
from metadata.building import show_problem
from metadata.catalog import Catalog, Entity
from metadata.diagnostics import Diagnostics
from metadata.expression_types import check_expression
from metadata.merging import Layered
from metadata.syntax import Expression, ExpressionProblem, Path, walk
from metadata.value_types import CONDITION, value_of

Where = tuple[str, ...]


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask every expression of an entity or a view."""
    if layered.kind == "view":
        view = catalog.views[layered.key]
        if view.where is not None and view.entity in catalog.entities:
            entity = catalog.entities[view.entity]
            _ask(catalog, entity, view.where, layered, ("where",), found, CONDITION)
        return
    entity = catalog.entities[layered.key]
    for where, expression, expects in _written(entity):
        _ask(catalog, entity, expression, layered, where, found, expects, old=where[0] == "rules")


def _written(entity: Entity) -> Iterator[tuple[Where, Expression, str]]:
    """The expressions of an entity: where each stands, and what it must be."""
    for field in entity.declared:
        if isinstance(field.default, Expression):
            yield ("fields", field.key, "default"), field.default, value_of(field)
        if field.formula is not None:
            yield ("fields", field.key, "formula"), field.formula, value_of(field)
    for rule in entity.rules:
        for prop, expression in (("when", rule.when), ("check", rule.check)):
            if expression is not None:
                yield ("rules", rule.key, prop), expression, CONDITION


def _ask(
    catalog: Catalog,
    entity: Entity,
    expression: Expression,
    layered: Layered,
    where: Where,
    found: Diagnostics,
    expects: str,
    *,
    old: bool = False,
) -> None:
    problems = check_expression(
        expression,
        entity.key,
        catalog.entities,
        expects=expects,
        old=old,
        is_lost=found.has_lost,
    )
    if not problems and where[-1] == "default":
        problems = list(_not_there(entity, expression))
    if not problems:
        wholly = where[-1] in {"formula", "where"}
        problems = list(unaskable(expression, entity.key, catalog.entities, wholly=wholly))
    for problem in problems:
        show_problem(layered, where, expression.source, problem, found)


def _not_there(entity: Entity, expression: Expression) -> Iterator[ExpressionProblem]:
    """A new record has its links, and nothing that leads to it yet."""
    message = "A new record has no related records yet, so a default can't follow from them."
    for node in walk(expression.root):
        if isinstance(node, Path) and (way := entity.relations.get(node.names[0])) and way.many:
            yield ExpressionProblem("expression.not-there", message, node.column, node.length)
