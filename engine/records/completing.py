"""What may come next in an expression that somebody is writing: names, functions, values.

The text before the cursor is only glanced at, for it can't be read yet. Nobody is offered a
name that is closed to them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.access import gate
from engine.access.known import KnownEntities
from engine.context import Context
from engine.errors import Denied
from engine.records.glance import Glance, glance
from metadata.functions import FUNCTIONS, TO_MANY, UNITS, WRITES
from metadata.printing import print_text
from metadata.value_types import ORDERED, known_values
from metadata.ways import Way, find_way, ways_from

MOST = 12
COMPARING = ("==", "!=")
ORDERING = (">", ">=", "<", "<=")
JOINING = ("and", "or")


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that may stand in place of the last `replaces` characters before the cursor."""

    text: str
    words: str
    replaces: int


def complete(ctx: Context, entity: str, before: str) -> list[Completion]:
    """What may come next behind a text, the likeliest first."""
    seen = glance(before)
    if seen.after_value and not seen.word and before[-1:].strip():
        return []  # what ends here may be all of it
    try:
        completing = _Completing(ctx, entity, seen)
        found = list(completing.values() if seen.quote else completing.names())
    except Denied:
        return []
    return found[:MOST]


class _Completing:
    def __init__(self, ctx: Context, entity: str, seen: Glance) -> None:
        self._ctx, self._seen = ctx, seen
        self._entities = KnownEntities(ctx, "filter")
        self._scopes = [entity]
        for name in seen.relations:
            way = self._find(name)
            self._scopes.append(way.to[0] if way and way.kind == "records" and way.to else self._scopes[-1])

    def _find(self, path: str) -> Way | None:
        """Where a path leads, from the entity that is spoken of at the cursor."""
        names = path.split(".")
        if names[0] == "me":
            return find_way(self._entities, "user", names[1:]) if names[1:] else None
        if names[0] == "parent" and len(self._scopes) > 1:
            return find_way(self._entities, self._scopes[-2], names[1:]) if names[1:] else None
        return find_way(self._entities, self._scopes[-1], names)

    def values(self) -> Iterator[Completion]:
        """The values that a text which is begun may be."""
        typed = self._seen.word
        way = self._find(self._seen.compared) if self._seen.compared else None
        known = dict.fromkeys(known_values(way.field) if way and way.field else (), "")
        for key in known:
            known[key] = _label(way, key)
        if self._seen.function in {"start_of", "end_of"}:
            known = dict.fromkeys(UNITS, "")
        for key, label in known.items():
            if typed.lower() in key.lower() or typed.lower() in label.lower():
                yield Completion(print_text(key), label, len(typed) + 1)

    def names(self) -> Iterator[Completion]:
        """The names that may stand where a word is begun, or the signs behind one that is done."""
        base, dot, typed = self._seen.word.rpartition(".")
        if not self._seen.word and self._seen.after_value:
            yield from self._signs()
            return
        ways = self._beyond(base) if dot else self._steps(self._scopes[-1])
        shown = [(way.path.rpartition(".")[2], way) for way in ways]
        for name, way in _fitting(typed, shown):
            yield Completion(f"{base}{dot}{name}", way.labels[-1], len(self._seen.word))
        if dot:
            return
        if typed and "me".startswith(typed):
            yield Completion("me", "Whoever looks", len(typed))
        for name in (n for n in FUNCTIONS if typed and n.startswith(typed) and n not in WRITES):
            about = "Related records" if name in TO_MANY else "Function"
            yield Completion(f"{name}(", about, len(typed))

    def _beyond(self, base: str) -> Iterable[Way]:
        names = tuple(base.split("."))
        if names[0] == "me":
            return self._steps("user", names[1:])
        if names[0] == "parent" and len(self._scopes) > 1:
            return self._steps(self._scopes[-2], names[1:])
        way = find_way(self._entities, self._scopes[-1], names)
        if way and way.kind == "records" and way.to:  # a value of related records, to be summed up
            return self._steps(way.to[0])
        return self._steps(self._scopes[-1], names)

    def _steps(self, entity: str, names: tuple[str, ...] = ()) -> Iterator[Way]:
        """The ways that go on by one step: along a link, or to a part of a value."""
        above = ways_from(self._entities, entity, names[:-1]) if names else ()
        for way in (*above, *ways_from(self._entities, entity, names)):
            steps = tuple(way.path.split("."))
            if steps[:-1] == names and gate.can(self._ctx, way.entity, "read"):
                yield way

    def _signs(self) -> Iterator[Completion]:
        way = self._find(self._seen.last) if self._seen.last else None
        signs: tuple[str, ...] = JOINING
        if way and way.kind != "boolean" and not self._seen.is_compared:
            signs = (*COMPARING, *(ORDERING if way.kind in ORDERED else ("in",)))
        for sign in signs:
            yield Completion(f"{sign} ", "", 0)


def _fitting(typed: str, shown: list[tuple[str, Way]]) -> Iterator[tuple[str, Way]]:
    """Those that begin as what is typed, then those that are called so."""
    low = typed.lower()
    first = [each for each in shown if each[0].startswith(low)]
    yield from first
    for name, way in shown:
        label = way.labels[-1].lower()
        if (name, way) not in first and low and (low in name or low in label):
            yield name, way


def _label(way: Way | None, key: str) -> str:
    settings = way.field.settings if way and way.field else {}
    stages = [s for road in settings.get("pipelines") or () for s in road.stages.values()]
    return next((e.label for e in (*(settings.get("choices") or ()), *stages) if e.key == key), "")
