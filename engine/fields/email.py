"""Email: an address that mail can be sent to, in one form."""

from email.utils import parseaddr
from typing import Any

from email_validator import EmailNotValidError, validate_email

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text, shown


@field_types.register("email")
class Email(FieldType[str]):
    """An address in lower case: no mailbox of today tells cases apart."""

    searchable = True

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Read an address, alone or as mail programs write it with a name."""
        text = read_text(self, typed)
        if text is None:
            return None
        if text.endswith(">"):
            text = parseaddr(text)[1] or text
        try:
            return validate_email(
                text, check_deliverability=False, test_environment=True
            ).normalized.lower()
        except EmailNotValidError:
            raise self.refuse("not-an-address", f"{shown(typed)} is not an e-mail address.") from None
