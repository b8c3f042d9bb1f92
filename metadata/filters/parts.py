"""What a filter is built of: rows, groups of them, relations to many, and pieces of text.

An operator is named as forms and templates name it. What a part can't say stays in a piece,
as the text that it is.
"""

from dataclasses import dataclass

from metadata.syntax import Node

COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
LISTED = {"in": "in", "not_in": "not in"}
SEARCHED = ("contains", "starts_with", "ends_with")
SPANS = ("last", "next", "this", "ago_more", "ago_less", "ahead_more", "ahead_less")
PLAIN = ("empty", "filled", "yes", "no", "me", "not_me", "my_teams", "mates")  # they take no value
RELATED = ("any", "none", "all")
COUNTED = {f"count_{key}": sign for key, sign in COMPARED.items()}
JOINS = ("and", "or", "nor")
UNITS = ("days", "weeks", "months")


@dataclass(frozen=True, slots=True)
class Row:
    """A field, or a path, compared with values: constants, or none where the operator says all."""

    path: str = ""
    operator: str = ""
    values: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A day or moment within a stretch of time, or further away: `number` is empty for `this`."""

    path: str
    operator: str
    number: int | None
    unit: str
    from_now: bool = False  # counted from this very moment, as moments are, not from today


@dataclass(frozen=True, slots=True)
class Piece:
    """What only the text can say."""

    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all (`and`), any (`or`) or none (`nor`) must hold. An empty one asks nothing."""

    join: str = "and"
    parts: "tuple[Part, ...]" = ()


@dataclass(frozen=True, slots=True)
class Many:
    """Related records: whether any, none or all of them meet what is inside, or how many do."""

    path: str
    operator: str
    number: Node | None = None
    inside: Group = Group()


Part = Row | Span | Many | Piece | Group
