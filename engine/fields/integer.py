"""Integer: a whole number that every JSON reader can hold."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_number, shown, within

LARGEST = 2**53 - 1  # the largest whole number that JavaScript counts exactly


@field_types.register("integer")
class Integer(FieldType[int]):
    """A whole number, within the limits its field sets."""

    column = sa.BigInteger
    value_type = "number"
    in_browser = "whole"
    shape: ClassVar[Mapping[str, Any]] = {"type": "integer"}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> int | None:
        """Read a whole number as people write it."""
        try:
            number = read_number(typed)
        except ValueError:
            raise self.refuse("not-a-number", f"{shown(typed)} is not a number.") from None
        if number is None:
            return None
        if number != number.to_integral_value():
            raise self.refuse("not-whole", f"{shown(typed)} is not a whole number.")
        within(self, number, LARGEST)
        return int(number)

    def show(self, value: int, reader: Reader = PLAIN) -> str:
        """The number with its thousands set apart."""
        return f"{value:,}"

    def operand(self, value: int) -> Decimal:
        """Numbers meet as decimals in expressions."""
        return Decimal(value)
