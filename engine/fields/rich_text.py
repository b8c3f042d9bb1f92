"""Rich text: the few tags that formatting needs; everything else is taken out on the way in.

It is sanitised again when it is dumped, so that what was let in by an older, laxer
version never reaches a page.
"""

import html
import re
from typing import Any

import nh3

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text

TAGS = {"p", "br", "b", "strong", "i", "em", "u", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre", "h1", "h2", "h3", "h4", "hr"}
ATTRIBUTES = {"a": {"href", "title"}}
SCHEMES = {"http", "https", "mailto", "tel"}
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(br|/p|/li|/h[1-4]|hr)\b[^>]*>")


def sanitise(text: str) -> str:
    """The text without anything that could act when it is shown."""
    return nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


@field_types.register("rich_text")
class RichText(FieldType[str]):
    """Text with headings, lists and links, as safe HTML."""

    sortable = False
    searchable = True

    def parse(self, typed: Any, reader: Reader = PLAIN) -> str | None:
        """Sanitise the text; what has no words left in it is empty."""
        text = read_text(self, typed, lines=True)
        clean = sanitise(text).strip() if text else ""
        return clean if _TAG.sub("", clean).strip() else None

    def dump(self, value: str) -> str:
        """The text as safe HTML."""
        return sanitise(value)

    def show(self, value: str, reader: Reader = PLAIN) -> str:
        """The words alone."""
        return html.unescape(_TAG.sub("", _BREAK.sub("\n", value))).strip()
