"""The types of values that expressions know, and which of them go together."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from metadata import declarations
from metadata.catalog import Field, Relation
from metadata.diagnostics import way_on
from metadata.functions import ANY

CONDITION = "boolean"
ORDERED = frozenset(("number", "money", "date", "datetime", "duration"))
NUMBERS = frozenset(("number", "money", "duration"))
TEXTUAL = frozenset(("text", "choice", "stage", "pipeline"))
RECKONED = NUMBERS | TEXTUAL  # what "+" joins
ALIKE = [
    frozenset(("number", "money")),
    frozenset(("number", "duration")),  # a length of time is its seconds
    TEXTUAL,
    frozenset(("date", "datetime")),
    frozenset(("record", "text")),  # a record compares with its id
]
WRITTEN = frozenset(("date", "datetime"))  # what text may stand for: '2026-01-31'
CURRENCIES = re.compile(r"[A-Z]{3}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?")
_DAY = len("2026-01-31")


def declared_of(field: Field) -> declarations.Declaration:
    """What is declared of a field's values; of a computed one, what is declared of its result."""
    return declarations.declared(str(field.settings.get("result") or field.type))


def value_of(field: Field) -> str:
    """The type of a field's values; of a computed one, that of its result."""
    return declared_of(field).value


def read_moment(text: str) -> date | datetime | None:
    """A text as a day, or as a moment, if it is written as one. The moment may name no zone."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) == _DAY else datetime.fromisoformat(text)
    except ValueError:
        return None


def fits(found: str, wanted: str) -> bool:
    """Whether a value of one type may stand where another is asked for."""
    if found == wanted or ANY in {found, wanted} or "empty" in {found, wanted}:
        return True
    return any(found in group and wanted in group for group in ALIKE)


def misread(text: str, kind: str) -> str:
    """Why a text can't be read as a day or moment; nothing when it can."""
    return "" if read_moment(text) else f"'{text}' is no {kind}. Write it as in '2026-01-31'."


def never_chosen(field: Field, value: object) -> str:
    """Why a field never has a value; nothing when it may."""
    known = known_values(field)
    if not known or not isinstance(value, str) or value in known:
        return ""
    return f"'{field.key}' is never '{value}'. {way_on(value, known, 'values')}"


def known_values(field: Field) -> list[str]:
    """The keys that a field with choices or stages can have; none when it may have any."""
    choices = field.settings.get("choices")
    if choices:
        return [choice.key for choice in choices]
    if value_of(field) == "stage":
        pipelines = field.settings.get("pipelines") or ()
        return [key for pipeline in pipelines for key in pipeline.stages]
    return []


def end_type(field: Field | None, relation: Relation | None) -> str:
    """The type of what a path ends at."""
    if relation is not None and relation.many:
        return "records"
    return value_of(field) if field is not None else "record"


def answer_type(answers: str, found: Sequence[str]) -> str:
    """The type that a call answers with; `first` and `second` are those of an argument."""
    told = [each for each in found if each not in {ANY, "empty"}]
    if answers == "second":
        return next((each for each in found[1::2] if each not in {ANY, "empty"}), found[1])
    return (told or found)[0] if answers == "first" else answers


def reckoned_type(operator: str, left: str, right: str) -> str:
    """The type of two numbers joined by an operator."""
    if {left, right} <= {"empty", ANY}:
        return "empty"
    if "money" in {left, right}:
        return "number" if operator in {"/", "//"} and right == "money" else "money"
    return "duration" if left == right == "duration" and operator in "+-" else "number"


def literal_type(value: object) -> str:
    """The type of a constant."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"
