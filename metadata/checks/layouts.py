"""Does every layout arrange fields and relations that there are?"""

from collections.abc import Mapping

from metadata.catalog import Catalog, Entity
from metadata.checks.paths import check_path
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered
from metadata.screens import Layout


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every layout."""
    for key, layout in catalog.layouts.items():
        layered = merged["layout", key]
        entity = catalog.entities.get(layout.entity)
        if entity is None:
            message = f'The layout "{key}" is of "{layout.entity}", which is no entity.'
            hint = way_on(layout.entity, catalog.entities, "entities")
            found.error(layered.document.place("entity"), "layout.unknown-entity", message, hint)
            continue
        _check_fields(catalog, entity, layered, found)
        _check_relations(catalog, entity, layout, layered, found)


def _check_fields(
    catalog: Catalog, entity: Entity, layered: Layered, found: Diagnostics
) -> None:
    data = layered.data
    for at, path in enumerate(data.get("highlights") or ()):
        check_path(catalog, entity, path, layered, ("highlights", at), found)
    groups = [(("sections",), data.get("sections") or ())]
    groups += [
        (("tabs", at, "sections"), tab.get("sections") or ())
        for at, tab in enumerate(data.get("tabs") or ())
    ]
    for path, sections in groups:
        for at, section in enumerate(sections):
            for number, name in enumerate(section.get("fields") or ()):
                where = (*path, at, "fields", number)
                check_path(catalog, entity, name, layered, where, found)


def _check_relations(
    catalog: Catalog, entity: Entity, layout: Layout, layered: Layered, found: Diagnostics
) -> None:
    named = [
        *((related.relation, ("related", at)) for at, related in enumerate(layout.related)),
        *((key, ("timeline", at)) for at, key in enumerate(layout.timeline)),
    ]
    for key, where in named:
        relation = entity.relations.get(key)
        if relation is None or not relation.many:
            ways = [r.key for r in entity.relations.values() if r.many]
            message = f'"{key}" is no relation of "{entity.key}" to many records.'
            place = layered.origin(*where).place(*where)
            found.error(place, "layout.unknown-relation", message, way_on(key, ways, "relations"))
    for at, related in enumerate(layout.related):
        relation = entity.relations.get(related.relation)
        if relation is not None and relation.many:
            target = catalog.entities[relation.to[0]]
            for path in related.columns:
                check_path(catalog, target, path, layered, ("related", at, "columns"), found)
    for at, composer in enumerate(layout.composer):
        relation = entity.relations.get(composer.relation)
        where = ("composer", at, "relation")
        if relation is None or not relation.many or composer.entity not in relation.to:
            message = f'"{composer.relation}" does not lead from "{entity.key}" to "{composer.entity}".'
            found.error(layered.document.place(*where), "layout.composer", message)
            continue
        target = catalog.entities[composer.entity]
        for name in (*composer.fields, *composer.values):
            check_path(catalog, target, name, layered, ("composer", at), found)
