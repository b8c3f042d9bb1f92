"""Values of a filter: as an input holds them, and as an expression does."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from engine.context import Context
from engine.errors import ValueRefused
from engine.expressions.facts import facts_of
from engine.ids import is_id
from metadata.expressions import LARGEST, MOST_DIGITS, MOST_TEXT
from metadata.syntax import Literal, Negative, Node
from metadata.value_types import NUMBERS, WRITTEN, read_moment
from metadata.ways import Way


def node_of(ctx: Context, way: Way, typed: str) -> Node | None:
    """What somebody typed as a constant of the language; None when it is none of this kind."""
    kept = "".join(each for each in typed if unicodedata.category(each) not in {"Cc", "Cs", "Cf"})
    text = kept.strip()
    if not text:
        return None
    if way.kind == "record":
        record_id = text.rpartition("/")[2]
        return Literal(record_id) if is_id(record_id) else None
    if way.kind in WRITTEN:
        return Literal(text) if read_moment(text) else None
    if way.kind in NUMBERS:
        return number_node(_seconds(ctx, way, text) if way.kind == "duration" else text)
    return Literal(kept[:MOST_TEXT])


def number_node(text: str | None) -> Node | None:
    """A number as it is typed, with or without thousands separators."""
    try:
        number = Decimal((text or "").replace(",", "").strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > LARGEST or len(number.as_tuple().digits) > MOST_DIGITS:
        return None
    return Negative(Literal(-number)) if number < 0 else Literal(number)


def _seconds(ctx: Context, way: Way, text: str) -> str | None:
    """A length of time as expressions count it."""
    if way.field is None:
        return text
    behaviour = ctx.machine.behaviour(way.field.entity, way.field.key)
    try:
        value = behaviour.parse(text, ctx.actor.reader)
    except ValueRefused:
        return None
    return None if value is None else str(behaviour.operand(value))


def typed_of(ctx: Context, way: Way, node: Node) -> str:
    """A constant as an input holds it."""
    if isinstance(node, Negative):
        return f"-{typed_of(ctx, way, node.operand)}"
    value = node.value if isinstance(node, Literal) else None
    if isinstance(value, Decimal):
        return _length(ctx, way, value) if way.kind == "duration" else f"{value:f}"
    if way.kind == "datetime" and isinstance(value, str):
        return _local(ctx, value)
    return str(value or "")


def _length(ctx: Context, way: Way, seconds: Decimal) -> str:
    if way.field is None:
        return f"{seconds:f}"
    behaviour = ctx.machine.behaviour(way.field.entity, way.field.key)
    return str(behaviour.typed(behaviour.load(int(seconds)), ctx.actor.reader))


def _local(ctx: Context, text: str) -> str:
    """A moment where the asker is, without its zone; a day as the moment it begins."""
    facts = facts_of(ctx)
    moment = facts.read(text)
    if moment is None:
        return ""
    at = moment if isinstance(moment, datetime) else facts.start_of(moment)
    return f"{at.astimezone(facts.zone):%Y-%m-%dT%H:%M}"


def split_words(typed: Sequence[str]) -> list[str]:
    """Several words that were typed into one input, with commas between."""
    return [word.strip() for each in typed for word in each.split(",") if word.strip()]
