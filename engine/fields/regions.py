"""Where a reader is, as far as their time zone and language tell."""

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

UNKNOWN = "US"


@cache
def region_of(time_zone: str, locale: str) -> str:
    """The ISO 3166 code of a reader's country: their time zone's, else their language's."""
    country = get_global("zone_territories").get(time_zone, "")
    if country.isalpha() and country != "ZZ":  # UTC is everywhere, and so nowhere
        return str(country)
    try:
        spoken = Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return UNKNOWN
    likely = get_global("likely_subtags").get(spoken.language, "")
    return spoken.territory or str(likely).rpartition("_")[2] or UNKNOWN
