"""Does every view show fields that there are?"""

from collections.abc import Mapping

from metadata import declarations
from metadata.catalog import Catalog
from metadata.checks.paths import check_path
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered
from metadata.screens import View

GROUPING = frozenset(("stage", "choice", "date", "datetime", "record", "boolean"))


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every view."""
    for key, view in catalog.views.items():
        layered = merged["view", key]
        entity = catalog.entities.get(view.entity)
        if entity is None:
            message = f'The view "{key}" is of "{view.entity}", which is no entity.'
            hint = way_on(view.entity, catalog.entities, "entities")
            place = layered.origin("entity").place("entity")
            found.error(place, "view.unknown-entity", message, hint)
            continue
        for prop in ("columns", "sort", "totals", "card"):
            for at, path in enumerate(getattr(view, prop)):
                check_path(catalog, entity, path, layered, (prop, at), found)
        for name in view.check_off:
            check_path(catalog, entity, name, layered, ("check_off", name), found)
        _check_group(catalog, view, layered, found)


def _check_group(catalog: Catalog, view: View, layered: Layered, found: Diagnostics) -> None:
    if view.kind == "kanban" and not view.group:
        message = f'The kanban "{view.key}" needs a field to make its columns of.'
        found.error(layered.document.place(), "view.no-group", message, "Add: group: <field>")
    if not view.group:
        return
    entity = catalog.entities[view.entity]
    field = check_path(catalog, entity, view.group, layered, ("group",), found)
    if field is not None and declarations.declared(field.type).value not in GROUPING:
        place = layered.origin("group").place("group")
        message = f'"{view.group}" can\'t make groups: it has no fixed set of values.'
        found.error(place, "view.group", message)
