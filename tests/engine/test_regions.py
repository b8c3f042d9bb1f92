"""A reader's country follows from their time zone and language, and countries go by many names."""

import pytest

from engine.fields.regions import country_code, region_of


@pytest.mark.parametrize(
    ("time_zone", "locale", "region"),
    [
        ("Europe/Berlin", "en", "DE"),
        ("America/Chicago", "de", "US"),
        ("UTC", "de", "DE"),
        ("UTC", "en-GB", "GB"),
        ("Etc/UTC", "pt", "BR"),
        ("UTC", "en", "US"),
        ("Mars/Olympus", "no such language", "US"),
    ],
)
def test_a_reader_is_where_their_clock_is_or_else_their_language(
    time_zone: str, locale: str, region: str
) -> None:
    assert region_of(time_zone, locale) == region


@pytest.mark.parametrize("name", ["Germany", "DE", "deu", " Deutschland ", "Allemagne"])
def test_a_country_is_known_by_its_codes_and_names(name: str) -> None:
    assert country_code(name) == "DE"


@pytest.mark.parametrize("name", ["", "Atlantis", "001"])
def test_what_is_no_country_has_no_code(name: str) -> None:
    assert country_code(name) == ""
