"""Email: an address that mail can be sent to, in one form."""

import re
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text, shown

SAFE_LENGTH = 200  # below every limit on a whole address
_PLAIN = re.compile(r"(?=.{1,64}$)[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*")


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
        box, _, domain = text.rpartition("@")
        try:
            if _PLAIN.fullmatch(box) and len(text) <= SAFE_LENGTH:
                return f"{box}@{_domain(domain)}".lower()
            return _normal(text).lower()
        except EmailNotValidError:
            raise self.refuse("not-an-address", f"{shown(typed)} is not an e-mail address.") from None


def _normal(text: str) -> str:
    return validate_email(text, check_deliverability=False, test_environment=True).normalized


@lru_cache(maxsize=10_000)
def _domain(domain: str) -> str:
    """A domain in its normal form. Many addresses share one, and checking it takes the longest."""
    return _normal(f"x@{domain}").removeprefix("x@")
