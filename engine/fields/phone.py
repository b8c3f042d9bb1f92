"""Phone: a number that can be dialled from anywhere, in E.164 (extensions as in RFC 3966)."""

from typing import Any, ClassVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text, shown


@field_types.register("phone")
class Phone(FieldType[str]):
    """A telephone number. Without a prefix it belongs to the field's or the reader's country."""

    searchable = True
    reads: ClassVar[frozenset[str]] = frozenset(["region"])

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Read a number as people write it."""
        text = read_text(self, typed)
        if text is None:
            return None
        number, _, extension = text.partition(";ext=")
        found = _find(number, self.settings.get("region") or reader.region)
        if found is None and number.startswith("00"):
            found = _find(f"+{number[2:]}", None)  # as most of the world begins a call abroad
        if found is None:
            raise self.refuse("not-a-number", f"{shown(typed)} is not a telephone number.")
        extension = extension or found.extension or ""
        kept = phonenumbers.format_number(found, PhoneNumberFormat.E164).split(";")[0]
        return f"{kept};ext={extension}" if extension.isdigit() else kept

    def show(self, value: str, reader: Reader = PLAIN) -> str:
        """The number in groups, as it is written internationally."""
        number, _, extension = value.partition(";ext=")
        try:
            parsed = phonenumbers.parse(number)
        except NumberParseException:
            return value
        text = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
        return f"{text} ext. {extension}" if extension else text

    def text(self, value: str) -> str:
        """The digits, which is what people search for."""
        return value


def _find(text: str, region: str | None) -> PhoneNumber | None:
    try:
        found = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return found if phonenumbers.is_possible_number(found) else None
