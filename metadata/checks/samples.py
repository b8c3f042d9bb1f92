"""Are sample records of entities and fields that there are?"""

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.expressions import parse_expression
from metadata.literals import misfit
from metadata.merging import Layered
from metadata.place import Place
from metadata.syntax import ExpressionRefused
from metadata.value_types import known_values


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask a sample."""
    for at, (entity, _, values) in enumerate(catalog.samples[layered.key].records):
        declared = catalog.entities.get(entity)
        if declared is None:
            place = layered.place("records", at, entity, at_key=True)
            hint = way_on(entity, catalog.entities, "entities")
            message = f'There is no entity "{entity}".'
            found.missing("entity", entity, place, "sample.unknown-entity", message, hint)
            continue
        for name, value in values.items():
            field = declared.fields.get(name)
            if isinstance(value, str) and value.startswith("="):
                place = layered.place("records", at, entity, name)
                _check_expression(value[1:], place, found)
            elif field is not None and known_values(field) and (message := misfit(field, value)):
                place = layered.place("records", at, entity, name)
                found.error(place, "sample.unknown-value", message)
            if field is None and name not in declared.relations:
                place = layered.place("records", at, entity, name, at_key=True)
                hint = way_on(name, [f.key for f in declared.declared], "fields")
                message = f'There is no field "{name}" of {entity}.'
                found.missing("field", name, place, "sample.unknown-field", message, hint, of=entity)


def _check_expression(source: str, place: Place, found: Diagnostics) -> None:
    try:
        parse_expression(source)
    except ExpressionRefused as refusal:
        for problem in refusal.problems:
            found.error(place, problem.code, problem.message)
