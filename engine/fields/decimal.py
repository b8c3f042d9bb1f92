"""Decimal: an exact number with a fixed count of decimals.

A number is a `Decimal` from the form to the database and back; no float ever
touches it, so that a million amounts add up to the cent.
"""

from collections.abc import Mapping
from decimal import Decimal as Number
from typing import Any, ClassVar

from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_number, shown, within
from engine.storage.types import ExactNumber

LARGEST = 10**9  # what 64 bits hold at scale 8, with room for sums


@field_types.register("decimal")
class Decimal(FieldType[Number]):
    """An exact number, within the limits its field sets."""

    value_type = "number"
    in_browser = "number"
    shape: ClassVar[Mapping[str, Any]] = {"type": "string"}

    @property
    def scale(self) -> int:
        """How many decimals the field keeps."""
        return int(self.settings.get("scale", 2))

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """NUMERIC on PostgreSQL, a scaled integer on SQLite."""
        return {"": ExactNumber(self.scale)}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> Number | None:
        """Read a number as people write it, with or without thousands separators."""
        try:
            number = read_number(typed)
        except ValueError:
            raise self.refuse("not-a-number", f"{shown(typed)} is not a number.") from None
        if number is None:
            return None
        within(self, number, LARGEST * 10 ** (8 - self.scale))
        return number.quantize(Number(1).scaleb(-self.scale))

    def dump(self, value: Number) -> str:
        """The number as text, so that no reader rounds it."""
        return f"{value:f}"

    def cells(self, value: Number) -> tuple[Number]:
        """The number."""
        return (value,)

    def show(self, value: Number, reader: Reader = PLAIN) -> str:
        """The number with the decimals of its field."""
        return f"{value:,.{self.scale}f}"
