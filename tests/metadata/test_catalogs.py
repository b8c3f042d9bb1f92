"""A catalog is frozen, comes out the same of the same texts, and shares what did not change."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata import source
from metadata.catalog import Catalog
from metadata.compiler import compile_packs
from metadata.identities import NONE, Identities, read_identities
from metadata.packs import builtin
from metadata.source import SourceFile
from tests.metadata.compiling import LOCAL, compiled

TYPES = st.sampled_from(["text", "integer", "date", "boolean", "json", "tags", "email", "duration"])
ENTITIES = st.dictionaries(
    st.sampled_from(["ant", "bee", "cow"]),
    st.dictionaries(st.sampled_from(["aa", "bb", "cc", "dd"]), TYPES, min_size=1, max_size=4),
    min_size=1,
    max_size=3,
)


def written(entities: dict[str, dict[str, str]], was: dict[str, str] | None = None) -> SourceFile:
    lines: list[str] = []
    for key, fields in entities.items():
        lines += ["---", f"entity: {key}", *([f"was: {was[key]}"] if was and key in was else []), "fields:"]
        lines += [f"  {name}: {{type: {kind}}}" for name, kind in fields.items()]
    return SourceFile("local", "local/all.yaml", "\n".join(lines))


def made(file: SourceFile, before: Identities = NONE) -> tuple[Catalog, Identities]:
    found = compile_packs([*builtin("core"), file], before)
    assert found.catalog is not None, str(found.diagnostics)
    return found.catalog, found.identities


def again(text: str, catalog: Catalog, *more: str) -> Catalog:
    files = [SourceFile("local", f"local/{at}.yaml", each) for at, each in enumerate(more)]
    changed = SourceFile("local", "local/savanna.yaml", text)
    found = compile_packs([*builtin("core"), changed, *files], previous=catalog)
    assert found.catalog is not None, str(found.diagnostics)
    return found.catalog


def shared(one: Catalog, other: Catalog) -> set[str]:
    return {key for key in one.entities.keys() & other.entities if one.entities[key] is other.entities[key]}


@pytest.fixture
def catalog() -> Catalog:
    found = compiled().catalog
    assert found is not None
    return found


def test_nothing_in_a_catalog_can_be_changed(catalog: Catalog) -> None:
    attempts: list[Any] = [
        lambda: setattr(catalog, "hash", ""),
        lambda: setattr(catalog.entities["zebra"], "label", ""),
        lambda: catalog.entities.pop("zebra"),  # type: ignore[attr-defined]  # that is the point
        lambda: catalog.entities["zebra"].fields.clear(),  # type: ignore[attr-defined]
    ]

    for attempt in attempts:
        with pytest.raises((FrozenInstanceError, AttributeError)):
            attempt()


def test_a_sound_pack_is_read_once(catalog: Catalog) -> None:
    before = source.nodes_of.cache_info().misses

    again("# Read for the first time.\n" + LOCAL.text, catalog)

    assert source.nodes_of.cache_info().misses == before


def test_one_changed_field_makes_one_new_entity(catalog: Catalog) -> None:
    changed = again(LOCAL.text.replace("size: {type: decimal}", "size: {type: decimal, scale: 3}"), catalog)

    assert catalog.entities.keys() - shared(catalog, changed) == {"zebra"}


def test_a_comment_or_another_order_of_files_changes_no_entity(catalog: Catalog) -> None:
    changed = again("# About the savanna.\n" + LOCAL.text, catalog)

    assert shared(catalog, changed) == catalog.entities.keys()


def test_another_order_of_fields_or_stages_is_another_entity(catalog: Catalog) -> None:
    fields = again(LOCAL.text, catalog, "overlay: entity/zebra\nfields: {size: {before: name}}")
    stages = again(LOCAL.text, catalog, "overlay: pipeline/stripes\nstages: {grown: {before: calf}}")

    assert next(iter(fields.entities["zebra"].fields)) == "size"
    assert [s.key for s in stages.entities["zebra"].fields["stage"].settings["pipelines"][0].stages.values()] == [
        "grown", "calf",
    ]  # fmt: skip
    assert list(stages.entities["zebra"].pipelines["stripes"].stages) == ["grown", "calf"]


def test_a_new_link_changes_the_two_entities_at_its_ends(catalog: Catalog) -> None:
    field = "overlay: entity/zebra\nfields: {rival: {type: link, to: herd, inverse: rivals}}"

    changed = again(LOCAL.text, catalog, field)

    assert catalog.entities.keys() - shared(catalog, changed) == {"zebra", "herd"}


def test_changed_choices_change_the_entities_that_offer_them(catalog: Catalog) -> None:
    changed = again(LOCAL.text.replace("plain: Plain", "plain: Plain, spotted: Spotted"), catalog)

    assert catalog.entities.keys() - shared(catalog, changed) == {"zebra"}


def test_an_entity_is_checked_again_when_what_it_speaks_of_changes(catalog: Catalog) -> None:
    text = LOCAL.text.replace("name: {type: text}, place", "title_words: {type: text}, place")

    found = compile_packs([*builtin("core"), SourceFile("local", "local/savanna.yaml", text)], previous=catalog)

    [broken] = found.diagnostics
    assert broken.code == "view.unknown-field"
    assert '"name" of herd' in broken.message


@given(ENTITIES)
def test_the_same_texts_make_the_same_catalog(entities: dict[str, dict[str, str]]) -> None:
    first, identities = made(written(entities))
    second, same = made(written(entities), read_identities(identities.as_json()))

    assert (first, identities) == (second, same)


@given(ENTITIES, ENTITIES)
def test_what_comes_back_is_what_it_was(one: dict[str, dict[str, str]], other: dict[str, dict[str, str]]) -> None:
    first, before = made(written(one))
    _, between = made(written(other), before)
    back, _ = made(written(one), between)

    assert {key: entity.identity for key, entity in first.entities.items()} == {
        key: entity.identity for key, entity in back.entities.items()
    }
    assert physical(first) == physical(back)


@given(ENTITIES, ENTITIES)
def test_no_two_fields_of_different_types_ever_share_an_identity(
    one: dict[str, dict[str, str]], other: dict[str, dict[str, str]]
) -> None:
    _, before = made(written(one))
    _, after = made(written(other), before)

    identities = [(e.identity, f.identity) for e in after.entities for f in e.fields]
    assert len(identities) == len(set(identities))


def physical(catalog: Catalog) -> dict[str, str]:
    return {f"{e.key}.{f.key}": f.identity for e in catalog.entities.values() for f in e.declared}


def test_a_renamed_entity_and_field_keep_their_identities() -> None:
    _, before = made(written({"ant": {"aa": "text", "bb": "date"}}))
    renamed = "entity: bee\nwas: ant\nfields: {cc: {type: text, was: aa}, bb: {type: date}}"

    catalog, after = made(SourceFile("local", "local/all.yaml", renamed), before)

    bee = catalog.entities["bee"]
    assert (bee.identity, bee.fields["cc"].identity, bee.fields["bb"].identity) == ("ant", "ant.aa", "ant.bb")
    assert [(e.key, e.live) for e in after.entities if e.identity == "ant"] == [("bee", True)]


def test_a_name_that_was_given_away_begins_anew() -> None:
    _, before = made(written({"ant": {"aa": "text"}}))
    swapped = "entity: bee\nwas: ant\nfields: {aa: {type: text}}\n---\nentity: ant\nfields: {aa: {type: text}}"

    catalog, _ = made(SourceFile("local", "local/all.yaml", swapped), before)

    assert catalog.entities["bee"].identity == "ant"
    assert catalog.entities["ant"].identity == "ant~2"


def test_a_field_whose_type_changes_back_and_forth_keeps_the_values_of_each_type() -> None:
    _, first = made(written({"ant": {"aa": "text"}}))
    _, gone = made(written({"ant": {"bb": "text"}}), first)
    other, second = made(written({"ant": {"aa": "date", "bb": "text"}}), gone)

    assert other.entities["ant"].fields["aa"].identity == "ant.aa~2"
    assert ("ant.aa", "aa", "text", False) in [
        (f.identity, f.key, f.type, f.live) for e in second.entities for f in e.fields
    ]
