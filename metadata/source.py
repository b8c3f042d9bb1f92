"""Files of a pack, read into documents that remember where everything stands.

YAML is composed by libyaml, twenty times faster than a parser in Python, and made
into values here: only truth values, numbers, text, lists and mappings, as YAML 1.2
resolves them, so that `no` and `on` stay the words they are. Tags, merge keys, other
people's objects and aliases that explode have no way in.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from metadata.diagnostics import Diagnostic
from metadata.memory import Memory
from metadata.place import Place

LARGEST_FILE = 1024 * 1024  # bytes
DEEPEST = 30
MOST_NODES = 50_000  # after every alias is followed
LARGEST_NUMBER = 1e18

_TAGS = frozenset(f"tag:yaml.org,2002:{t}" for t in
    ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge"))  # fmt: skip
_NULL = re.compile(r"|~|null|Null|NULL")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


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

    def place(self, *path: str | int, at_key: bool = False, within: int = 0) -> Place:
        """Where a part of the document stands: its value, or its key. Falls back to what is there.

        `within` counts characters into a value that stands on one line as it is written.
        """
        if not path:
            return self.start
        node = _nodes(self.source.text)[self.number]
        mark = node.start_mark
        for step in path:
            found = _step(node, step)
            if found is None:
                return _place(self.source.path, mark)
            key, node = found
            mark = key.start_mark if at_key and step == path[-1] and key else node.start_mark
        return _place(self.source.path, mark, 0 if at_key else _shift(node, within))


@lru_cache(maxsize=32)
def _nodes(text: str) -> tuple[yaml.Node, ...]:
    """The nodes of a text's documents, up to where it is broken.

    They weigh more than all that is made of them, and are only asked where a mistake stands:
    so they are made again then, and not kept.
    """
    nodes: list[yaml.Node] = []
    try:
        nodes.extend(_compose(text))
    except (yaml.YAMLError, UnicodeError):
        return tuple(nodes)
    return tuple(nodes)


def _compose(text: str) -> Iterator[yaml.Node]:
    composed: Iterator[yaml.Node] = yaml.compose_all(text, Loader=yaml.CSafeLoader)
    return composed


class _Reader:
    """Makes values of the nodes of one file, and notes what may not stand there."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Diagnostic] = []
        self._count = 0
        self._exploded = False

    def fault(self, mark: Any, code: str, message: str, hint: str = "") -> None:
        self.found.append(Diagnostic(_place(self.file, mark), code, message, hint))

    def value(self, node: yaml.Node, depth: int = 0) -> Any:
        self._count += 1
        if self._exploded:
            return None
        if self._count > MOST_NODES or depth > DEEPEST:
            self._exploded = True
            words = "grows too large when its aliases are followed" if self._count > MOST_NODES else (
                f"is nested deeper than {DEEPEST}"
            )
            self.fault(node.start_mark, "source.too-large", f"This file {words}.")
            return None
        if node.tag not in _TAGS or (node.tag.endswith(":merge")):
            self.fault(
                node.start_mark,
                "source.tag",
                f'The tag "{node.tag}" has no meaning here.'
                if node.tag not in _TAGS
                else 'Merge keys ("<<") are not read.',
                "Write the value itself.",
            )
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, depth + 1) for each in node.value]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node.start_mark, "source.key", "A key must be a word or text.")
                continue
            key = key_node.value
            if key == "<<" and not key_node.style:
                self.fault(key_node.start_mark, "source.tag", 'Merge keys ("<<") are not read.')
                continue
            if key in values:
                self.fault(
                    key_node.start_mark,
                    "source.duplicate-key",
                    f'The key "{key}" stands here a second time.',
                    "Keep one of the two.",
                )
                continue
            values[key] = self.value(value_node, depth + 1)
        return values

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if _CONTROL.search(text):
            message = "There is a control character in this text."
            self.fault(node.start_mark, "source.control-character", message)
            return None
        if node.style or (node.tag.endswith(":str") and not _BOOLEAN.fullmatch(text)):
            return text
        if _NULL.fullmatch(text):
            return None
        if _BOOLEAN.fullmatch(text):
            return text[0] in "tT"
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text) and abs(number := float(text)) < LARGEST_NUMBER:
            return int(number) if number.is_integer() and "." not in text else number
        return text


Read = tuple[tuple[Document, ...], tuple[Diagnostic, ...]]
_read: Memory[SourceFile, Read] = Memory()


def read_source(source: SourceFile, kinds: Sequence[str]) -> Read:
    """The documents of a file, and everything that is wrong with how it is written.

    A text once read is remembered, so that publishing one changed file reads one.
    """
    return _read.recall(source, lambda: _read_afresh(source, kinds))


def read_values(source: SourceFile) -> tuple[list[Any], tuple[Diagnostic, ...]]:
    """What a YAML or JSON file says that holds no documents, and everything that is wrong with it."""
    reader = _Reader(source.path)
    values: list[Any] = []
    _read_nodes(source, reader, lambda _number, node: values.append(reader.value(node)))
    return values, tuple(reader.found)


def _read_afresh(source: SourceFile, kinds: Sequence[str]) -> Read:
    reader = _Reader(source.path)
    documents: list[Document] = []

    def take(number: int, node: yaml.Node) -> None:
        document = _document(reader, source, number, node, kinds)
        if document is not None:
            documents.append(document)

    _read_nodes(source, reader, take)
    return tuple(documents), tuple(reader.found)


def _read_nodes(
    source: SourceFile, reader: _Reader, take: Callable[[int, yaml.Node], None]
) -> None:
    start = yaml.Mark(source.path, 0, 0, 0, None, 0)
    if len(source.text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        reader.fault(start, "source.too-large", "A file of metadata is 1 MiB at most.")
        return
    try:
        for number, node in enumerate(_compose(source.text)):
            take(number, node)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark or start
        words = ": ".join(filter(None, (broken.context, broken.problem)))
        reader.fault(mark, "source.malformed", f"This is not well-formed YAML: {words}.")
    except (yaml.YAMLError, UnicodeError, ValueError) as broken:
        at = getattr(broken, "position", 0)
        line = source.text.count("\n", 0, at)
        mark = yaml.Mark(source.path, at, line, 0, None, 0)
        reader.fault(mark, "source.malformed", "There is a character here that YAML can't hold.")
    except RecursionError:
        reader.fault(start, "source.too-large", f"This file is nested deeper than {DEEPEST}.")


def _document(
    reader: _Reader, source: SourceFile, number: int, node: yaml.Node, kinds: Sequence[str]
) -> Document | None:
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return None  # an empty document between two separators
    if not isinstance(node, yaml.MappingNode) or not node.value:
        message = "A document is a mapping whose first key names its kind."
        reader.fault(node.start_mark, "document.not-a-mapping", message)
        return None
    data = reader.value(node)
    if not data:
        return None
    kind, key = next(iter(data.items()))
    if kind not in kinds:
        reader.fault(
            node.start_mark,
            "document.unknown-kind",
            f'"{kind}" is no kind of document.',
            f"The first key names the kind. Known kinds: {', '.join(sorted(kinds))}.",
        )
        return None
    if not isinstance(key, str) or not key:
        message = f'"{kind}:" must be followed by the key of the {kind}.'
        reader.fault(node.start_mark, "document.no-key", message)
        return None
    return Document(kind, key, data, source, number, _place(source.path, node.start_mark))


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
    return min(within, len(node.value)) + quotes if within and as_written else 0


def _place(file: str, mark: yaml.Mark, shift: int = 0) -> Place:
    return Place(file, mark.line + 1, mark.column + 1 + shift)
