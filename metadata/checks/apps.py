"""Does the navigation lead to views that there are?"""

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask an app."""
    for at, group in enumerate(catalog.apps[layered.key].groups):
        for number, item in enumerate(group.items):
            where = ("groups", at, "items", number)
            if bool(item.view) == bool(item.page):
                message = "An item of the navigation names a view or a page: one of them."
                found.error(layered.place(*where), "app.item", message)
            elif item.view and item.view not in catalog.views:
                message = f'The navigation leads to the view "{item.view}", which is not there.'
                hint = way_on(item.view, catalog.views, "views")
                place = layered.place(*where, "view")
                found.missing("view", item.view, place, "app.unknown-view", message, hint)
