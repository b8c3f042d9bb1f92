"""Tags: free words to group records by."""

from typing import Any

from sqlalchemy.types import TypeEngine

from engine.fields.base import PLAIN, FieldType, Reader, field_types
from engine.fields.reading import join_words, read_text, shown, split_words
from engine.storage.types import Json

MOST = 50
LONGEST = 60


@field_types.register("tags")
class Tags(FieldType[list[str]]):
    """Words, each once whatever its case, in the order they were given."""

    value_type = "choices"
    multiple = True
    sortable = False
    searchable = True

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """A JSON list."""
        return {"": Json()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> list[str] | None:
        """Read words from a list, or from text separated by commas or semicolons."""
        if typed is None:
            return None
        if isinstance(typed, str):
            typed = split_words(typed)
        if not isinstance(typed, list | tuple):
            raise self.refuse("not-words", f"{shown(typed)} is not a list of words.")
        words: dict[str, str] = {}
        for each in typed:
            word = read_text(self, each)
            if word is not None:
                words.setdefault(word.casefold(), word)
        if len(words) > MOST or any(len(word) > LONGEST for word in words.values()):
            message = f"There may be {MOST} tags of {LONGEST} characters each."
            raise self.refuse("too-many", message)
        return list(words.values()) or None

    def typed(self, value: list[str], reader: Reader = PLAIN) -> str:
        """The words with commas between; as a list when a word has a comma of its own."""
        text = join_words(value)
        return text if text.startswith("[") else self.show(value, reader)

    def cells(self, value: list[str]) -> tuple[str]:
        """The words in one text."""
        return (join_words(value),)

    def show(self, value: list[str], reader: Reader = PLAIN) -> str:
        """The words, separated by commas."""
        return ", ".join(value)
