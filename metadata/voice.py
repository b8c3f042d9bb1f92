"""How parts of documents are said in the names of now, whatever shape they turn out to have.

A part that is not what it should be stays as it is: the checks have told of it, or will.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from metadata.renaming import Speaker


@dataclass(frozen=True, slots=True)
class Voice:
    """What speaks of the names of one entity; `outer` is the one that `parent` means."""

    speaker: Speaker
    entity: str
    outer: str = ""

    def of(self, entity: str) -> "Voice":
        """The voice that speaks of another entity."""
        return Voice(self.speaker, entity)

    def beyond(self, relation: str) -> "Voice":
        """The voice that speaks of what a relation leads to."""
        return Voice(self.speaker, self.speaker.beyond(self.entity, relation), self.entity)

    def key(self, said: Any) -> Any:
        """A field or relation."""
        return self.speaker.key(self.entity, said) if isinstance(said, str) else said

    def path(self, said: Any) -> Any:
        """A path over links, as it may stand in an order."""
        return self.speaker.path(self.entity, said) if isinstance(said, str) else said

    def condition(self, said: Any) -> Any:
        """The text of an expression."""
        if not isinstance(said, str):
            return said
        return self.speaker.expression(self.entity, said, self.outer)

    def default(self, said: Any) -> Any:
        """A value, or an expression behind its sign."""
        is_computed = isinstance(said, str) and said.startswith("=")
        return f"={self.condition(said[1:])}" if is_computed else said

    def keys(self, said: Any) -> Any:
        """The keys of a mapping. What is said under a name of now has the word."""
        if not isinstance(said, dict):
            return said
        now = {key: self.key(key) for key in said}
        return {now[key]: value for key, value in said.items() if now[key] == key or now[key] not in said}


def part(data: Any, **say: Callable[[Any], Any]) -> Any:
    """A mapping with some of its properties said anew, those that it has."""
    if not isinstance(data, dict):
        return data
    return {key: say[key](value) if key in say else value for key, value in data.items()}


def each(say: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same for each item of a list, or each value of a mapping; or for the one there is."""

    def of_all(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: say(value) for key, value in data.items()}
        return [say(value) for value in data] if isinstance(data, list) else say(data)

    return of_all
