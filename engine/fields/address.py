"""Address: where letters go."""

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.fields.base import PLAIN, Reader, field_types
from engine.fields.parts import PartsField
from engine.fields.reading import read_text
from engine.fields.regions import country_code


@field_types.register("address")
class Address(PartsField):
    """A postal address in parts."""

    names = ("street", "city", "region", "postal_code", "country")
    searchable = True
    parts: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "street": ("street address", "address line 1", "street name", "street road name"),
        "city": ("town", "city town village locality", "locality"),
        "region": ("state", "state region", "state province", "state county", "province", "county"),
        "postal_code": ("zip", "zip code", "zip postal code", "postcode", "postal zip code"),
        "country": ("country region", "country territory", "country code"),
    }
    main_part = "street"

    def parse(self, typed: Any, reader: Reader = PLAIN) -> dict[str, str] | None:
        """Read the parts; a text alone is a street, its lines joined."""
        if isinstance(typed, dict):
            return self.read_parts(typed)
        text = read_text(self, typed, lines=True)
        return self.read_parts({"street": ", ".join(text.split("\n"))}) if text else None

    def region(self, typed: Any) -> str:
        """The country's code, by whatever name it is called."""
        return country_code(str(typed.get("country") or "")) if isinstance(typed, dict) else ""

    def show(self, value: dict[str, str], reader: Reader = PLAIN) -> str:
        """The address on one line."""
        town = " ".join(filter(None, (value.get("postal_code"), value.get("city"))))
        rest = (value.get("street"), town, value.get("region"), value.get("country"))
        return ", ".join(filter(None, rest))
