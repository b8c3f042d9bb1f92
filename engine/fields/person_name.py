"""Person name: what a person is called, in parts that sort and greet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import read_text, shown
from engine.storage.types import PlainText

PARTS = ("first", "last")
PARTICLES = frozenset(["van", "von", "de", "der", "den", "del", "della", "di", "da", "la", "le", "ter", "ten", "zu", "zur", "vom", "dos", "bin", "al"])


@dataclass(frozen=True, slots=True)
class PersonName:
    """A first and a last name; either may be missing, not both."""

    first: str | None
    last: str | None

    @property
    def full(self) -> str:
        """Both, in the order they are said."""
        return " ".join(filter(None, (self.first, self.last)))


@field_types.register("person_name")
class PersonNameField(FieldType[PersonName]):
    """A name. Its first column is the whole, which sorts and searches."""

    searchable = True
    parts: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "first": ("first name", "given name", "forename"),
        "last": ("last name", "surname", "family name"),
    }
    shape: ClassVar[Mapping[str, Any]] = {"type": "object", "properties": {"first": {"type": "string"}, "last": {"type": "string"}}}

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """The whole name, and its parts."""
        return {"": PlainText(), "first": PlainText(), "last": PlainText()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> PersonName | None:
        """Read a name in parts, or divide one that is whole."""
        if isinstance(typed, PersonName):
            return typed
        if not isinstance(typed, dict):
            text = read_text(self, typed)
            return _divide(text) if text else None
        unknown = sorted(str(name) for name in typed if name not in PARTS)
        if unknown:
            raise self.refuse("unknown-part", f"A name has the parts first and last, no {shown(unknown[0])}.")
        first, last = (read_text(self, typed.get(part)) for part in PARTS)
        return PersonName(first, last) if first or last else None

    def store(self, value: PersonName) -> tuple[Any, ...]:
        """The whole, then the parts."""
        return value.full, value.first, value.last

    def load(self, *stored: Any) -> PersonName:
        """The parts."""
        return PersonName(stored[1], stored[2])

    def dump(self, value: PersonName) -> dict[str, str]:
        """The parts there are."""
        return {part: text for part in PARTS if (text := getattr(value, part))}

    def show(self, value: PersonName, reader: Reader = PLAIN) -> str:
        """The whole name."""
        return value.full

    def operand(self, value: PersonName) -> str:
        """The whole name."""
        return value.full

    def facts(self, value: PersonName) -> Mapping[str, Any]:
        """The parts."""
        return {"first": value.first, "last": value.last}


def _divide(text: str) -> PersonName:
    """The last word is the last name, with the particles before it; one word alone is a last name."""
    if text.count(",") == 1:
        last, first = (part.strip() for part in text.split(","))
        return PersonName(first or None, last or None)
    words = text.split()
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in PARTICLES:
        at -= 1
    return PersonName(" ".join(words[:at]) or None, " ".join(words[at:]))
