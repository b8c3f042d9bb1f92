"""Many ids are asked for in portions, since a statement takes only so many values."""

from collections.abc import Iterator, Sequence

MOST_AT_ONCE = 500


def portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in portions that one statement takes."""
    return (ids[at : at + MOST_AT_ONCE] for at in range(0, len(ids), MOST_AT_ONCE))
