"""Does every layout arrange fields and relations that there are?"""

from collections.abc import Iterator, Mapping
from typing import Any

from metadata.askable import unaskable
from metadata.building import show_problem
from metadata.catalog import Catalog, Entity
from metadata.checks.paths import check_path
from metadata.diagnostics import Diagnostics, way_on
from metadata.expression_types import check_expression
from metadata.literals import misfit
from metadata.merging import Layered
from metadata.screens import Layout
from metadata.value_types import CONDITION

Where = tuple[str | int, ...]


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask a layout."""
    layout = catalog.layouts[layered.key]
    entity = catalog.entities.get(layout.entity)
    if entity is None:
        message = f'The layout "{layered.key}" is of "{layout.entity}", which is no entity.'
        hint = way_on(layout.entity, catalog.entities, "entities")
        place = layered.place("entity")
        found.missing("entity", layout.entity, place, "layout.unknown-entity", message, hint)
        return
    for where, path in _fields(layered.data):
        check_path(catalog, entity, path, layered, where, found)
    _check_sections(catalog, entity, layout, layered, found)
    _check_relations(catalog, entity, layout, layered, found)
    _check_composer(catalog, entity, layout, layered, found)


def _fields(data: Mapping[str, Any]) -> Iterator[tuple[Where, str]]:
    for at, path in enumerate(data.get("highlights") or ()):
        yield ("highlights", at), path
    yield from _in_sections(("sections",), data.get("sections"))
    for at, tab in enumerate(data.get("tabs") or ()):
        yield from _in_sections(("tabs", at, "sections"), tab.get("sections"))


def _in_sections(above: Where, sections: Any) -> Iterator[tuple[Where, str]]:
    for at, section in enumerate(sections or ()):
        for number, name in enumerate(section.get("fields") or ()):
            yield (*above, at, "fields", number), name


def _check_sections(
    catalog: Catalog, entity: Entity, layout: Layout, layered: Layered, found: Diagnostics
) -> None:
    """The conditions of sections; sections that stand in no tab are the first tab."""
    loose = bool(layered.data.get("sections"))
    for number, tab in enumerate(layout.tabs):
        above: Where = () if loose and not number else ("tabs", number - loose)
        for at, section in enumerate(tab.sections):
            if section.when is None:
                continue
            problems = check_expression(
                section.when, entity.key, catalog.entities, expects=CONDITION, is_lost=found.has_lost
            )
            for problem in problems or unaskable(section.when, entity.key, catalog.entities, wholly=False):
                where = (*above, "sections", at, "when")
                show_problem(layered, where, section.when.source, problem, found)


def _check_relations(
    catalog: Catalog, entity: Entity, layout: Layout, layered: Layered, found: Diagnostics
) -> None:
    for at, key in enumerate(layout.timeline):
        _check_many(entity, key, layered, ("timeline", at), found)
    for at, related in enumerate(layout.related):
        relation = entity.relations.get(related.relation)
        if relation is None or not relation.many:
            _check_many(entity, related.relation, layered, ("related", at), found)
        elif relation.to:
            target = catalog.entities[relation.to[0]]
            for number, path in enumerate(related.columns):
                check_path(catalog, target, path, layered, ("related", at, "columns", number), found)


def _check_many(entity: Entity, key: str, layered: Layered, where: Where, found: Diagnostics) -> None:
    relation = entity.relations.get(key)
    if relation is None or not relation.many:
        ways = [r.key for r in entity.relations.values() if r.many]
        message = f'"{key}" is no relation of "{entity.key}" to many records.'
        hint = way_on(key, ways, "relations")
        noun = "relation" if found.has_lost("relation", key, entity.key) else "field"
        place = layered.place(*where)
        found.missing(noun, key, place, "layout.unknown-relation", message, hint, of=entity.key)


def _check_composer(
    catalog: Catalog, entity: Entity, layout: Layout, layered: Layered, found: Diagnostics
) -> None:
    for at, composer in enumerate(layout.composer):
        relation = entity.relations.get(composer.relation)
        if relation is None or not relation.many or composer.entity not in relation.to:
            if found.has_lost("entity", composer.entity):
                continue
            message = f'"{composer.relation}" does not lead from "{entity.key}" to "{composer.entity}".'
            ways = [r.key for r in entity.relations.values() if r.many and composer.entity in r.to]
            hint = way_on(composer.relation, ways, "relations")
            place = layered.place("composer", at, "relation")
            of = entity.key
            found.missing("relation", composer.relation, place, "layout.composer", message, hint, of=of)
            continue
        target = catalog.entities[composer.entity]
        for number, name in enumerate(composer.fields):
            check_path(catalog, target, name, layered, ("composer", at, "fields", number), found)
        for name, value in composer.values.items():
            at_value = ("composer", at, "values", name)
            field = check_path(catalog, target, name, layered, at_value, found, at_key=True)
            if field is not None and (message := misfit(field, value)):
                found.error(layered.place(*at_value), "layout.composer", message)
