"""Do expressions speak of what there is, and in types that fit?"""

from collections.abc import Iterator

from metadata.building import show_problem
from metadata.catalog import Catalog, Entity
from metadata.diagnostics import Diagnostics
from metadata.expression_types import check_expression
from metadata.functions import TO_MANY
from metadata.merging import Layered
from metadata.syntax import Call, Expression, ExpressionProblem, Path, walk
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
    if not problems and layered.kind == "entity" and where[-1] != "formula":
        problems = list(_too_far(entity, expression))
    for problem in problems:
        show_problem(layered, where, expression.source, problem, found)


def _too_far(entity: Entity, expression: Expression) -> Iterator[ExpressionProblem]:
    """Defaults and rules speak of the record itself and of who writes; more is not available yet."""
    message = "A rule or default that needs other records is not available yet."
    for node in walk(expression.root):
        far = isinstance(node, Call) and node.name in TO_MANY
        if isinstance(node, Path) and len(node.names) > 1:
            names = node.names[1:] if node.names[0] == "old" else node.names
            linked = names[0] in entity.relations and len(names) > 1
            far = linked or (names[0] == "me" and names != ("me", "teams"))
        if isinstance(node, Path) and (way := entity.relations.get(node.names[-1])):
            far = far or (way.many and len(node.names) == 1)
        if far:
            yield ExpressionProblem("expression.not-available", message, node.column, node.length)
