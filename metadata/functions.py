"""The functions of the expression language: what each takes and what it answers.

What they do is said in `engine.expressions`; a plugin adds its own there (`engine.expressions.plugins`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

ANY = "any"


@dataclass(frozen=True, slots=True)
class Function:
    """A function's argument types, its result, and how many of the arguments must be given.

    The last argument type repeats when `more` is set. `|` in a type separates alternatives.
    `answers` is a type, or `first` or `second` for that of an argument. One that is `plugged` comes
    from a plugin, which may have no form of it that a database understands.
    """

    takes: tuple[str, ...]
    answers: str
    needs: int
    more: bool = False
    plugged: bool = False
    in_sql: bool = True

    def accepts(self, count: int) -> bool:
        """Whether it may be given so many values."""
        return self.needs <= count and (self.more or count <= len(self.takes))


def _f(takes: str, answers: str, needs: int | None = None, *, more: bool = False) -> Function:
    types = tuple(takes.split())
    return Function(types, answers, len(types) if needs is None else needs, more)


MOMENT = "date|datetime"
FUNCTIONS: dict[str, Function] = {
    "lower": _f("text", "text"),
    "upper": _f("text", "text"),
    "trim": _f("text", "text"),
    "length": _f("text", "number"),
    "left": _f("text number", "text"),
    "right": _f("text number", "text"),
    "replace": _f("text text text", "text"),
    "concat": _f("any", "text", 1, more=True),
    "contains": _f("text|choices text", "boolean"),
    "starts_with": _f("text text", "boolean"),
    "ends_with": _f("text text", "boolean"),
    "matches": _f("text text", "boolean"),
    "abs": _f("number", "first"),
    "round": _f("number number", "first", 1),
    "floor": _f("number", "first"),
    "ceil": _f("number", "first"),
    "is_empty": _f("any", "boolean"),
    "coalesce": _f("any", "first", 1, more=True),
    "case": _f("any", "second", 2, more=True),
    "today": _f("", "date"),
    "now": _f("", "datetime"),
    "date": _f("number number number", "date"),
    "days": _f("number", "period"),
    "hours": _f("number", "period"),
    "weeks": _f("number", "period"),
    "months": _f("number", "period"),
    "days_ago": _f("number", "datetime"),
    "days_from_now": _f("number", "datetime"),
    "start_of": _f(f"{MOMENT} text", "first"),
    "end_of": _f(f"{MOMENT} text", "first"),
    "year": _f(MOMENT, "number"),
    "month": _f(MOMENT, "number"),
    "day": _f(MOMENT, "number"),
    "weekday": _f(MOMENT, "number"),
    "days_between": _f(f"{MOMENT} {MOMENT}", "number"),
    "business_days_between": _f(f"{MOMENT} {MOMENT}", "number"),
    "add_business_days": _f(f"{MOMENT} number", "date"),
    "currency": _f("money", "text"),
    "in_currency": _f("money text date|datetime", "money", 2),
    "has_role": _f("text", "boolean"),
    "in_team": _f("text", "boolean"),
    "reports_to": _f("record record", "boolean"),
    "is_new": _f("", "boolean"),
    "changed": _f("text", "boolean"),
    "changed_to": _f("text any", "boolean"),
    "count": _f("records boolean", "number", 1),
    "any": _f("records boolean", "boolean", 1),
    "all": _f("records boolean", "boolean"),
    "sum": _f("records boolean", "first", 1),
    "avg": _f("records boolean", "first", 1),
    "min": _f("any", "first", 1, more=True),
    "max": _f("any", "first", 1, more=True),
    "first": _f("records boolean", "first", 1),
    "last": _f("records boolean", "first", 1),
    "list": _f("records boolean", "choices", 1),
}
WRITES = frozenset(("is_new", "changed", "changed_to"))
PERIODS = frozenset(("days", "hours", "weeks", "months"))
UNITS = ("day", "week", "month", "quarter", "year")
OF_AMOUNTS = frozenset(("abs", "round", "floor", "ceil"))  # which take money as well as numbers
OF_RECORDS = frozenset(("count", "any", "all"))  # what is asked of related records themselves
OF_VALUES = frozenset(("sum", "avg", "min", "max", "first", "last", "list"))  # of one of their values
EITHER = frozenset(("min", "max"))  # over related records, or of the values that are given
TO_MANY = OF_RECORDS | OF_VALUES
# What an answer depends on besides the record: the time, who asks, and the asker's calendar where a
# moment is given.
OF_TIME = frozenset(("today", "now", "days_ago", "days_from_now"))
OF_READER = frozenset(("has_role", "in_team", "reports_to"))
OF_CALENDAR = frozenset(
    ("start_of", "end_of", "year", "month", "day", "weekday", "days_between", "business_days_between", "add_business_days")
)  # fmt: skip
LITERAL: Mapping[str, int] = {"start_of": 1, "end_of": 1, "matches": 1, "in_currency": 1}  # which argument is a constant


PLUGGABLE = frozenset(("text", "number", "boolean", "date", "datetime"))  # what plugins take and answer


def register_function(name: str, function: Function) -> None:
    """Add a plugin's function to the language. ValueError when its name or its types can't be."""
    if name in FUNCTIONS or not name.isidentifier() or name.startswith("_"):
        raise ValueError(name)
    if not {*function.takes, function.answers} <= PLUGGABLE:
        raise ValueError(function)
    FUNCTIONS[name] = function


def forget_function(name: str) -> None:
    """Take a plugin's function out of the language."""
    if FUNCTIONS[name].plugged:
        del FUNCTIONS[name]
