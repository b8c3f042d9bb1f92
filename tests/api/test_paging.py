"""Walking through pages meets every record once, whatever sorts them and whatever others do meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.fields import field_types
from engine.records.commands import apply_batch, change_record, create_record, destroy_record
from engine.records.queries import Query, list_records
from engine.records.writes import Create
from engine.tenant import Tenant
from metadata import declarations
from metadata.source import SourceFile
from tests.conftest import make_tenant

LEAVES: dict[str, list[Any]] = {
    "choice": ["new", "old"],
    "stage": ["first", "second", "third"],
    "pipeline": ["road"],
    "text": ["a", "B", "b", "ä", "Z", "z", "a b", "🦓"],
    "integer": [0, -1, 7, 9007199254740991],
    "decimal": ["0", "-0.01", "0.1", "12.50", "99999999999.99"],
}
SETTINGS = {
    "choice": ", choices: [new, old]",
    "stage": "",
    "decimal": ", scale: 2",
}
names = count()


def sortable() -> list[str]:
    """The field types whose values sort by themselves, and can be typed."""
    return [
        name
        for name in declarations.names()
        if field_types[name].sortable
        and not field_types[name].generated
        and not field_types[name].relation
        and values_of(name)
    ]


def values_of(name: str) -> list[Any]:
    """Typed values of a type: ours, or those of its own examples."""
    if name in LEAVES:
        return LEAVES[name]
    told = declarations.declared(name).examples
    return [e["typed"] for e in told if "refused" not in e and "settings" not in e]


def specimen() -> str:
    fields = "\n".join(f"  of_{name}: {{type: {name}{SETTINGS.get(name, '')}}}" for name in sortable())
    return f"""
entity: specimen
title: name
fields:
  name: {{type: text, unique: true}}
  mother: {{type: link, to: specimen, inverse: children}}
{fields}
---
pipeline: road
entity: specimen
stages:
  second: {{}}
  first: {{}}
  third: {{}}
"""


@pytest.fixture
def museum(database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    """A tenant with an entity that has a field of every type that sorts."""
    made = make_tenant(database_url, tmp_path, SourceFile("local", "local/specimen.yaml", specimen()))
    yield made
    made.database.close()


rows = st.lists(
    st.fixed_dictionaries({f"of_{name}": st.sampled_from([None, *values_of(name)]) for name in sortable()}),
    max_size=12,
)
orders = st.lists(
    st.builds(
        "{}{}".format,
        st.sampled_from(["", "-"]),
        st.sampled_from(["mother", "mother.name", "created_at", "name", *(f"of_{n}" for n in sortable())]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda name: name.lstrip("-"),
)
deeds = st.lists(st.sampled_from(["create", "destroy", "change", "trash", ""]), max_size=8)


@settings(max_examples=25, phases=[Phase.generate, Phase.shrink])
@given(rows=rows, sort=orders, limit=st.integers(1, 4), where=st.sampled_from(["", "name != 'x'"]))
def test_pages_by_offset_add_up_to_the_list(
    museum: Tenant, rows: list[dict[str, Any]], sort: list[str], limit: int, where: str
) -> None:
    with museum.writing() as ctx:
        for record in list_records(ctx, Query(entity="specimen", limit=500)).records:
            destroy_record(ctx, "specimen", record.id)
        apply_batch(ctx, "specimen", [Create(values={**row, "name": f"n{next(names)}"}) for row in rows])
    query = Query(entity="specimen", sort=tuple(sort), where=(where,) if where else ())

    with museum.reading() as ctx:
        whole = [record.id for record in list_records(ctx, query).records]
        paged = [
            record.id
            for offset in range(0, len(whole) + limit, limit)
            for record in list_records(ctx, replace(query, offset=offset, limit=limit)).records
        ]

    assert paged == whole


@settings(max_examples=40, phases=[Phase.generate, Phase.shrink])
@given(rows=rows, sort=orders, limit=st.integers(1, 4), deeds=deeds, where=st.sampled_from(["", "name != 'x'"]))
def test_pages_add_up_to_the_list(
    museum: Tenant, rows: list[dict[str, Any]], sort: list[str], limit: int, deeds: list[str], where: str
) -> None:
    with museum.writing() as ctx:
        for record in list_records(ctx, Query(entity="specimen", limit=500)).records:
            destroy_record(ctx, "specimen", record.id)
        made = apply_batch(
            ctx, "specimen", [Create(values={**row, "name": f"n{next(names)}"}) for row in rows]
        )
        assert all(outcome.refusal is None for outcome in made), [o.refusal for o in made if o.refusal]
        if made:
            change_record(ctx, "specimen", str(made[0].id), {"mother": made[-1].id})
    query = Query(entity="specimen", sort=tuple(sort), where=(where,) if where else ())
    with museum.reading() as ctx:
        whole = [record.id for record in list_records(ctx, query).records]

    walked, touched = walk(museum, query, limit, iter(deeds))

    assert [each for each in walked if each in set(whole) - touched] == [
        each for each in whole if each not in touched
    ]
    assert len(set(walked)) == len(walked) or touched & {e for e in walked if walked.count(e) > 1}


def walk(museum: Tenant, query: Query, limit: int, deeds: Iterator[str]) -> tuple[list[str], set[str]]:
    """The ids met on the pages, and those that somebody touched on the way."""
    walked: list[str] = []
    touched: set[str] = set()
    after = None
    while True:
        with museum.reading() as ctx:
            asked = Query(**{**{f: getattr(query, f) for f in ("entity", "sort", "where")},
                             "limit": limit, "after": after})  # fmt: skip
            page = list_records(ctx, asked)
        walked += [record.id for record in page.records]
        if page.next is None:
            return walked, touched
        after = page.next
        touched |= meddle(museum, next(deeds, ""))


def meddle(museum: Tenant, deed: str) -> set[str]:
    """Do something to a record, and say which it was."""
    with museum.writing() as ctx:
        if deed == "create":
            return {create_record(ctx, "specimen", {"name": f"n{next(names)}"}).id}
        [victim] = list_records(ctx, Query(entity="specimen", limit=1, sort=("id",))).records
        if deed == "destroy":
            destroy_record(ctx, "specimen", victim.id)
        elif deed == "change":
            change_record(ctx, "specimen", victim.id, {"of_text": "moved", "of_integer": next(names)})
        return {victim.id} if deed in {"destroy", "change"} else set()
