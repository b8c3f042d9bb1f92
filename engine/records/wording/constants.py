"""Constants in words: a choice by its label, a record by its title, a day as it is written where one reads."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from engine.context import Context
from engine.fields import Reference, field_types
from engine.records.titles import load_titles
from metadata.printing import print_expression
from metadata.syntax import Literal, Negative, Node
from metadata.value_types import WRITTEN, read_moment
from metadata.ways import Way

UNKNOWN = "something that is not open to you"
DAY = len("2026-01-31")


class Constants:
    """The words of constants, for one reader; titles are asked for once."""

    def __init__(self, ctx: Context, references: Iterable[Reference]) -> None:
        self._ctx = ctx
        wanted = set(references)
        self._titles: Mapping[Reference, str | None] = load_titles(ctx, wanted) if wanted else {}

    def word(self, node: Node, way: Way | None = None) -> str:
        """A constant that is compared with what a way leads to."""
        if isinstance(node, Negative):
            return f"-{self.word(node.operand, way)}"
        value = node.value if isinstance(node, Literal) else None
        if isinstance(value, Decimal):
            return f"{value.normalize():,f}"
        if not isinstance(value, str):
            return _PLAIN.get(print_expression(node), print_expression(node))
        if way and way.kind == "record":
            found = (self._titles.get(Reference(each, value)) for each in way.to)
            return next(filter(None, found), UNKNOWN)
        if way and way.kind in WRITTEN:
            return self._moment(value)
        return _choice(way, value) or f"“{value}”"

    def _moment(self, text: str) -> str:
        reader = self._ctx.actor.reader
        behaviour = field_types["date" if len(text) <= DAY else "datetime"]({})
        return behaviour.show(behaviour.parse(text, reader), reader) if read_moment(text) else text


def _choice(way: Way | None, value: str) -> str:
    """What a choice or a stage is called."""
    settings = way.field.settings if way and way.field and not way.is_part else {}
    roads = settings.get("pipelines") or ()
    stages = [stage for road in roads for stage in road.stages.values()]
    named = (*(settings.get("choices") or ()), *roads, *stages)
    return next((each.label for each in named if each.key == value), "")


_PLAIN = {"None": "nothing", "True": "yes", "False": "no"}
