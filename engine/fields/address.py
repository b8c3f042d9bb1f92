"""Address: where letters go."""

from typing import Any

from engine.fields.base import PLAIN, Reader, field_types
from engine.fields.parts import PartsField
from engine.fields.reading import read_text


@field_types.register("address")
class Address(PartsField):
    """A postal address in parts."""

    names = ("street", "city", "region", "postal_code", "country")
    searchable = True

    def parse(self, typed: Any, reader: Reader = PLAIN) -> dict[str, str] | None:
        """Read the parts; a text alone is a street, its lines joined."""
        if isinstance(typed, dict):
            return self.read_parts(typed)
        text = read_text(self, typed, lines=True)
        return self.read_parts({"street": ", ".join(text.split("\n"))}) if text else None

    def show(self, value: dict[str, str], reader: Reader = PLAIN) -> str:
        """The address on one line."""
        town = " ".join(filter(None, (value.get("postal_code"), value.get("city"))))
        rest = (value.get("street"), town, value.get("region"), value.get("country"))
        return ", ".join(filter(None, rest))
