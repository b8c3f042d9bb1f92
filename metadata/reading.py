"""Reading the files of packs: the documents in them, and what is wrong with how they are written.

YAML is composed by libyaml, twenty times faster than a parser in Python, and made
into values here: only truth values, numbers, text, lists and mappings, as YAML 1.2
resolves them, so that `no` and `on` stay the words they are. Tags, merge keys, other
people's objects and aliases that explode have no way in.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from metadata.diagnostics import Diagnostic, way_on
from metadata.memory import Memory
from metadata.source import Document, SourceFile, compose, place_of

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
_UNTOLD = re.compile(rf"{_BOOLEAN.pattern}|[-+]?[0-9]+[eE][-+]?[0-9]{{1,3}}")  # text to YAML 1.1
_TEXT = "tag:yaml.org,2002:str"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNREAD: Any = object()  # in place of a value that may not stand there


@dataclass(frozen=True, slots=True)
class Read:
    """The documents of a file, what is wrong with it, and the keys that could not be read."""

    documents: tuple[Document, ...]
    found: tuple[Diagnostic, ...]
    lost: tuple[str, ...] = ()


_read: Memory[SourceFile, Read] = Memory()


def read_source(source: SourceFile, kinds: Sequence[str]) -> Read:
    """Read the documents of a file, of these kinds.

    A text once read is remembered, so that publishing one changed file reads one.
    """
    return _read.recall(source, lambda: _read_afresh(source, kinds))


def read_values(source: SourceFile) -> tuple[list[Any], tuple[Diagnostic, ...]]:
    """What a YAML or JSON file says that holds no documents, and everything that is wrong with it."""
    reader = _Reader(source.path)
    values: list[Any] = []
    _read_nodes(source, reader, lambda _number, node: values.append(reader.value(node)))
    return [None if value is _UNREAD else value for value in values], tuple(reader.found)


class _Reader:
    """Makes values of the nodes of one file, and notes what may not stand there."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Diagnostic] = []
        self.lost: list[str] = []  # keys whose values could not be read
        self._count = 0
        self.exploded = False

    def fault(self, mark: Any, code: str, message: str, hint: str = "") -> None:
        self.found.append(Diagnostic(place_of(self.file, mark), code, message, hint))

    def value(self, node: yaml.Node, depth: int = 0) -> Any:
        self._count += 1
        if self.exploded:
            return _UNREAD
        if self._count > MOST_NODES or depth > DEEPEST:
            self.exploded = True
            words = "grows too large when its aliases are followed" if self._count > MOST_NODES else (
                f"is nested deeper than {DEEPEST}"
            )
            self.fault(node.start_mark, "source.too-large", f"This file {words}.")
            return _UNREAD
        if node.tag not in _TAGS:
            message = f'The tag "{node.tag}" has no meaning here.'
            self.fault(node.start_mark, "source.tag", message, "Write the value itself.")
            return _UNREAD
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            values = (self.value(each, depth + 1) for each in node.value)
            return [value for value in values if value is not _UNREAD]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        is_whole = True
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node.start_mark, "source.key", "A key must be a word or text.")
                continue
            key = key_node.value
            if key == "<<" and not key_node.style:
                message = 'Merge keys ("<<") are not read.'
                self.fault(key_node.start_mark, "source.tag", message, "Write the values themselves.")
                is_whole = False
                continue
            if key in values:
                self.fault(
                    key_node.start_mark,
                    "source.duplicate-key",
                    f'The key "{key}" stands here a second time.',
                    "Keep one of the two.",
                )
                continue
            value = self.value(value_node, depth + 1)
            if value is _UNREAD:
                self.lost.append(key)
            else:
                values[key] = value
        return values if is_whole else _UNREAD

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if _CONTROL.search(text):
            message = "There is a control character in this text."
            self.fault(node.start_mark, "source.control-character", message)
            return _UNREAD
        if node.style or (node.tag == _TEXT and not _UNTOLD.fullmatch(text)):
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


def _read_afresh(source: SourceFile, kinds: Sequence[str]) -> Read:
    reader = _Reader(source.path)
    documents: list[Document] = []

    def take(number: int, node: yaml.Node) -> None:
        document = _document(reader, source, number, node, kinds)
        if document is not None:
            documents.append(document)

    _read_nodes(source, reader, take)
    return Read(tuple(documents), tuple(reader.found), tuple(reader.lost))


def _read_nodes(
    source: SourceFile, reader: _Reader, take: Callable[[int, yaml.Node], None]
) -> None:
    start = yaml.Mark(source.path, 0, 0, 0, None, 0)
    if len(source.text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        reader.fault(start, "source.too-large", "A file of metadata is 1 MiB at most.")
        return
    try:
        for number, node in enumerate(compose(source.text)):
            take(number, node)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark or start
        if broken.context_mark and mark.index >= len(source.text.rstrip()):
            mark = broken.context_mark  # what is never closed is told where it was opened
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
    if not data or data is _UNREAD or reader.exploded:
        return None
    kind, key = next(iter(data.items()))
    if kind not in kinds:
        reader.fault(
            node.start_mark,
            "document.unknown-kind",
            f'"{kind}" is no kind of document.',
            f"The first key names the kind. {way_on(kind, kinds, 'kinds')}",
        )
        return None
    if not isinstance(key, str) or not key:
        message = f'"{kind}:" must be followed by the key of the {kind}.'
        reader.fault(node.start_mark, "document.no-key", message)
        return None
    return Document(kind, key, data, source, number, place_of(source.path, node.start_mark))
