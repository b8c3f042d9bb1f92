"""Do fields offer their choices and linked records on conditions that make sense?"""

from metadata.askable import unaskable
from metadata.building import show_problem
from metadata.catalog import Catalog, Entity, Field
from metadata.diagnostics import Diagnostics, way_on
from metadata.expression_types import check_expression
from metadata.merging import Layered
from metadata.value_types import CONDITION


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask the fields of an entity."""
    entity = catalog.entities[layered.key]
    for field in entity.declared:
        _check_choices(catalog, entity, field, layered, found)
        _check_filter(catalog, entity, field, layered, found)


def _check_choices(
    catalog: Catalog, entity: Entity, field: Field, layered: Layered, found: Diagnostics
) -> None:
    known = [choice.key for choice in field.settings.get("choices") or ()]
    for choice, when in (field.settings.get("choices_when") or {}).items():
        path = ("fields", field.key, "choices_when", choice)
        if choice not in known and known:
            message = f'"{field.key}" has no choice "{choice}".'
            found.error(layered.place(*path, at_key=True), "field.unknown-choice", message, way_on(choice, known))
        problems = check_expression(when, entity.key, catalog.entities, expects=CONDITION, is_lost=found.has_lost)
        for problem in problems or unaskable(when, entity.key, catalog.entities, wholly=False):
            show_problem(layered, path, when.source, problem, found)


def _check_filter(
    catalog: Catalog, entity: Entity, field: Field, layered: Layered, found: Diagnostics
) -> None:
    """A filter speaks of the records that are linked to; `parent` is the record that links."""
    condition = field.settings.get("filter")
    if condition is None or field.relation is None or not field.relation.to:
        return
    target = field.relation.to[0]
    problems = check_expression(
        condition, target, catalog.entities, expects=CONDITION, outer=entity.key, is_lost=found.has_lost
    )
    for problem in problems or unaskable(condition, target, catalog.entities, wholly=True):
        show_problem(layered, ("fields", field.key, "filter"), condition.source, problem, found)
