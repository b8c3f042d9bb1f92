"""Are the settings of a tenant ones that this machine knows?"""

from zoneinfo import ZoneInfo, available_timezones

from metadata.catalog import Catalog
from metadata.diagnostics import Diagnostics, suggest
from metadata.merging import Layered


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask for the time zone by its name."""
    name = catalog.settings.time_zone
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        nearest = suggest(name, sorted(available_timezones()))
        hint = f'Did you mean "{nearest}"?' if nearest else "Write it as in Europe/Berlin."
        message = f'There is no time zone "{name}".'
        found.error(layered.place("time_zone"), "settings.unknown-time-zone", message, hint)
