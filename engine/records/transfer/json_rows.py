"""Rows of a JSON file: a list of objects, or an object on each line. Members are columns."""

from collections.abc import Iterator
from typing import Any

import orjson

from engine.errors import Invalid, TooLarge
from engine.records.transfer.opening import Opened
from engine.records.transfer.raw import RawRows

LARGEST = 20 * 1024 * 1024  # objects are held in memory, and take ten times their size


def find_rows(opened: Opened) -> RawRows:
    """The objects of a file as rows, under the names of all their members."""
    if len(opened.content) > LARGEST:
        message = f'"{opened.name}" is JSON of more than {LARGEST // 1024 // 1024} MB. Use CSV.'
        raise TooLarge("file.too-large", message)
    text = opened.content.decode(opened.encoding).removeprefix("\ufeff")
    objects = _read_list(opened, text) if text.lstrip()[:1] == "[" else _read_lines(opened, text)
    names = list(dict.fromkeys(name for each in objects for name in each))

    def rows() -> Iterator[tuple[int, list[Any]]]:
        yield 0, names
        for number, each in enumerate(objects, start=1):
            yield number, [each.get(name) for name in names]

    return RawRows("JSON", rows)


def _read_list(opened: Opened, text: str) -> list[dict[str, Any]]:
    return _require_objects(opened, _load(opened, text, 1))


def _read_lines(opened: Opened, text: str) -> list[dict[str, Any]]:
    lines = enumerate(text.split("\n"), start=1)
    return _require_objects(opened, [_load(opened, line, at) for at, line in lines if line.strip()])


def _load(opened: Opened, text: str, line: int) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as broken:
        raise _broken(opened, line, str(broken)) from None


def _require_objects(opened: Opened, read: list[Any]) -> list[dict[str, Any]]:
    odd = next((at for at, each in enumerate(read, start=1) if not isinstance(each, dict)), None)
    if odd is not None:
        raise _broken(opened, odd, "this row is no object")
    return read


def _broken(opened: Opened, line: int, words: str) -> Invalid:
    message = (
        f'"{opened.name}" is broken at line {line:,}: {words}. Write a list of objects, or an '
        "object on each line. Nothing was imported."
    )
    return Invalid("file.broken-json", message, facts={"line": line})
