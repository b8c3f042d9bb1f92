"""What the importer should know beside the counts: names nobody has, names several have."""

from collections.abc import Iterator, Mapping

from engine.records.transfer.links import Links
from metadata.catalog import Catalog, Entity

MOST = 20  # names that one note lists


def made_words(catalog: Catalog, made: Mapping[str, int]) -> str:
    """What else was made because cells named it: `40 new lions, 1 new zebra`."""
    return ", ".join(_count(count, catalog.entities[key]) for key, count in made.items())


def notes_on(links: Links, catalog: Catalog) -> Iterator[str]:
    """What an import found out about the records that its cells name."""
    for label in dict.fromkeys(label for label, _ in links.unknown):
        found = {name: n for (of, name), n in links.unknown.most_common() if of == label}
        rows = sum(found.values())
        listed = _list([f"{name} ({count:,})" for name, count in found.items()])
        yield f"{label}: left out of {rows:,} {'row' if rows == 1 else 'rows'}, not known here: {listed}."
    for key, names in links.several.items():
        plural = catalog.entities[key].plural.lower()
        yield f"Several {plural} go by the same name, and the oldest was taken: {_list(sorted(names))}."


def _count(number: int, entity: Entity) -> str:
    return f"{number:,} new {(entity.label if number == 1 else entity.plural).lower()}"


def _list(words: list[str]) -> str:
    more = len(words) - MOST
    return ", ".join(words[:MOST]) + (f" and {more:,} more" if more > 0 else "")
