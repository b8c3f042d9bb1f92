"""The fields that a filter may be built of, found by their words: own ones, and those along links."""

from collections.abc import Iterator, Mapping

from engine.access import gate
from engine.access.known import KnownEntities
from engine.context import Context
from metadata.ways import Way, find_way, ways_from
from ui_builder.rendering.choosing import Option
from ui_builder.rendering.filters.offers import Pairs, operators_of

MOST = 60
MOST_STEPS = 5
ICONS: Mapping[str, str] = {
    "text": "type",
    "number": "hash",
    "money": "banknote",
    "duration": "timer",
    "boolean": "toggle-left",
    "date": "calendar",
    "datetime": "calendar-clock",
    "choice": "list",
    "choices": "tags",
    "stage": "circle-dot",
    "pipeline": "route",
    "records": "layers",
}


class Fields:
    """What is open to the asker of the entities. `source` is where a panel asks for them by words."""

    def __init__(self, ctx: Context, source: str = "") -> None:
        self._ctx, self.source = ctx, source
        self.entities = KnownEntities(ctx, "filter")

    def way(self, entity: str, path: str) -> Way | None:
        """Where a path leads."""
        return find_way(self.entities, entity, path.split(".")) if path else None

    def operators(self, way: Way, now: str = "") -> Pairs:
        """How what a path leads to may be compared, as far as that names nothing closed."""
        offered = operators_of(way, now)
        if "teams" in list(self.entities["user"].relations):
            return offered
        return tuple((key, words) for key, words in offered if key != "mates")

    def search(self, entity: str, q: str = "", most: int = MOST) -> list[Option]:
        """The fields whose labels have these words: those that begin with them before all others.

        Fields of linked records are offered over one link, and over as many as the words name.
        """
        typed = " ".join(q.lower().split())
        found = [way for way in self._ways(entity, (), typed) if _has(way, typed)]
        found.sort(key=lambda way: (not way.label.lower().startswith(typed), len(way.labels)))
        return [self._option(way) for way in found[:most]]

    def _ways(self, entity: str, before: tuple[str, ...], typed: str) -> Iterator[Way]:
        for way in ways_from(self.entities, entity, before):
            if (way.field and way.field.hidden) or way.kind == "json":
                continue
            is_there = len(way.to) == 1 and gate.can(self._ctx, way.to[0], "read")
            if way.kind != "records" or is_there:
                yield way
            names = tuple(way.path.split("."))
            is_link = way.kind == "record" and is_there and not way.is_part
            is_named = typed.startswith(way.label.lower())
            usual = not before and way.field is not None and not way.field.system
            if is_link and len(names) < MOST_STEPS and (usual or is_named):
                yield from self._ways(entity, names, typed)

    def _option(self, way: Way) -> Option:
        kind = "Related records" if way.kind == "records" else ""
        linked = self.entities[way.to[0]].icon if way.kind == "record" and way.to else "link"
        return Option(way.path, way.label, kind, ICONS.get(way.kind, linked))


def _has(way: Way, typed: str) -> bool:
    label = way.label.lower()
    return all(word in label for word in typed.split())
