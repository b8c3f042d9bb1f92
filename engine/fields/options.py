"""What a field lets its values be chosen from, found by key or by what people call it."""

from collections.abc import Iterable, Mapping
from typing import Any

from metadata.catalog import Choice


class Options:
    """Choices by key, and by key, label and alias as people and files have them."""

    def __init__(self, said: Iterable[Any]) -> None:
        self.choices = [_choice(each) for each in said]
        self.by_key = {choice.key: choice for choice in self.choices}
        self._typed = {_alike(word): c.key for c in self.choices for word in c.aliases}
        self._typed |= {_alike(choice.label): choice.key for choice in self.choices}
        self._typed |= {_alike(choice.key): choice.key for choice in self.choices}

    def find(self, typed: Any) -> str | None:
        """The key of the choice that is meant, if there is one."""
        if not isinstance(typed, str):
            return None
        return typed if typed in self.by_key else self._typed.get(_alike(typed))

    def label(self, key: str) -> str:
        """What people call a choice; the key when it is no longer one."""
        choice = self.by_key.get(key)
        return choice.label if choice else key

    def names(self) -> str:
        """What may be chosen, for a refusal to list."""
        offered = [choice.label for choice in self.choices if not choice.retired]
        return ", ".join(offered[:20]) + (", …" if len(offered) > 20 else "")


def _choice(said: Any) -> Choice:
    if isinstance(said, Mapping):
        key = str(said.get("key") or said.get("label"))
        label = str(said.get("label") or _words(key))
        return Choice(key=key, label=label, aliases=tuple(said.get("aliases") or ()))
    if isinstance(said, str):
        return Choice(key=said, label=_words(said))
    if isinstance(said, Choice):
        return said
    return Choice(
        key=str(said.key),
        label=str(said.label),
        color=getattr(said, "color", ""),
        aliases=said.aliases,
    )


def _alike(text: str) -> str:
    """What two spellings of a choice share: `NO_BUDGET` and `No budget`."""
    return " ".join(text.replace("_", " ").casefold().split())


def _words(key: str) -> str:
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]
