"""A formula is checked when it is published, and kept by the mode that fits it."""

import pytest

from metadata.catalog import Field
from metadata.reads import reads_of
from tests.metadata.compiling import MARK, compiled, marked, mistakes


def zebras_field(result: str, formula: str, more: str = "") -> str:
    return f'overlay: entity/zebra\nfields:\n  worked: {{type: formula, result: {result}, formula: "{formula}"{more}}}\n'


def worked(result: str, formula: str, more: str = "") -> Field:
    catalog = compiled(zebras_field(result, formula, more)).catalog
    assert catalog is not None
    return catalog.entities["zebra"].fields["worked"]


@pytest.mark.parametrize(
    ("result", "formula"),
    [
        ("decimal", "size * 2"),
        ("text", "concat(name, ' of ', herd.name)"),
        ("integer", "year(born)"),
        ("integer", "count(friends, size > parent.size)"),
        ("date", "max(friends.born, is_open)"),
        ("boolean", "seen > created_at"),
        ("tags", "list(friends.name)"),
    ],
)
def test_what_only_records_decide_is_stored(result: str, formula: str) -> None:
    assert worked(result, formula).mode == "stored"


@pytest.mark.parametrize(
    ("result", "formula"),
    [
        ("integer", "days_between(born, today())"),
        ("boolean", "seen > days_ago(30)"),
        ("boolean", "owner == me"),
        ("boolean", "reports_to(owner, me)"),
        ("integer", "year(seen)"),
        ("date", "start_of(seen, 'month')"),
        ("boolean", "born < seen"),
        ("boolean", "seen > '2026-01-31'"),
        ("datetime", "born + hours(8)"),
        ("datetime", "coalesce(seen, born)"),
        ("integer", "count(friends, born > today())"),
    ],
)
def test_what_the_time_or_the_reader_decides_is_worked_out_when_it_is_read(result: str, formula: str) -> None:
    assert worked(result, formula).mode == "read"


def test_a_formula_on_one_that_is_read_is_read_too() -> None:
    catalog = compiled(zebras_field("integer", "days_between(born, today())"), (
        'overlay: entity/herd\nfields:\n  age: {type: formula, result: integer, formula: "sum(zebras.worked)"}\n'
        '  twice: {type: formula, result: integer, formula: "age * 2"}\n'
    )).catalog  # fmt: skip

    assert catalog is not None
    assert {catalog.entities["herd"].fields[key].mode for key in ("age", "twice")} == {"read"}


def test_one_may_ask_for_a_formula_to_be_worked_out_when_it_is_read() -> None:
    assert worked("decimal", "size * 2", ", mode: read").mode == "read"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (zebras_field("decimal", f"{MARK}siez * 2"), "expression.unknown-field"),
        (zebras_field("text", f"{MARK}size"), "expression.types-differ"),
        (zebras_field("money", f"{MARK}size"), "formula.no-currency"),
        (zebras_field("decimal", f"{MARK}worked + 1"), "formula.circle"),
        (zebras_field("text", f"{MARK}old.name"), "expression.no-old"),
        (zebras_field("boolean", f"{MARK}changed('name')"), "expression.not-available"),
        (zebras_field("date", f"{MARK}today()", ", index: true"), "formula.not-storable"),
        (zebras_field("date", f"start_of({MARK}today(), 'year')", ", mode: stored"), "formula.not-storable"),
        (zebras_field("decimal", "size", f", required: {MARK}true"), "formula.not-given"),
        (zebras_field("decimal", "size", f", unique: {MARK}true"), "formula.not-given"),
        (zebras_field("decimal", "size", f", default: {MARK}3"), "formula.not-given"),
        (zebras_field("text", "name", f", index: {MARK}true"), "field.not-indexable"),
        (f"overlay: entity/zebra\ntitle: {MARK}worked\nfields:\n"
         '  worked: {type: formula, result: text, formula: "name"}\n', "formula.not-given"),
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_kept_is_told_where_it_stands(text: str, code: str) -> None:
    text, (line, column) = marked(text)

    [told] = mistakes(text)

    assert (told.code, told.place.line, told.place.column) == (code, line, column)


def test_a_circle_over_several_entities_is_named() -> None:
    first = zebras_field("decimal", "herd.all_of_them")
    second = (
        "overlay: entity/herd\nfields:\n"
        '  all_of_them: {type: formula, result: decimal, formula: "sum(zebras.worked)"}\n'
    )

    told = mistakes(first, second)

    assert "zebra.worked → herd.all_of_them → zebra.worked" in told[0].message


def test_every_field_on_the_way_is_read() -> None:
    formula = worked("decimal", "sum(friends.size, herd.name == parent.herd.name)").formula
    catalog = compiled().catalog
    assert formula is not None
    assert catalog is not None

    read = {(".".join(r.key for r in each.way), each.key) for each in reads_of(formula, "zebra", catalog.entities)}

    assert read == {
        ("", "friends"), ("friends", "trashed_at"), ("friends", "size"),
        ("friends", "herd"), ("friends.herd", "trashed_at"), ("friends.herd", "name"),
        ("", "herd"), ("herd", "trashed_at"), ("herd", "name"),
    }  # fmt: skip


def test_what_a_formula_asks_of_its_reader_is_read() -> None:
    formula = worked("boolean", "me.job_title == name").formula
    catalog = compiled().catalog
    assert formula is not None
    assert catalog is not None

    read = {(each.entity, each.key) for each in reads_of(formula, "zebra", catalog.entities)}

    assert read == {("user", "job_title"), ("zebra", "name")}
