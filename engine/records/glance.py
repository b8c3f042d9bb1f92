"""A glance at an expression up to the cursor: what stands around it, as far as that can be told.

It is no reading: what is half written has no tree. Words, texts, brackets and commas are enough
to know which relation one is inside of, and what the last word is compared with.
"""

import re
from dataclasses import dataclass, field

from metadata.functions import FUNCTIONS, TO_MANY

LONGEST = 4_000
_TOKENS = re.compile(
    r"(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<open>['\"].*\Z)|(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<number>\d[\d.]*)|(?P<sign>[=!<>]=|[<>()\[\],+\-*/%])",
    re.DOTALL,
)
_COMPARING = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))
_JOINING = frozenset(("and", "or", "not", "if", "else"))


@dataclass(slots=True)
class _Within:
    """Something in brackets: the function it belongs to, its first word, and how many commas since."""

    function: str = ""
    first: str = ""
    commas: int = 0
    compared: str = ""  # what a list is compared with


@dataclass(frozen=True, slots=True)
class Glance:
    """What stands before the cursor.

    `word` is what has been typed of the last word or text; `quote` is set within a text.
    `relations` are the relations to many in whose conditions the cursor is, the outermost first.
    """

    word: str = ""
    quote: str = ""
    relations: tuple[str, ...] = ()
    function: str = ""
    compared: str = ""  # the path that a text is compared with
    last: str = ""  # the word before the cursor, when it is done
    after_value: bool = False
    is_compared: bool = False  # whether that value is the far side of a comparison


@dataclass(slots=True)
class _State:
    stack: list[_Within] = field(default_factory=lambda: [_Within()])
    path: str = ""  # the last path
    sign: str = ""  # the comparison behind it
    last: str = ""
    after_value: bool = False


def glance(before: str) -> Glance:
    """What stands before the cursor in a text."""
    state = _State()
    text = before[-LONGEST:]
    for token in _TOKENS.finditer(text):
        is_last = token.end() == len(text)
        if token["open"] or (token["word"] and is_last):
            word, quote = (token["open"][1:], token["open"][0]) if token["open"] else (token["word"], "")
            return _told(state, word, quote)
        _take(state, token)
    return _told(state, "", "")


def _told(state: _State, word: str, quote: str) -> Glance:
    inner = state.stack[-1]
    compared = state.path if state.sign else inner.compared
    if quote and not compared and inner.function and inner.commas:
        compared = inner.first
    relations = tuple(w.first for w in state.stack if w.function in TO_MANY and w.commas)
    return Glance(
        word, quote, relations, inner.function, compared, state.last, state.after_value, bool(state.sign)
    )


def _take(state: _State, token: re.Match[str]) -> None:
    word, sign = token["word"], token["sign"]
    inner = state.stack[-1]
    if sign in {"(", "["}:
        function = state.last if state.last in FUNCTIONS and sign == "(" else ""
        state.stack.append(_Within(function, compared=state.path if state.sign == "in" else ""))
        state.path = state.sign = state.last = ""
    elif sign in {")", "]"}:
        state.stack = state.stack[:-1] or [_Within()]
        state.last = state.sign = ""
    elif sign == ",":
        inner.commas += 1
        state.path = state.sign = state.last = ""
    elif sign in _COMPARING or word == "in":
        state.sign = sign or word
    elif word in _JOINING:
        state.path = state.sign = state.last = ""
    elif word:
        inner.first = inner.first or word
        state.path, state.last = (state.path, word) if state.sign else (word, word)
    state.after_value = bool(token["text"] or token["number"] or sign in {")", "]"}) or (
        bool(word) and word not in _JOINING and word != "in"
    )
