"""A registry: names that point to what was registered under them, in the room above or here."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Things by name. Registering a name twice is a bug and raises ValueError."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._things: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate a thing to be found under this name."""

        def add(thing: T) -> T:
            if name in self._things:
                raise ValueError(f'There is already a {self._noun} "{name}".')
            self._things[name] = thing
            return thing

        return add

    def __getitem__(self, name: str) -> T:
        try:
            return self._things[name]
        except KeyError:
            known = ", ".join(sorted(self._things))
            message = f'There is no {self._noun} "{name}". Known names: {known}.'
            raise KeyError(message) from None

    def __contains__(self, name: object) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._things))
