"""Countries: where a reader is, as far as their habits tell, and what countries are called."""

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

UNKNOWN = "US"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb")  # of countries' names


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


def country_code(name: str) -> str:
    """The ISO 3166 code of a country, from its code of two or three letters or its name."""
    said = name.strip().casefold()
    return _codes().get(said, "") if said else ""


@cache
def _codes() -> dict[str, str]:
    names = {
        name.casefold(): code
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
        if code.isalpha()
    }
    codes = {code.casefold(): code for code in names.values()}
    others = {
        other.casefold(): codes[now[0].casefold()]
        for other, now in get_global("territory_aliases").items()
        if other.isalpha() and now[0].casefold() in codes
    }
    return others | names | codes
