"""Packs are laid over each other in the order of what they require, the client's own layer last."""

from hypothesis import given
from hypothesis import strategies as st

from metadata.compiler import compile_packs
from metadata.diagnostics import Diagnostic
from metadata.source import SourceFile

NAMES = ("antelope", "bison", "camel", "dingo", "emu")


def pack(name: str, *requires: str, text: str = "") -> list[SourceFile]:
    head = f"pack: {name}\nversion: 1\nrequires: [{', '.join(requires)}]\n"
    return [SourceFile(name, f"{name}/pack.yaml", head), SourceFile(name, f"{name}/more.yaml", text)]


def order(*files: SourceFile) -> list[str]:
    catalog = compile_packs(files).catalog
    assert catalog is not None
    return [each.name for each in catalog.packs]


def found(*files: SourceFile) -> list[Diagnostic]:
    return list(compile_packs(files).diagnostics)


@given(st.permutations([("emu", "dingo"), ("dingo", "bison", "camel"), ("camel", "antelope"),
                        ("bison", "antelope"), ("antelope",)]))  # fmt: skip
def test_a_pack_comes_after_all_it_requires_however_they_are_given(packs: list[tuple[str, ...]]) -> None:
    files = [file for name, *requires in packs for file in pack(name, *requires)]

    assert order(*files, SourceFile("local", "local/a.yaml", "")) == [*NAMES, "local"]


def test_a_higher_pack_may_lay_over_what_a_lower_one_declares() -> None:
    lower = pack("antelope", text="entity: herd\nfields: {name: {type: text, label: Name}}")
    higher = pack("bison", "antelope", text="overlay: entity/herd\nfields: {name: {label: Called}}")

    catalog = compile_packs([*higher, *lower]).catalog

    assert catalog is not None
    assert catalog.entities["herd"].fields["name"].label == "Called"


def test_a_pack_that_is_not_there_is_named_where_it_is_required() -> None:
    [absent] = found(*pack("antelope", "bisom"), *pack("bison"))

    assert (absent.code, str(absent.place)) == ("pack.absent", "antelope/pack.yaml:3:12")
    assert '"bisom"' in absent.message
    assert 'Did you mean "bison"?' in absent.hint


def test_every_circle_is_told_with_all_that_are_in_it() -> None:
    two = [*pack("antelope", "bison"), *pack("bison", "antelope"), *pack("camel", "camel")]

    messages = [each.message for each in found(*two)]

    assert messages == [
        "These packs require each other in a circle: antelope → bison → antelope.",
        "These packs require each other in a circle: camel → camel.",
    ]


def test_a_pack_is_called_as_its_folder_is() -> None:
    [wrong] = found(SourceFile("antelope", "antelope/pack.yaml", "pack: bison\nversion: 1"))

    assert (wrong.code, wrong.place.line, wrong.place.column) == ("pack.name", 1, 7)


def test_a_document_stands_in_one_place_only() -> None:
    herd = "entity: herd\nfields: {name: {type: text}}"

    [twice] = found(*pack("antelope", text=herd), *pack("bison", "antelope", text=herd))

    assert (twice.code, twice.place.file) == ("document.duplicate", "bison/more.yaml")
    assert "antelope/more.yaml:1:1" in twice.message
