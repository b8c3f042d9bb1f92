"""What a catalog must make sense of. Each module asks one question of the whole."""

from collections.abc import Mapping

from metadata.catalog import Catalog
from metadata.checks import (
    apps,
    circles,
    conditions,
    entities,
    layouts,
    pipelines,
    roles,
    samples,
    views,
)
from metadata.diagnostics import Diagnostics
from metadata.merging import Layered

CHECKS = (entities, circles, pipelines, views, layouts, apps, roles, samples, conditions)


def check_catalog(
    catalog: Catalog, merged: Mapping[tuple[str, str], Layered], found: Diagnostics
) -> None:
    """Note everything in a catalog that refers to what is not there, or contradicts itself."""
    for question in CHECKS:
        question.check(catalog, merged, found)
