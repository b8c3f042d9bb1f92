"""Expressions of every type over the fields of the oryx, generated so that they fit."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.engine.herding import CONDITIONS, DAYS, NUMBERS, TEXTS

Source = st.SearchStrategy[str]


def joined(*parts: Any) -> Source:
    """Texts one behind the other, some of them generated."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


def call(name: str, *arguments: Source) -> Source:
    """A call of a function."""
    spaced: list[Any] = []
    for argument in arguments:
        spaced += [", ", argument] if spaced else [argument]
    return joined(name, "(", *spaced, ")")


UNITS = st.sampled_from(["'day'", "'week'", "'month'", "'quarter'", "'year'"])
SMALL = st.sampled_from(["0", "1", "-1", "2", "3.7", "-12", "31", "400", "count", "stars", "size", "100000000", "None"])
PATTERNS = st.sampled_from(["'a'", "'^[a-z]+$'", r"'\\d'", "'(a|d).'", "'^.$'", r"'\\w\\s'", "'[^a]{2,3}$'", "'ß|🦓'"])
NUMBER = st.sampled_from(["size", "weight", "count", "stars", "stage.probability", *NUMBERS, "0.5", "1e17", "-3", "1e-9"])
TEXT = st.sampled_from(["nick", "full", "home.city", "name", "coat", "stage", "stage.label", "title"]) | TEXTS
DAY = st.sampled_from(["born", "today()", *(f"date({day[:4]}, {int(day[5:7])}, {int(day[8:])})" for day in DAYS),
                       "date(9999, 12, 31)", "date(1, 1, 1)", "date(2024, 3, 30)"])  # fmt: skip
MOMENT = st.sampled_from(["seen", "now()", "created_at", "days_ago(2)", "days_from_now(stars)"])
MONEY = st.sampled_from(["price"])
NEVER_OF_TIME = {"today()", "now()", "days_ago(2)", "days_from_now(stars)"}


def _deeper(kinds: Mapping[str, Source]) -> dict[str, Source]:
    """Expressions one step larger, made of expressions of these types."""
    number, text, day, moment, money = (kinds[k] for k in ("number", "text", "day", "moment", "money"))
    test = kinds["condition"]
    signs = st.sampled_from([" + ", " - ", " * ", " / ", " // ", " % "])
    when = day | moment

    def either(values: Source) -> Source:
        return st.one_of(
            values,
            joined("(", values, " if ", test, " else ", values, ")"),
            call("coalesce", values, values),
            call("case", test, values, test, values, values),
        )

    return {
        "number": either(st.one_of(
            number,
            joined("(", number, signs, number, ")"),
            joined("-", number),
            call("round", number, SMALL), call("round", number),
            joined(st.sampled_from(["abs", "floor", "ceil"]), "(", number, ")"),
            joined(st.sampled_from(["min", "max"]), "(", number, ", ", number, ", ", number, ")"),
            call("length", text),
            joined(st.sampled_from(["year", "month", "day", "weekday"]), "(", when, ")"),
            joined(st.sampled_from(["days_between", "business_days_between"]), "(", when, ", ", when, ")"),
            joined("(", money, " / ", money, ")"),
        )),
        "text": either(st.one_of(
            text,
            joined(st.sampled_from(["lower", "upper", "trim"]), "(", text, ")"),
            joined(st.sampled_from(["left", "right"]), "(", text, ", ", SMALL, ")"),
            call("replace", text, text, text),
            call("concat", text, number, st.one_of(text, day, moment, money, number, test)),
            joined("(", text, " + ", text, ")"),
            call("currency", money),
        )),
        "day": either(st.one_of(
            day,
            joined("(", day, st.sampled_from([" + ", " - "]), st.sampled_from(["days", "weeks", "months"]), "(", SMALL, "))"),
            joined(st.sampled_from(["start_of", "end_of"]), "(", day, ", ", UNITS, ")"),
            call("add_business_days", when, SMALL),
            joined(st.sampled_from(["min", "max"]), "(", day, ", ", day, ")"),
        )),
        "moment": either(st.one_of(
            moment,
            joined("(", moment, st.sampled_from([" + ", " - "]), st.sampled_from(["days", "weeks", "months", "hours"]), "(", SMALL, "))"),
            joined("(", day, " + hours(", SMALL, "))"),
            joined(st.sampled_from(["start_of", "end_of"]), "(", moment, ", ", UNITS, ")"),
        )),
        "money": either(st.one_of(
            money,
            joined("(", money, st.sampled_from([" * ", " / "]), number, ")"),
            joined("(", number, " * ", money, ")"),
            joined("(", money, st.sampled_from([" + ", " - "]), money, ")"),
            joined("round(", money, ", ", SMALL, ")"),
            joined("-", money),
            joined(st.sampled_from(["min", "max"]), "(", money, ", ", money, ")"),
        )),
        "condition": st.one_of(
            test,
            joined("(", number, st.sampled_from([" == ", " != ", " < ", " <= ", " > ", " >= "]), number, ")"),
            joined("(", when, st.sampled_from([" == ", " != ", " < ", " <= ", " > ", " >= "]), when, ")"),
            joined("(", money, st.sampled_from([" == ", " != ", " < ", " >= "]), money | number, ")"),
            joined("(", text, st.sampled_from([" == ", " != "]), text, ")"),
            call("matches", text, PATTERNS),
            joined(st.sampled_from(["contains", "starts_with", "ends_with"]), "(", text, ", ", text, ")"),
            call("is_empty", st.one_of(number, text, day, moment, money)),
            joined("(", number, " in (", number, ", ", number, "))"),
            joined("(", test, st.sampled_from([" and ", " or "]), test, ")"),
            joined("not ", test),
        ),
    }  # fmt: skip


_LEAVES: dict[str, Source] = {
    "number": NUMBER, "text": TEXT, "day": DAY, "moment": MOMENT, "money": MONEY, "condition": CONDITIONS,
}  # fmt: skip
KINDS = _deeper(_deeper(_LEAVES))
VALUES: Source = st.one_of(*KINDS.values())
