"""URL: an address that a browser may be sent to."""

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text, shown

SCHEMES = frozenset(("http", "https", "mailto", "tel"))
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+|localhost|\[[0-9a-fA-F:.]+\]")


@field_types.register("url")
class Url(FieldType[str]):
    """An http, https, mailto or tel address; a bare domain is one of https."""

    searchable = True

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Read an address; schemes that could act in a browser are refused."""
        text = read_text(self, typed)
        if text is None:
            return None
        if not _SCHEME.match(text):
            text = f"https://{text}"
        try:
            parts = urlsplit(text)
            host = parts.hostname or ""
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            raise self.refuse("not-an-address", f"{shown(typed)} is not a web address.") from None
        if parts.scheme.lower() not in SCHEMES:
            known = ", ".join(sorted(SCHEMES))
            raise self.refuse("scheme", f"A web address begins with one of: {known}.")
        if any(character.isspace() for character in text):
            raise self.refuse("not-an-address", f"{shown(typed)} is not a web address.")
        if parts.scheme.lower() in {"mailto", "tel"}:
            return text
        if not _HOST.fullmatch(host if ":" not in host else f"[{host}]") or "@" in parts.netloc:
            raise self.refuse("not-an-address", f"{shown(typed)} is not a web address.")
        netloc = f"[{host}]{port}" if ":" in host else f"{host}{port}"
        return urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, parts.fragment))

    def show(self, value: str, reader: Reader = PLAIN) -> str:
        """The address without what every address begins with."""
        short = value.removeprefix("https://").removeprefix("http://").removeprefix("www.")
        return short.removeprefix("mailto:").removeprefix("tel:").rstrip("/")
