"""What an expression came to, as its reader writes it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.context import Context
from engine.fields import field_types
from engine.fields.money import Money


def word_operand(ctx: Context, value: Any) -> str:
    """A value that belongs to no field; nothing for the empty one."""
    reader = ctx.actor.reader
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value.normalize():,f}"
        case Money():
            return field_types["money"]({}).show(value, reader)
        case datetime():
            return field_types["datetime"]({}).show(value, reader)
        case date():
            return field_types["date"]({}).show(value, reader)
        case list():
            return ", ".join(str(each) for each in value)
        case _:
            return str(value)
