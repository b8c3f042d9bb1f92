"""Text becomes documents that know where everything stands; what is not safe has no way in."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from metadata import schemas
from metadata.compiler import compile_packs
from metadata.reading import MOST_NODES, read_source
from metadata.source import SourceFile
from tests.metadata.compiling import SAVANNA, mistakes

LAUGHS = "entity: zoo\nhelp:\n" + "\n".join(
    f"  a{at}: &a{at} [{', '.join([f'*a{at - 1}' if at else 'x'] * 9)}]" for at in range(9)
)
LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
WORDS = st.sampled_from(
    ["entity", "zebra", "fields", "type", "text", "overlay", "entity/zebra", "view", "columns", "where",
     "name", "link", "to", "herd", "sort", "role", "grants", "rules", "when", "pack", "requires", "choices",
     "values", "layout", "sections", "= me", "*", "no", "translation", "texts", "sample", "records", "app",
     "groups", "items", "default", "access", "inherit", "unique", "inverse", "pipeline", "stages", "moves"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | LETTERS, inner, max_size=5),
    max_leaves=20,
)


def read(text: str) -> object:
    [document] = read_source(SourceFile("p", "p/a.yaml", text), ("entity",)).documents
    return document.data


def test_words_stay_words_and_numbers_become_numbers() -> None:
    text = "entity: zoo\na: no\nb: on\nc: true\nd: 12\ne: 1.50\nf: 2026-01-31\ng: 0x1F\nh: ~\ni: '12'\nj: 1e3"

    assert read(text) == {
        "entity": "zoo", "a": "no", "b": "on", "c": True, "d": 12, "e": 1.5, "f": "2026-01-31",
        "g": "0x1F", "h": None, "i": "12", "j": 1000,
    }  # fmt: skip


@pytest.mark.parametrize("number", ["1e999", "-1e999", "123456789012345678901234567890", ".inf", ".nan"])
def test_a_number_beyond_all_counting_stays_text(number: str) -> None:
    assert read(f"entity: zoo\na: {number}") == {"entity": "zoo", "a": number}


def test_json_and_several_documents_and_a_byte_order_mark_are_read() -> None:
    read = read_source(SourceFile("p", "p/a.json", '\ufeff{\n\t"entity": "zoo"}\n---\n---\nentity: two'), ("entity",))

    assert [(document.key, str(document.start)) for document in read.documents] == [
        ("zoo", "p/a.json:1:1"),
        ("two", "p/a.json:5:1"),
    ]
    assert read.found == ()


def test_aliases_that_explode_are_stopped_at_once() -> None:
    began = time.process_time()

    codes = [each.code for each in mistakes(LAUGHS)]

    assert codes == ["source.too-large"]
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("entity: " + "[" * 100_000, "source.malformed"),
        ("entity: zoo\nhelp: " + "[" * 200 + "]" * 200, "source.too-large"),
        ("entity: &a [*a]", "source.too-large"),
        ("entity: zoo\nhelp: [" + "1," * (MOST_NODES + 1) + "]", "source.too-large"),
        ("entity: zoo\nhelp: " + "x" * 2**20, "source.too-large"),
        ("entity: zoo\nhelp: '\udc80'", "source.malformed"),
        ("entity: zoo\nhelp: a\0b", "source.malformed"),
        ("%TAG ! tag:example,2000:\n---\nentity: !zoo x", "source.tag"),
        ("entity: *nobody", "source.malformed"),
    ],
)
def test_a_text_made_to_hurt_is_one_mistake(text: str, code: str) -> None:
    assert [each.code for each in mistakes(text)] == [code]


@given(st.text(max_size=300))
@example("entity: zoo\nfields: {? {} : x}")
@example("entity: !!set {a}")
@example("? |\n  block key\n: x")
def test_any_text_is_read_or_told_what_is_wrong_with_it(text: str) -> None:
    compiled = compile_packs([SourceFile("local", "local/a.yaml", text)])

    assert (compiled.catalog is None) == compiled.diagnostics.has_errors


@given(documents=st.lists(st.tuples(st.sampled_from(schemas.kinds()), WORDS, VALUES), max_size=4))
def test_any_document_is_compiled_or_told_what_is_wrong_with_it(
    documents: list[tuple[str, str, object]],
) -> None:
    files = [
        SourceFile("local", f"local/{at}.json", as_json({kind: key, **(said if isinstance(said, dict) else {})}))
        for at, (kind, key, said) in enumerate(documents)
    ]

    compiled = compile_packs([SourceFile("local", "local/savanna.yaml", SAVANNA), *files])

    assert (compiled.catalog is None) == compiled.diagnostics.has_errors


def as_json(value: object) -> str:
    """JSON as YAML takes it, infinities and all."""
    match value:
        case dict():
            return "{" + ", ".join(f"{as_json(str(k))}: {as_json(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_json, value)) + "]"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case _:
            return str(value)
