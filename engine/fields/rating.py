"""Rating: a few stars out of several."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_number, shown


@field_types.register("rating")
class Rating(FieldType[int]):
    """A count of stars; none is the empty value."""

    column = sa.BigInteger
    value_type = "number"
    shape: ClassVar[Mapping[str, Any]] = {"type": "integer"}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> int | None:
        """Read a count of stars."""
        most = int(self.settings.get("max", 5))
        try:
            number = read_number(typed)
        except ValueError:
            number = Decimal(-1)
        if not number:
            return None
        if number != number.to_integral_value() or not 0 < number <= most:
            raise self.refuse("out-of-range", f"{shown(typed)} is not a rating from 1 to {most}.")
        return int(number)

    def show(self, value: int, reader: Reader = PLAIN) -> str:
        """Full stars, then empty ones."""
        most = int(self.settings.get("max", 5))
        return "★" * value + "☆" * (most - value)

    def operand(self, value: int) -> Decimal:
        """Numbers meet as decimals in expressions."""
        return Decimal(value)
