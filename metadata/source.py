"""Files of a pack, and documents that can tell where everything in them stands."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from metadata.place import Place


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The text of one file of a pack. `path` is how diagnostics name it."""

    pack: str
    path: str
    text: str

    @property
    def hash(self) -> str:
        """What tells this text from every other."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One document: its kind and key, what it says, and which of its file's documents it is."""

    kind: str
    key: str
    data: dict[str, Any]
    source: SourceFile
    number: int
    start: Place

    @property
    def pack(self) -> str:
        """The pack it came with."""
        return self.source.pack

    def place(self, *path: str | int, at_key: bool = False, within: int | None = None) -> Place:
        """Where a part of the document stands: its value, or its key. Falls back to what is there.

        `within` counts characters into a text that stands on one line as it is written.
        """
        if not path:
            return self.start
        node = nodes_of(self.source.text)[self.number]
        mark = node.start_mark
        for step in path:
            found = _step(node, step)
            if found is None:
                return place_of(self.source.path, mark)
            key, node = found
            mark = key.start_mark if at_key and step == path[-1] and key else node.start_mark
        return place_of(self.source.path, mark, 0 if within is None else _shift(node, within))


@lru_cache(maxsize=32)
def nodes_of(text: str) -> tuple[yaml.Node, ...]:
    """The nodes of a text's documents, up to where it is broken.

    They weigh more than all that is made of them, and are only asked where a mistake stands:
    so they are made again then, and not kept.
    """
    nodes: list[yaml.Node] = []
    try:
        nodes.extend(compose(text))
    except (yaml.YAMLError, UnicodeError):
        return tuple(nodes)
    return tuple(nodes)


def compose(text: str) -> Iterator[yaml.Node]:
    """The nodes of a text's documents, one after the other. YAMLError where it is broken."""
    composed: Iterator[yaml.Node] = yaml.compose_all(text, Loader=yaml.CSafeLoader)
    return composed


def _step(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def _shift(node: yaml.Node, within: int) -> int:
    """How far into a node a character of its value stands; nothing when it can't be told."""
    if not isinstance(node, yaml.ScalarNode):
        return 0
    length = node.end_mark.index - node.start_mark.index
    quotes = 1 if node.style in {"'", '"'} else 0
    as_written = length == len(node.value) + 2 * quotes and node.end_mark.line == node.start_mark.line
    return min(within, len(node.value)) + quotes if as_written else 0


def place_of(file: str, mark: yaml.Mark, shift: int = 0) -> Place:
    """The place that a mark of the parser means."""
    return Place(file, mark.line + 1, mark.column + 1 + shift)
