"""Percent: a share of a hundred, exact."""

from decimal import Decimal as Number
from typing import Any

from engine.fields.base import PLAIN, Reader, field_types
from engine.fields.decimal import Decimal


@field_types.register("percent")
class Percent(Decimal):
    """A number of hundredths, from 0 to 100 unless its field says otherwise."""

    in_browser = "percent"

    def parse(self, typed: Any, reader: Reader = PLAIN) -> Number | None:
        """Read a number with or without its sign."""
        text = typed.strip().removesuffix("%") if isinstance(typed, str) else typed
        return super().parse(text, reader)

    def show(self, value: Number, reader: Reader = PLAIN) -> str:
        """The number without idle noughts, and its sign."""
        text = f"{value:,.{self.scale}f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"
