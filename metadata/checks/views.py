"""Does every view show fields that there are?"""

from metadata.catalog import Catalog
from metadata.checks.paths import check_path
from metadata.diagnostics import Diagnostics, way_on
from metadata.literals import misfit
from metadata.merging import Layered
from metadata.screens import View
from metadata.value_types import value_of

GROUPING = frozenset(("stage", "choice", "date", "datetime", "record", "boolean"))


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask a view."""
    view = catalog.views[layered.key]
    entity = catalog.entities.get(view.entity)
    if entity is None:
        message = f'The view "{view.key}" is of "{view.entity}", which is no entity.'
        hint = way_on(view.entity, catalog.entities, "entities")
        place = layered.place("entity")
        found.missing("entity", view.entity, place, "view.unknown-entity", message, hint)
        return
    for prop in ("columns", "sort", "totals", "card"):
        for at, path in enumerate(getattr(view, prop)):
            check_path(catalog, entity, path, layered, (prop, at), found)
    for name, value in view.check_off.items():
        where = ("check_off", name)
        field = check_path(catalog, entity, name, layered, where, found, at_key=True)
        if field is not None and (message := misfit(field, value)):
            found.error(layered.place(*where), "view.check-off", message)
    _check_group(catalog, view, layered, found)


def _check_group(catalog: Catalog, view: View, layered: Layered, found: Diagnostics) -> None:
    if view.kind == "kanban" and not view.group and not found.has_lost("property", "group", view.key):
        message = f'The kanban "{view.key}" needs a field to make its columns of.'
        found.error(layered.place("kind"), "view.no-group", message, "Add: group: <field>")
    if not view.group:
        return
    entity = catalog.entities[view.entity]
    field = check_path(catalog, entity, view.group, layered, ("group",), found)
    if field is not None and value_of(field) not in GROUPING:
        message = f'"{view.group}" can\'t make groups: it has no fixed set of values.'
        kinds = (f.key for f in entity.declared if value_of(f) in GROUPING)
        found.error(layered.place("group"), "view.group", message, way_on(view.group, kinds, "fields"))
