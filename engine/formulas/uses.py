"""Which documents speak of a field: rules, views and layouts, as far as somebody may read them."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.access.documents import is_open, open_part
from engine.context import Context
from metadata.catalog import Field
from metadata.expressions import parse_expression
from metadata.reads import reads_of
from metadata.syntax import ExpressionRefused

LISTS = ("columns", "sort", "totals", "card", "highlights")
NAMES = ("group", "where")


def uses_of(ctx: Context, field: Field) -> Iterator[str]:
    """The open documents that speak of a field, and the rules in them, by kind and key."""
    for document in ctx.machine.catalog.documents.values():
        if document.kind not in _TEXTS or not is_open(ctx, document):
            continue
        data = open_part(ctx, document)
        entity = document.key if document.kind == "entity" else data["entity"]
        for name, text in _TEXTS[document.kind](document.key, data):
            if _speaks(ctx, entity, text, field):
                yield name
                if document.kind != "entity":
                    break


def _speaks(ctx: Context, entity: str, text: str, field: Field) -> bool:
    try:
        reads = reads_of(parse_expression(text), entity, ctx.machine.catalog.entities)
    except ExpressionRefused:  # what speaks of a record before a write, say
        return False
    return any((read.entity, read.key) == (field.entity, field.key) for read in reads)


def _of_rules(key: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rules = data.get("rules") or {}
    for rule, said in rules.items() if isinstance(rules, Mapping) else ():
        texts = {said.get(part) for part in ("when", "check")} - {None}
        yield from ((f"rule {key}.{rule}", str(text)) for text in sorted(map(str, texts)))


def _of_page(data: Mapping[str, Any]) -> Iterator[str]:
    for part in LISTS:
        yield from (str(each).removeprefix("-") for each in data.get(part) or ())
    yield from (str(data[part]) for part in NAMES if data.get(part))
    for related in data.get("related") or ():
        if isinstance(related, Mapping):
            yield from (f"{related['relation']}.{each}" for each in related.get("columns") or ())
    tabs = [section for tab in data.get("tabs") or () for section in tab.get("sections") or ()]
    for section in (*(data.get("sections") or ()), *tabs):
        yield from map(str, section.get("fields") or ())


def _of_view(key: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((f"view {key}", text) for text in _of_page(data))


def _of_layout(key: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((f"layout {key}", text) for text in _of_page(data))


_TEXTS = {"entity": _of_rules, "view": _of_view, "layout": _of_layout}
