"""What was worked out before, so that publishing one changed document works out one."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Results by what they were worked out from. When it is full, it forgets all of them."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._kept: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """What was kept under a key, if it was."""
        return self._kept.get(key)

    def keep(self, key: K, result: V) -> V:
        """Keep a result, in place of what was kept under its key."""
        if len(self._kept) >= self._most:
            self._kept = {}
        self._kept[key] = result
        return result

    def recall(self, key: K, make: Callable[[], V]) -> V:
        """What was kept under a key; made, and kept, when nothing was."""
        found = self._kept.get(key)
        return self.keep(key, make()) if found is None else found
