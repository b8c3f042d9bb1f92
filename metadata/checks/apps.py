"""Does the navigation lead to views that there are?"""

from collections.abc import Mapping

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, way_on
from metadata.merging import Layered


def check(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Ask every app."""
    for key, app in catalog.apps.items():
        layered = merged["app", key]
        for at, group in enumerate(app.groups):
            for number, item in enumerate(group.items):
                place = layered.document.place("groups", at, "items", number)
                if bool(item.view) == bool(item.page):
                    message = "An item of the navigation names a view or a page: one of them."
                    found.error(place, "app.item", message)
                elif item.view and item.view not in catalog.views:
                    message = f'The navigation leads to the view "{item.view}", which is not there.'
                    hint = way_on(item.view, catalog.views, "views")
                    found.error(place, "app.unknown-view", message, hint)
