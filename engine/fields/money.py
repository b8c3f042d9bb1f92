"""Money: an amount in a currency, exact to the currency's smallest coin.

Amounts of different currencies never compare and never add up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from babel import Locale
from babel.numbers import format_currency, get_currency_precision
from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_number, shown
from engine.storage.types import ExactNumber, PlainText

SCALE = 4  # decimals kept, whatever the currency
USUAL_PLACES = 2
LARGEST = 10**14 - 1  # what 64 bits hold at scale 4
SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "US$": "USD"}
_CODE = re.compile(r"^([A-Za-z]{3}|US\$|[€$£¥₹])?\s*([-+\d.,'\s\u00a0\u202f]+?)\s*([A-Za-z]{3}|[€$£¥₹])?$")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and the ISO 4217 code of its currency."""

    amount: Decimal
    currency: str


@cache
def currencies() -> frozenset[str]:
    """The codes of the world's currencies."""
    return frozenset(Locale("en").currencies)


def _code_of(sign: str) -> str:
    return SYMBOLS.get(sign, sign.upper())


@cache
def places(currency: str) -> int:
    """How many decimals a currency has."""
    return int(get_currency_precision(currency))


def unusual_places() -> dict[int, list[str]]:
    """The currencies that have no cents, or more of them, by their decimals."""
    found: dict[int, list[str]] = {}
    for code in sorted(currencies()):
        found.setdefault(places(code), []).append(code)
    return {count: codes for count, codes in found.items() if count != USUAL_PLACES}


@cache
def _step(currency: str) -> Decimal:
    return Decimal(1).scaleb(-places(currency))


@field_types.register("money")
class MoneyField(FieldType[Money]):
    """An amount of money. Its first column is the amount, the second the currency."""

    value_type = "money"
    in_browser = "money"
    parts: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "amount": ("value",),
        "currency": ("currency code", "currency iso code"),
    }
    main_part = "amount"
    reads: ClassVar[frozenset[str]] = frozenset(["currency"])

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """The amount, which sorts, and the currency."""
        return {"": ExactNumber(SCALE), "currency": PlainText()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> Money | None:
        """Read an amount and a currency, apart or in one text as people write it."""
        if isinstance(typed, Money):
            typed = {"amount": str(typed.amount), "currency": typed.currency}
        usual = self.settings.get("currency") or reader.currency
        if isinstance(typed, dict):
            unknown = sorted(map(str, typed.keys() - {"amount", "currency"}))
            if unknown:
                raise self.refuse("unknown-part", f"Money has an amount and a currency, no {unknown[0]}.")
            amount, currency = typed.get("amount"), typed.get("currency")
        else:
            amount, currency = typed, None
        if isinstance(amount, str) and (found := _CODE.match(amount.strip())):
            sign = found[1] or found[3]
            if sign and (not currency or currency in (sign, _code_of(sign))):
                amount, currency = found[2], _code_of(sign)
        return self._money(amount, currency or usual)

    def _money(self, amount: Any, currency: Any) -> Money | None:
        try:
            number = read_number(amount)
        except ValueError:
            raise self.refuse("not-an-amount", f"{shown(amount)} is not an amount.") from None
        if number is None:
            return None
        code = _code_of(currency.strip()) if isinstance(currency, str) else ""
        if code not in currencies():
            raise self.refuse("unknown-currency", f"{shown(currency)} is no currency's code, such as EUR.")
        least = self.settings.get("min")
        if least is not None and number < Decimal(str(least)):
            raise self.refuse("too-small", f"The amount must be at least {least}.")
        if abs(number) > LARGEST:
            raise self.refuse("too-large", f"The amount must be at most {LARGEST:,}.")
        return Money(number.quantize(_step(code)), code)

    def store(self, value: Money) -> tuple[Decimal, str]:
        """Amount and currency."""
        return value.amount, value.currency

    def load(self, *stored: Any) -> Money:
        """Amount and currency; the amount with the decimals of its currency."""
        amount, currency = stored
        return Money(amount.quantize(_step(currency)), currency)

    def dump(self, value: Money) -> dict[str, str]:
        """The amount as text, so that no reader rounds it."""
        return {"amount": f"{value.amount:f}", "currency": value.currency}

    def cells(self, value: Money) -> tuple[Decimal, str]:
        """Amount and currency."""
        return value.amount, value.currency

    def show(self, value: Money, reader: Reader = PLAIN) -> str:
        """The amount as the reader's language writes it."""
        return format_currency(value.amount, value.currency, locale=reader.locale.replace("-", "_"))
