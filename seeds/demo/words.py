"""What the demo is written with: names, places and phrases from the files beside, and a die.

The same seed rolls the same numbers on every machine and day, so that a customer met
today has the same name tomorrow.
"""

import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from metadata.reading import read_source
from metadata.source import SourceFile

FOLDER = Path(__file__).parent
T = TypeVar("T")


@cache
def words(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The documents of a file, by their keys."""
    path = f"{name}.yaml"
    text = (FOLDER / path).read_text("utf-8")
    read = read_source(SourceFile("demo", path, text), ("words", "sample"))
    if read.found:
        raise ValueError(str(read.found[0]))
    return {document.key: document.data for document in read.documents}


class Dice(random.Random):
    """Chance that repeats itself. Nothing secret is made of it."""

    def one_of(self, things: Sequence[T]) -> T:
        """Any of them."""
        return things[int(self.random() * len(things))]

    def some_of(self, things: Sequence[T], most: int) -> list[T]:
        """One to `most` of them, in their order."""
        count = min(len(things), 1 + int(self.random() * most))
        chosen = set(self.sample(range(len(things)), count))
        return [thing for at, thing in enumerate(things) if at in chosen]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """A key, the likelier the greater its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def happens(self, percent: float) -> bool:
        """Whether something of this likelihood is so."""
        return self.random() * 100 < percent

    def number(self, limits: Sequence[int]) -> int:
        """A whole number between two, small ones likelier than large ones."""
        least, most = limits
        return least + int((most - least) * self.random() ** 2)
