"""The functions of the expression language: what each takes and what it answers."""

from dataclasses import dataclass

ANY = "any"


@dataclass(frozen=True, slots=True)
class Function:
    """A function's argument types, its result, and how many of the arguments must be given.

    The last argument type repeats when `more` is set. `|` in a type separates alternatives.
    """

    takes: tuple[str, ...]
    answers: str
    needs: int
    more: bool = False

    def accepts(self, count: int) -> bool:
        """Whether it may be given so many values."""
        return self.needs <= count and (self.more or count <= len(self.takes))


def _f(takes: str, answers: str, needs: int | None = None, *, more: bool = False) -> Function:
    types = tuple(takes.split())
    return Function(types, answers, len(types) if needs is None else needs, more)


FUNCTIONS: dict[str, Function] = {
    "lower": _f("text", "text"),
    "upper": _f("text", "text"),
    "trim": _f("text", "text"),
    "length": _f("text", "number"),
    "concat": _f("any", "text", 1, more=True),
    "contains": _f("text|choices text", "boolean"),
    "starts_with": _f("text text", "boolean"),
    "ends_with": _f("text text", "boolean"),
    "abs": _f("number", "number"),
    "round": _f("number number", "number", 1),
    "is_empty": _f("any", "boolean"),
    "coalesce": _f("any", "first", 1, more=True),
    "case": _f("any", "second", 2, more=True),
    "today": _f("", "date"),
    "now": _f("", "datetime"),
    "days_ago": _f("number", "datetime"),
    "days_from_now": _f("number", "datetime"),
    "date": _f("number number number", "date"),
    "year": _f("date|datetime", "number"),
    "month": _f("date|datetime", "number"),
    "day": _f("date|datetime", "number"),
    "has_role": _f("text", "boolean"),
    "is_new": _f("", "boolean"),
    "changed": _f("text", "boolean"),
    "changed_to": _f("text any", "boolean"),
    "count": _f("records any", "number", 1),
    "any": _f("records any", "boolean", 1),
    "all": _f("records any", "boolean"),
}
TO_MANY = frozenset(("count", "any", "all"))
WRITES = frozenset(("is_new", "changed", "changed_to"))
LATER = frozenset(
    ["left", "right", "replace", "matches", "floor", "ceil", "min", "max", "days", "hours", "weeks", "months", "start_of", "end_of", "weekday", "days_between", "business_days_between", "add_business_days", "currency", "in_currency", "sum", "avg", "first", "last", "list", "in_team", "reports_to"]
)
