"""Reading what people type: shared by the field types that begin with text or a number."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from engine.fields.base import FieldType

_UNKEPT = re.compile("[\0\ud800-\udfff]")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_EUROPEAN = re.compile(r"[+-]?\d{1,3}(\.\d{3})*,\d+|[+-]?\d{1,3}(\.\d{3}){2,}")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


def read_text(field_type: FieldType[Any], typed: Any, *, lines: bool = False) -> str | None:
    """Text in its normal form, stripped; None when nothing is left. Refuses what is no text."""
    if typed is None:
        return None
    if isinstance(typed, bool) or not isinstance(typed, str | int | float | Decimal):
        raise field_type.refuse("not-text", "This must be text.")
    text = unicodedata.normalize("NFC", str(typed)).strip()
    if not text.isprintable() and _UNKEPT.search(text):
        raise field_type.refuse("not-text", "There is a character in this text that can't be kept.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines and "\n" in text:
        raise field_type.refuse("line-break", "This must stand on one line.")
    most = field_type.settings.get("max")
    if isinstance(most, int) and len(text) > most:
        raise field_type.refuse("too-long", f"This may have {most:,} characters; it has {len(text):,}.")
    return text or None


def read_number(typed: Any) -> Decimal | None:
    """A number as people and programs write it; None when it is empty. ValueError when it is none."""
    if typed is None:
        return None
    if isinstance(typed, bool) or not isinstance(typed, str | int | float | Decimal):
        raise ValueError
    text = str(typed).translate(_SPACES).strip()
    if not text:
        return None
    text = text.replace(" ", "").replace("'", "").replace("\u2212", "-")
    if _ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    elif _EUROPEAN.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    if not _PLAIN.fullmatch(text):
        raise ValueError
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite() or number.adjusted() > 30 or number.adjusted() < -30:
        raise ValueError
    return number


def split_words(text: str) -> list[Any]:
    """Words from one text, separated by semicolons or commas, or written as a JSON list."""
    if text.lstrip().startswith("["):
        try:
            words = orjson.loads(text)
        except orjson.JSONDecodeError:
            words = None
        if isinstance(words, list):
            return words
    return text.replace(";", ",").split(",")


def join_words(words: Sequence[str]) -> str:
    """Words in one text that `split_words` takes apart again."""
    if any("," in word or ";" in word or word.startswith("[") for word in words):
        return orjson.dumps(list(words)).decode()
    return "; ".join(words)


def within(field_type: FieldType[Any], number: Decimal | int, largest: int) -> None:
    """Refuse a number outside its field's limits, or larger than its column holds."""
    least, most = field_type.settings.get("min"), field_type.settings.get("max")
    if least is not None and number < Decimal(str(least)):
        raise field_type.refuse("too-small", f"The number must be at least {least}.")
    if most is not None and number > Decimal(str(most)):
        raise field_type.refuse("too-large", f"The number must be at most {most}.")
    if not -largest <= number <= largest:
        raise field_type.refuse("too-large", f"The number must be at most {largest:,}.")


def shown(value: Any) -> str:
    """A typed value as a refusal quotes it."""
    text = value if isinstance(value, str) else repr(value)
    return f'"{text[:60]}"'


