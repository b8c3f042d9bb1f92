"""Reckoning with exact numbers, the same in Python and in both databases.

A result keeps 28 significant digits, rounded half-even, and one beyond LARGEST is empty, as is one
of an empty side or of a division by zero.
"""

from collections.abc import Callable, Mapping
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

DIGITS = 28
LARGEST = Decimal(10) ** 18
MOST_PLACES = 10
HALF = 10**9  # where a sum of whole numbers is parted, so that neither half runs over 64 bits
_CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation, Overflow])
_WIDE = Context(prec=4 * DIGITS, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation, Overflow])
_ONE = Decimal(1)

Reckon = Callable[[Decimal, Decimal], Decimal]


def _floor(a: Decimal, b: Decimal) -> Decimal:
    """The largest whole number that is not above a / b, exactly."""
    whole = _WIDE.divide_int(a, b)
    rest = _WIDE.subtract(a, _WIDE.multiply(whole, b))
    return whole - 1 if rest and (rest < 0) != (b < 0) else whole


def _modulo(a: Decimal, b: Decimal) -> Decimal:
    whole = _floor(a, b)
    if abs(whole) > LARGEST:
        raise InvalidOperation
    return _CONTEXT.plus(_WIDE.subtract(a, _WIDE.multiply(b, whole)))


RECKONING: Mapping[str, Reckon] = {
    "+": _CONTEXT.add,
    "-": _CONTEXT.subtract,
    "*": _CONTEXT.multiply,
    "/": _CONTEXT.divide,
    "//": _floor,
    "%": _modulo,
}


def reckon(operation: Reckon, a: Decimal, b: Decimal) -> Decimal | None:
    """Two numbers joined; empty where there is no result."""
    try:
        result = operation(a, b)
    except (DivisionByZero, InvalidOperation, Overflow):
        return None
    return result if abs(result) <= LARGEST else None


def round_to(value: Decimal, places: int) -> Decimal:
    """A number with so many decimals at most, half-even."""
    places = max(0, min(MOST_PLACES, places))
    return value.quantize(_ONE.scaleb(-places), rounding=ROUND_HALF_EVEN, context=_WIDE)


def floor(value: Decimal) -> Decimal:
    """The largest whole number that is not above."""
    return value.to_integral_value(rounding=ROUND_FLOOR)


def ceil(value: Decimal) -> Decimal:
    """The smallest whole number that is not below."""
    return value.to_integral_value(rounding=ROUND_CEILING)


def total(values: list[Decimal]) -> Decimal | None:
    """All values added up."""
    result = Decimal(0)
    for each in values:
        result = _WIDE.add(result, each)
    return _CONTEXT.plus(result) if abs(result) <= LARGEST else None


def average(values: list[Decimal]) -> Decimal | None:
    """What the values are on average; empty for none."""
    whole = total(values)
    return reckon(_CONTEXT.divide, whole, Decimal(len(values))) if values and whole is not None else None


def plain(value: Decimal) -> str:
    """A number in digits, without zeros at its end."""
    text = f"{value:f}" if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text
