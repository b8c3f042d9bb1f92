"""Patterns of `matches`: the part of regular expressions that every backend reads alike, and in
linear time.

A pattern is taken apart by Python's own parser, every part of it is looked at, and it is written
anew in a form that means the same everywhere: ASCII classes, no dot that takes a line break.
"""

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import re2

LONGEST = 200
MOST_REPEATS = 100
_CLASSES = {
    codes.CATEGORY_DIGIT: "0-9",
    codes.CATEGORY_WORD: "A-Za-z0-9_",
    codes.CATEGORY_SPACE: r" \t\n\r\f\v",
}
_NEGATED = {
    codes.CATEGORY_NOT_DIGIT: "0-9",
    codes.CATEGORY_NOT_WORD: "A-Za-z0-9_",
    codes.CATEGORY_NOT_SPACE: r" \t\n\r\f\v",
}
_OPTIONS = re2.Options()
_OPTIONS.max_mem = 1 << 20
_OPTIONS.log_errors = False
_ANCHORS = {codes.AT_BEGINNING: "^", codes.AT_END: "$"}


class PatternRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A pattern that can't be read, or asks for what is not offered. Its text says what."""


def read_pattern(text: str) -> str:
    """A pattern as all backends read it. PatternRefused tells what is wrong with it."""
    if len(text) > LONGEST:
        raise PatternRefused(f"A pattern has {LONGEST} characters at most.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = parser.parse(text, re.ASCII)
    except (re.error, Warning, OverflowError, RecursionError) as broken:
        raise PatternRefused(f"This can't be read as a pattern: {broken}.") from None
    if parsed.state.flags & ~re.ASCII:
        raise PatternRefused("Flags such as (?i) are not offered in a pattern.")
    written = _written(parsed)
    compile_pattern(written)
    return written


@lru_cache(maxsize=1_000)
def compile_pattern(written: str) -> Any:
    """What finds a pattern, as `read_pattern` writes it, in linear time."""
    try:
        return re2.compile(written, _OPTIONS)
    except re2.error:
        raise PatternRefused("This pattern is too large.") from None


def _written(parts: Iterable[Any]) -> str:
    return "".join(_part(code, given) for code, given in parts)


def _part(code: Any, given: Any) -> str:
    if code is codes.LITERAL:
        return _literal(given)
    if code is codes.NOT_LITERAL:
        return f"[^{_in_class(given)}]"
    if code is codes.ANY:
        return r"[^\n]"
    if code is codes.IN:
        return _class(given)
    if code is codes.AT and given in _ANCHORS:
        return _ANCHORS[given]
    if code is codes.BRANCH:
        return f"(?:{'|'.join(map(_written, given[1]))})"
    if code is codes.SUBPATTERN and not given[1] and not given[2]:
        return f"(?:{_written(given[3])})"
    if code is codes.MAX_REPEAT:
        return _repeat(*given)
    raise PatternRefused("A pattern has no look-around, references, lazy repeats or named groups.")


def _repeat(least: int, most: Any, parts: Any) -> str:
    is_open = most is codes.MAXREPEAT
    if least > MOST_REPEATS or (not is_open and most > MOST_REPEATS):
        raise PatternRefused(f"A pattern repeats {MOST_REPEATS} times at most, or without end.")
    told = f"{{{least},{'' if is_open else most}}}"
    return f"(?:{_written(parts)}){told}"


def _class(given: Any) -> str:
    negated = given[0][0] is codes.NEGATE
    members = given[1:] if negated else given
    others = [_NEGATED[value] for kind, value in members if kind is codes.CATEGORY and value in _NEGATED]
    if others and len(members) > 1:
        raise PatternRefused(r"In a class, \D, \W and \S can't stand beside others.")
    if others:
        return f"[{'' if negated else '^'}{others[0]}]"
    return f"[{'^' if negated else ''}{''.join(_member(kind, value) for kind, value in members)}]"


def _member(kind: Any, value: Any) -> str:
    if kind is codes.LITERAL:
        return _in_class(value)
    if kind is codes.RANGE:
        return f"{_in_class(value[0])}-{_in_class(value[1])}"
    return _CLASSES[value]


def _literal(code: int) -> str:
    character = chr(code)
    return character if character.isalnum() or not character.isascii() else _escaped(character)


def _in_class(code: int) -> str:
    return _literal(code)


def _escaped(character: str) -> str:
    known = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\f": r"\f", "\v": r"\v", " ": " ", "_": "_"}
    if character in known:
        return known[character]
    if not character.isprintable():
        raise PatternRefused("There is a control character in the pattern.")
    return f"\\{character}"
