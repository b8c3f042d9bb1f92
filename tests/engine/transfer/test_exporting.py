"""A file holds what its reader may see, page after page, and nothing that a spreadsheet would run."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Denied, Invalid, Malformed
from engine.records.commands import apply_batch, create_record
from engine.records.queries import Query
from engine.records.transfer.exporting import export_records
from engine.records.transfer.formulas import neutralise, restore
from engine.records.transfer.sheets import read_sheet
from engine.records.writes import Create
from engine.tenant import Tenant
from tests.conftest import make_actor
from tests.engine.transfer.bringing import bring_in, export, lines_of, sheet_of

TROUBLE = st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("'=+-@\t\r\n ＝_x;,\"\ufeff")


def make_two(tenant: Tenant) -> None:
    with tenant.writing() as ctx:
        plain = create_record(ctx, "okapi", {"name": "[Plain]; one"})
        values = {"name": "=1+1", "count": -42, "price": "5 EUR", "mother": plain.id, "friends": [plain.id]}
        create_record(ctx, "okapi", values)


@given(st.text(alphabet=TROUBLE, max_size=8))
def test_a_neutralised_text_is_no_formula_and_can_be_restored(text: str) -> None:
    safe = neutralise(text)

    assert safe.lstrip()[:1] not in {"=", "+", "-", "@"}
    assert safe[:1] not in {"\t", "\r"}
    assert restore(safe) == text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_that_leaves_is_a_formula(tenant: Tenant, form: str) -> None:
    names = ["=1+1", "+49 30", "-x", "@SUM(A1)", "'=quoted", "\u200b plain"]
    with tenant.writing() as ctx:
        apply_batch(ctx, "okapi", [Create(values={"name": name, "count": -1}) for name in names])

    sheet = read_sheet(export(tenant, Query(entity="okapi", fields=("name", "count")), form), f"o.{form}")

    assert [row.cells[0] for row in sheet.rows()] == [
        "'=1+1", "'+49 30", "'-x", "'@SUM(A1)", "''=quoted", "\u200b plain",
    ]  # fmt: skip
    assert {str(row.cells[1]) for row in sheet.rows()} == {"-1"}


def test_a_large_list_leaves_page_by_page_without_losing_any(tenant: Tenant) -> None:
    rows = [Create(values={"name": f"O{at}"}) for at in range(1_203)]
    with tenant.writing() as ctx:
        apply_batch(ctx, "okapi", rows)

    exported = lines_of(export(tenant, Query(entity="okapi", fields=("name",))))

    assert [name for [name] in exported[1:]] == [f"O{at}" for at in range(1_203)]


def test_a_question_chooses_what_leaves(tenant: Tenant) -> None:
    make_two(tenant)
    query = Query(
        entity="okapi", where=("count < 0",), sort=("-name",), fields=("name", "mother.name", "friends")
    )

    exported = lines_of(export(tenant, query))

    assert exported[0] == ["name", "mother.name", "friends", "friends.id"]
    assert [row[:3] for row in exported[1:]] == [["'=1+1", "[Plain]; one", '["[Plain]; one"]']]


def test_only_what_a_person_may_read_leaves(tenant: Tenant) -> None:
    make_two(tenant)
    looker, writer = make_actor(tenant, "Lo", "looker"), make_actor(tenant, "Wim", "writer")

    header = lines_of(export(tenant, Query(entity="okapi"), actor=looker))[0]

    assert not {"price", "price.currency", "friends", "friends.id"} & set(header)
    assert {"id", "name", "mother", "mother.id"} <= set(header)
    for field in ("price", "friends"):
        with pytest.raises(Denied):
            export(tenant, Query(entity="okapi", fields=(field,)), actor=looker)
    with pytest.raises(Denied) as refusal:
        export(tenant, Query(entity="okapi"), actor=writer)
    assert refusal.value.message == "You may not export okapis."


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (Query(entity="okapi", fields=("nmae",)), "field.unknown"),
        (Query(entity="okapi", fields=("children",)), "export.inverse"),
        (Query(entity="okapi", fields=("mother.friends",)), "export.many"),
        (Query(entity="okapi", fields=("friends.name",)), "field.not-a-link"),
        (Query(entity="okapi", where=("name <",)), "expression.syntax"),
    ],
)
def test_a_question_that_can_not_be_a_file_is_refused_before_the_first_piece(
    tenant: Tenant, query: Query, code: str
) -> None:
    with tenant.reading() as ctx, pytest.raises(Malformed) as refusal:
        export_records(ctx, query, "csv")

    assert refusal.value.code == code


def test_a_text_too_long_for_a_workbook_is_refused_not_cut(tenant: Tenant) -> None:
    with tenant.writing() as ctx:
        create_record(ctx, "okapi", {"name": "Long", "about": "x" * 40_000})

    with pytest.raises(Invalid) as refusal:
        export(tenant, Query(entity="okapi"), "xlsx")

    assert refusal.value.message.endswith("a cell of a workbook holds 32,767. Export as CSV.")


def test_telephone_numbers_and_texts_of_any_kind_survive_the_journey(tenant: Tenant) -> None:
    bring_in(tenant, "okapi", sheet_of("Name,Call,About", "A,'+49 30 901820,'-dash", "B,+49 30 901821,'plain"))

    exported = lines_of(export(tenant, Query(entity="okapi", fields=("call", "about"))))

    assert exported[1:] == [["'+4930901820", "'-dash"], ["'+4930901821", "'plain"]]
