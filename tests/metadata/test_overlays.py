"""Overlays change single properties of what lies below, and each property knows whose it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.catalog import Catalog, Entity
from metadata.compiler import compile_packs
from metadata.packs import builtin
from metadata.source import SourceFile
from tests.metadata.compiling import LOCAL, compiled, marked, mistakes

KEYS = st.sampled_from(["label", "help", "required", "index", "max"])


def zebra(*texts: str) -> Entity:
    return catalog(*texts).entities["zebra"]


def catalog(*texts: str) -> Catalog:
    found = compiled(*texts)
    assert found.catalog is not None, str(found.diagnostics)
    return found.catalog


def layered(*overlays: tuple[str, str]) -> Catalog:
    """The savanna as a pack of its own, with an overlay for each (pack, text) in their order."""
    files = [SourceFile("a_savanna", "a_savanna/all.yaml", LOCAL.text)]
    files += [SourceFile(pack, f"{pack}/over.yaml", text) for pack, text in overlays]
    found = compile_packs([*builtin("core"), *files])
    assert found.catalog is not None, str(found.diagnostics)
    return found.catalog


def test_a_property_is_replaced_and_the_others_stay() -> None:
    over = zebra("overlay: entity/zebra\nplural: Herd animals\nfields: {name: {label: Called, max: 40}}")

    name = over.fields["name"]
    assert (over.plural, name.label, name.settings["max"], name.required) == ("Herd animals", "Called", 40, True)


def test_what_is_new_stands_where_its_anchor_says() -> None:
    over = zebra(
        "overlay: entity/zebra\nfields:\n"
        "  weight: {type: decimal, after: size}\n"
        "  nick: {type: text, before: herd}\n"
        "  last: {type: text}\n"
        "  name: {after: owner}\n"
    )

    keys = [field.key for field in over.declared]
    assert keys == [
        "nick", "herd", "friends", "coat", "stage", "size", "weight", "price", "born", "seen", "tame",
        "traits", "owner", "name", "last",
    ]  # fmt: skip


def test_stages_choices_and_rules_are_placed_alike() -> None:
    over = catalog(
        "overlay: pipeline/stripes\nstages: {young: {after: calf}}",
        "overlay: choices/coats\nvalues: {spotted: {label: Spotted, before: plain}}",
    )

    assert list(over.pipelines["stripes"].stages) == ["calf", "young", "grown"]
    assert [choice.key for choice in over.choices["coats"]] == ["striped", "spotted", "plain"]


def test_a_field_called_after_is_a_field() -> None:
    over = zebra("overlay: entity/zebra\nfields: {after: {type: date}, before: {type: date, before: name}}")

    assert [over.declared[0].key, over.declared[-1].key] == ["before", "after"]


def test_nothing_in_place_of_a_property_gives_its_default_back_and_hides_an_entry() -> None:
    over = zebra("overlay: entity/zebra\nfields: {name: {required: ~}, price: ~}")

    assert over.fields["name"].required is False
    assert "price" not in over.fields


def test_each_property_knows_its_layer() -> None:
    document = layered(
        ("b_over", "overlay: entity/zebra\nlabel: Zed\nfields: {name: {label: Called}, wild: {type: boolean}}"),
        ("c_over", "overlay: entity/zebra\nfields: {wild: {label: Wild?}, name: {help: Say it.}}"),
    ).documents["entity", "zebra"]

    layers = {
        path: document.layer_of(*path.split("/"))
        for path in ("label", "title", "fields/name/label", "fields/name/help", "fields/name/type",
                     "fields/wild/type", "fields/wild/label", "fields/size")
    }  # fmt: skip
    assert layers == {
        "label": "b_over", "title": "a_savanna", "fields/name/label": "b_over", "fields/name/help": "c_over",
        "fields/name/type": "a_savanna", "fields/wild/type": "b_over", "fields/wild/label": "c_over",
        "fields/size": "a_savanna",
    }  # fmt: skip


def test_a_field_that_is_only_relabelled_stays_its_packs() -> None:
    fields = layered(
        ("b_over", "overlay: entity/zebra\nfields: {name: {label: Called}, wild: {type: boolean}}")
    ).entities["zebra"].fields

    assert (fields["name"].layer, fields["wild"].layer) == ("a_savanna", "b_over")


def test_the_last_layer_has_the_last_word() -> None:
    over = layered(
        ("c_over", "overlay: entity/zebra\nlabel: Third"), ("b_over", "overlay: entity/zebra\nlabel: Second")
    )

    assert over.entities["zebra"].label == "Third"


def test_an_overlay_without_a_target_is_set_aside_and_told() -> None:
    [gone] = mistakes("overlay: entity/zebar\nlabel: Z")

    assert (gone.code, gone.severity, str(gone.place)) == ("overlay.no-target", "warning", "local/0.yaml:1:1")
    assert 'Did you mean "entity/zebra"?' in gone.hint
    assert catalog("overlay: entity/zebar\nlabel: Z").entities["zebra"].label == "Zebra"


def test_an_anchor_that_is_gone_is_told_and_what_hung_on_it_comes_last() -> None:
    text, (line, column) = marked("overlay: entity/zebra\nfields: {wild: {type: boolean, after: ‸sise}}")

    [gone] = mistakes(text)

    assert (gone.code, gone.severity) == ("overlay.no-anchor", "warning")
    assert (gone.place.line, gone.place.column) == (line, column)
    assert 'Did you mean "size"?' in gone.hint
    assert zebra(text).declared[-1].key == "wild"


@pytest.mark.parametrize(
    "text",
    [
        "overlay: entity/zebra\nfields: {size: {type: text}, herd: {label: ‸7}}",
        "overlay: entity/zebra\nfields: {size: {label: Size, ‸mxa: 7}}",
        "overlay: view/all_zebras\ncolumns: [name, ‸nmae]",
        "overlay: view/all_zebras\nwhere: size > 1 and ‸sise > 2",
    ],
)
def test_a_mistake_of_an_overlay_is_told_in_the_overlay(text: str) -> None:
    text, (line, column) = marked(text)

    [found] = mistakes("overlay: entity/zebra\nlabel: Z", text, "overlay: view/all_zebras\nlabel: Z")

    assert str(found.place) == f"local/1.yaml:{line}:{column}"


@given(
    said=st.dictionaries(st.tuples(st.sampled_from(["name", "wild", "nick"]), KEYS), st.integers(1, 9), max_size=8),
    split=st.sets(st.sampled_from([(f, k) for f in ("name", "wild", "nick") for k in
                                   ("label", "help", "required", "index", "max")])),
)  # fmt: skip
def test_overlays_of_different_properties_come_to_the_same_in_any_order(
    said: dict[tuple[str, str], int], split: set[tuple[str, str]]
) -> None:
    base = "overlay: entity/zebra\nfields: {wild: {type: text}, nick: {type: text}}"
    one = overlay({where: value for where, value in said.items() if where in split})
    other = overlay({where: value for where, value in said.items() if where not in split})

    there = layered(("b", base), ("c", one), ("d", other)).documents["entity", "zebra"]
    back = layered(("b", base), ("c", other), ("d", one)).documents["entity", "zebra"]

    assert there.data == back.data
    assert {path for path, layer in there.layers.items() if layer == "c"} == {
        path for path, layer in back.layers.items() if layer == "d"
    }


def overlay(said: dict[tuple[str, str], int]) -> str:
    spelt: dict[str, Any] = {"required": "true", "index": "true"}
    lines = [f"  {f}: {{{k}: {spelt.get(k, v if k == 'max' else f'is {v}')}}}" for (f, k), v in said.items()]
    merged: dict[str, list[str]] = {}
    for line in lines:
        key, _, value = line.strip().partition(": ")
        merged.setdefault(key, []).append(value.strip("{}"))
    fields = ", ".join(f"{key}: {{{', '.join(values)}}}" for key, values in merged.items())
    return f"overlay: entity/zebra\nfields: {{{fields}}}"
