"""Do expressions speak of what there is, and in types that fit?"""

from collections.abc import Mapping

from metadata.catalog import Catalog, Entity
from metadata.diagnostics import Diagnostics
from metadata.expression_types import CONDITION, check_expression
from metadata.functions import TO_MANY
from metadata.merging import Layered
from metadata.syntax import Call, Expression, Path, walk


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every expression of every entity and view."""
    for entity in catalog.entities.values():
        layered = merged["entity", entity.key]
        for field in entity.declared:
            if isinstance(field.default, Expression):
                where = ("fields", field.key, "default")
                _ask(catalog, entity.key, field.default, layered, where, found, "")
                _check_reach(entity, field.default, layered, where, found)
        for rule in entity.rules:
            for prop, expression in (("when", rule.when), ("check", rule.check)):
                if expression is not None:
                    where = ("rules", rule.key, prop)
                    _ask(catalog, entity.key, expression, layered, where, found, CONDITION, old=True)
                    _check_reach(entity, expression, layered, where, found)
    for view in catalog.views.values():
        if view.where is not None and view.entity in catalog.entities:
            layered = merged["view", view.key]
            _ask(catalog, view.entity, view.where, layered, ("where",), found, CONDITION)


def _ask(
    catalog: Catalog,
    entity: str,
    expression: Expression,
    layered: Layered,
    where: tuple[str, ...],
    found: Diagnostics,
    expects: str,
    *,
    old: bool = False,
) -> None:
    problems = check_expression(expression, entity, catalog.entities, expects=expects, old=old)
    for problem in problems:
        place = layered.origin(*where).place(*where)
        caret = " " * (problem.column - 1) + "^" * max(1, problem.length)
        found.error(place, problem.code, problem.message, f"{expression.source}\n  {caret}")


def _check_reach(
    entity: Entity, expression: Expression, layered: Layered, where: tuple[str, ...], found: Diagnostics
) -> None:
    """Defaults and rules speak of the record itself and of who writes; more is not available yet."""
    for node in walk(expression.root):
        far = isinstance(node, Call) and node.name in TO_MANY
        if isinstance(node, Path) and len(node.names) > 1:
            names = node.names[1:] if node.names[0] == "old" else node.names
            linked = names[0] in entity.relations and len(names) > 1
            far = linked or (names[0] == "me" and names != ("me", "teams"))
        if far:
            place = layered.origin(*where).place(*where)
            message = "A rule or default that needs other records is not available yet."
            found.error(place, "expression.not-available", message, expression.source)
