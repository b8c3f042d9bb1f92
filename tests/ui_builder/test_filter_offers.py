"""Every comparison that is offered for a field makes a filter that can be read, asked, and said in words."""

from collections.abc import Iterator

import pytest

from engine.context import Context
from engine.ids import new_id
from engine.records.queries import Query, list_records
from engine.records.wording.conditions import word_filter
from engine.tenant import Tenant
from metadata.expressions import parse_expression
from metadata.filters.parts import COUNTED
from metadata.filters.taking import take_apart
from metadata.ways import Way
from ui_builder.rendering.filters.bar import find_mistake, source_of
from ui_builder.rendering.filters.drawing import draw_group
from ui_builder.rendering.filters.fields import Fields
from ui_builder.rendering.filters.offers import choices_of, operators_of
from ui_builder.rendering.filters.reading import read_parts

KINDS = ["zebra", "deal", "contact", "activity", "task", "user", "file"]
TYPED = {
    "number": "12.5", "money": "1,200", "duration": "1h 30m", "date": "2026-01-31", "datetime": "2026-01-31T10:00",
    "record": new_id(), "text": "Zed", "choices": "vip",
}  # fmt: skip


def typed(way: Way) -> str:
    known = choices_of(way)
    return known[0][0] if known else TYPED.get(way.kind, "Zed")


def offered(ctx: Context, entity: str) -> Iterator[tuple[Way, str]]:
    fields = Fields(ctx)
    for option in fields.search(entity, most=1000):
        way = fields.way(entity, option.value)
        assert way is not None, option.value
        operators = operators_of(way)
        assert operators, option.value
        for operator, _ in operators:
            yield way, operator


def built(ctx: Context, entity: str, way: Way, operator: str) -> str:
    """The text of a filter with this one condition, filled in as somebody would."""
    asked = {
        "p:is": ["group"], "p.0:is": ["condition"], "p.0:path": [way.path], "p.0:was": [way.path], "p.0:op": [operator],
        "p.0:value": [typed(way)], "p.0:number": ["2"], "p.0:unit": ["month" if operator == "this" else "weeks"],
    }  # fmt: skip
    if way.kind == "records" and operator not in COUNTED:
        inside = "created_at" if way.to else ""
        asked |= {"p.0.0:is": ["group"], "p.0.0.0:is": ["condition"], "p.0.0.0:path": [inside], "p.0.0.0:was": [inside],
                  "p.0.0.0:op": ["ago_more"], "p.0.0.0:number": ["3"], "p.0.0.0:unit": ["days"]}  # fmt: skip
    read = read_parts(ctx, Fields(ctx), entity, asked)
    assert read.faults == {}, (way.path, operator)
    return source_of(read.group)


@pytest.mark.parametrize("entity", KINDS)
def test_what_is_offered_can_be_asked_and_said(shared: Tenant, entity: str) -> None:
    with shared.reading() as ctx:
        declared = ctx.machine.catalog.entities[entity]
        for way, operator in offered(ctx, entity):
            source = built(ctx, entity, way, operator)
            assert source, (way.path, operator)
            assert find_mistake(ctx, declared, source) is None, source
            list_records(ctx, Query(entity=entity, where=(source,), limit=1, fields=()))
            root = parse_expression(source).root
            assert " where " in word_filter(ctx, declared, root)
            part = draw_group(ctx, Fields(ctx), entity, take_apart(root)).parts[0]
            assert (part.path, part.operator) == (way.path, operator), source


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("", "name"),
        ("siz", "size"),
        ("mother: siz", "mother.size"),
        ("size", "size"),
        ("mother: mother: si", "mother.mother.size"),
        ("owner: em", "owner.email"),
        ("created by: n", "created_by.name"),
        ("is open", "is_open"),
        ("children", "children"),
    ],
)
def test_a_field_is_found_by_its_words_however_far_it_is(shared: Tenant, q: str, first: str) -> None:
    with shared.reading() as ctx:
        found = Fields(ctx).search("zebra", q)

    assert found[0].value == first
