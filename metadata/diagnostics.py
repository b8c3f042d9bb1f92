"""What is wrong with a piece of metadata, said so that its author can mend it.

Reading metadata never stops at the first mistake: every check appends to one
`Diagnostics` list, and only the end of compilation decides whether there is a
catalog to return.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from metadata.place import Place

NEAR = 60  # of 100: how alike two names must be for one to be suggested for the other


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing wrong: where, with which code, in plain words, and the way on."""

    place: Place
    code: str
    message: str
    hint: str = ""
    severity: str = "error"  # error or warning

    def __str__(self) -> str:
        lines = [f"{self.place}  {self.severity}  {self.code}", f"  {self.message}"]
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class Diagnostics:
    """All that was found, in the order of files and lines."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []
        self._lost: set[tuple[str, str, str]] = set()

    def error(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note something that keeps the metadata from being used."""
        self._found.append(Diagnostic(place, code, message, hint))

    def warn(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note something that the author should know, and that can be lived with."""
        self._found.append(Diagnostic(place, code, message, hint, "warning"))

    def missing(
        self, noun: str, name: str, place: Place, code: str, message: str, hint: str, *, of: str = ""
    ) -> None:
        """Note that a name is not there, unless it was lost by a mistake that was told already."""
        if name and not self.has_lost(noun, name, of):
            self.error(place, code, message, hint)

    def add(self, diagnostic: Diagnostic) -> None:
        """Note what was put into words elsewhere."""
        self._found.append(diagnostic)

    def extend(self, found: Iterable[Diagnostic]) -> None:
        """Take over what was found elsewhere."""
        self._found.extend(found)

    def lose(self, noun: str, name: str, of: str = "") -> None:
        """Remember what could not be read: a part of something, or of anything when that is unknown.

        Its absence is nobody else's mistake.
        """
        self._lost.add((noun, name, of))

    def has_lost(self, noun: str = "", name: str = "", of: str = "") -> bool:
        """Whether something of that name, or anything of that kind, could not be read."""
        if name:
            return bool({(noun, name, of), (noun, name, "")} & self._lost)
        return any(noun in {each, ""} for each, _, _ in self._lost)

    @property
    def has_errors(self) -> bool:
        """Whether anything found is an error."""
        return any(each.severity == "error" for each in self._found)

    def __iter__(self) -> Iterator[Diagnostic]:
        order = {id(each): at for at, each in enumerate(self._found)}
        return iter(
            sorted(
                dict.fromkeys(self._found),
                key=lambda d: (d.place.file, d.place.line, d.place.column, order[id(d)]),
            )
        )

    def __len__(self) -> int:
        return len(self._found)

    def __str__(self) -> str:
        return "\n".join(map(str, self))


def suggest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like a given one, if any is like it at all."""
    best = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=NEAR)
    return best[0] if best else None


def way_on(name: str, known: Iterable[str], noun: str = "names") -> str:
    """A hint: the nearest valid name, and those there are."""
    names = sorted(set(known))
    nearest = suggest(name, names)
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    first = f'Did you mean "{nearest}"? ' if nearest else ""
    return f"{first}Known {noun}: {shown or 'none'}."
