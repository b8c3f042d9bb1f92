"""Files of a pack, read into documents that remember where everything stands.

YAML is composed by libyaml, twenty times faster than a parser in Python, and made
into values here: only truth values, numbers, text, lists and mappings, as YAML 1.2
resolves them, so that `no` and `on` stay the words they are. Tags, merge keys, other
people's objects and aliases that explode have no way in.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from metadata.diagnostics import Diagnostic
from metadata.place import Place

LARGEST_FILE = 1024 * 1024  # bytes
DEEPEST = 30
MOST_NODES = 50_000  # after every alias is followed

_TAGS = frozenset(f"tag:yaml.org,2002:{t}" for t in
    ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge"))  # fmt: skip
_NULL = re.compile(r"|~|null|Null|NULL")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


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
    """One document: its kind and key, what it says, and where it says it."""

    kind: str
    key: str
    data: dict[str, Any]
    pack: str
    file: str
    hash: str
    node: yaml.MappingNode = field(repr=False)

    def place(self, *path: str | int, at_key: bool = False) -> Place:
        """Where a part of the document stands: its value, or its key. Falls back to what is there."""
        node: yaml.Node = self.node
        mark = node.start_mark
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            key, node = found
            mark = key.start_mark if at_key and step == path[-1] and key else node.start_mark
        return _place(self.file, mark)


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
        return self._scalar(node)

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
        if node.style or (node.tag.endswith(":str") and not _BOOLEAN.fullmatch(text)):
            return text
        if _NULL.fullmatch(text):
            return None
        if _BOOLEAN.fullmatch(text):
            return text[0] in "tT"
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            number = Decimal(text)
            return int(number) if number == number.to_integral_value() and "." not in text else (
                float(number)
            )
        return text


_read: dict[tuple[str, str, str], tuple[tuple[Document, ...], tuple[Diagnostic, ...]]] = {}
MOST_REMEMBERED = 20_000


def read_source(
    source: SourceFile, kinds: Sequence[str]
) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    """The documents of a file, and everything that is wrong with how it is written.

    A text once read is remembered by its hash, so that publishing one changed file reads one.
    """
    key = (source.pack, source.path, source.hash)
    if key not in _read:
        if len(_read) >= MOST_REMEMBERED:
            _read.clear()
        _read[key] = _read_afresh(source, kinds)
    return _read[key]


def _read_afresh(
    source: SourceFile, kinds: Sequence[str]
) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    reader = _Reader(source.path)
    start = yaml.Mark(source.path, 0, 0, 0, None, None)
    if len(source.text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        reader.fault(start, "source.too-large", "A file of metadata is 1 MiB at most.")
        return (), tuple(reader.found)
    documents: list[Document] = []
    try:
        for node in yaml.compose_all(source.text, Loader=yaml.CSafeLoader):
            document = _document(reader, source, node, kinds)
            if document is not None:
                documents.append(document)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark or start
        words = ": ".join(filter(None, (broken.context, broken.problem)))
        reader.fault(mark, "source.malformed", f"This is not well-formed YAML: {words}.")
    except (yaml.YAMLError, UnicodeError, ValueError) as broken:
        at = getattr(broken, "position", 0)
        line = source.text.count("\n", 0, at)
        mark = yaml.Mark(source.path, at, line, 0, None, None)
        reader.fault(mark, "source.malformed", "There is a character here that YAML can't hold.")
    except RecursionError:
        reader.fault(start, "source.too-large", f"This file is nested deeper than {DEEPEST}.")
    return tuple(documents), tuple(reader.found)


def _document(
    reader: _Reader, source: SourceFile, node: yaml.Node, kinds: Sequence[str]
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
    return Document(kind, key, data, source.pack, source.path, source.hash, node)


def _step(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def _place(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)
