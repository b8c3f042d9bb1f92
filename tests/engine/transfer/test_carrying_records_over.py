"""What goes out of one CRM comes into another as it was."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fields import field_types
from engine.records.commands import create_record
from engine.records.queries import Query
from engine.records.transfer.formulas import restore
from engine.records.transfer.leaving import Leaving, Table
from engine.records.transfer.results import ImportResult
from engine.records.transfer.sheets import read_sheet
from engine.records.transfer.writers import WRITERS
from engine.tenant import Tenant
from metadata import declarations
from tests.conftest import make_actor
from tests.engine.transfer.bringing import bring_in, export, records_of, shown

FORMS = ["csv", "xlsx", "json"]
FULL: dict[str, Any] = {
    "name": "=1+1", "about": 'Two\nlines, "quoted"; and \'apostrophes\'', "rich": "<p>Bold <b>b</b></p>",
    "count": -42, "weight": "-1234.567", "share": "12.5", "price": {"amount": "-1200.50", "currency": "JPY"},
    "tame": False, "born": "1999-12-31", "seen": "2026-02-28T23:59:58Z", "nap": "PT25H3M4S",
    "herd": "north", "traits": ["wild", "odd; one"], "words": ["-dash", "@at", "plain, with comma"],
    "stars": 3, "mail": "a@b.example", "call": "+4930901820;ext=12", "site": "https://a.example/?q=1,2",
    "home": {"street": "1, Main St", "postal_code": "02101", "country": "US"},
    "full": {"first": "Ludwig", "last": "van Beethoven"}, "facts": {"a": [1, None, "x"]}, "stage": "grown",
}  # fmt: skip
TROUBLE = st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("'=+-@\t\r\n ＝_x;,\"\ufeff")


def carry(one: Tenant, other: Tenant, entity: str, form: str) -> ImportResult:
    content = export(one, Query(entity=entity), form)
    return bring_in(other, entity, read_sheet(content, f"{entity}.{form}"))


def content_of(tenant: Tenant) -> set[tuple[str, str, str]]:
    """Every value of every okapi, but for the number it was given."""
    records = orjson.loads(export(tenant, Query(entity="okapi"), "json"))
    return {
        (record["id"], key, orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode())
        for record in records
        for key, value in record.items()
        if key != "number"
    }


def fill(tenant: Tenant) -> None:
    keeper = make_actor(tenant, "Kim", "admin")
    with tenant.writing() as ctx:
        acme = create_record(ctx, "company", {"name": "=Acme, Inc."})
        pack = create_record(ctx, "team", {"name": "Savanna"})
        paper = create_record(ctx, "file", {"name": "a.pdf"})
        plain = create_record(ctx, "okapi", {"name": "[Plain]; one"})
        full = create_record(
            ctx, "okapi",
            {**FULL, "mother": plain.id, "friends": [plain.id], "subject": f"company/{acme.id}",
             "keeper": keeper.id, "pack": pack.id, "paper": paper.id, "face": paper.id},
        )  # fmt: skip
        create_record(ctx, "okapi", {"name": "Last", "mother": full.id, "friends": [plain.id, full.id],
                                     "subject": f"okapi/{full.id}"})  # fmt: skip


def test_the_okapi_has_a_field_of_every_type(tenant: Tenant) -> None:
    with tenant.reading() as ctx:
        fields = ctx.machine.catalog.entities["okapi"].declared

    assert {field.type for field in fields} == set(declarations.names()) - {"formula"}  # which is not typed


@pytest.mark.parametrize("form", FORMS)
def test_values_of_every_type_come_into_another_crm_as_they_were(
    tenant: Tenant, empty: Tenant, form: str
) -> None:
    fill(tenant)

    results = [
        carry(tenant, empty, entity, form) for entity in ("user", "team", "file", "company", "okapi")
    ]

    assert [(result.rejected, result.notes) for result in results] == [({}, [])] * 5
    assert content_of(empty) - content_of(tenant) == set()
    assert content_of(tenant) - content_of(empty) == set()
    assert len({record_id for record_id, _, _ in content_of(tenant)}) == 3


@pytest.mark.parametrize("form", FORMS)
def test_what_records_link_to_is_made_with_its_id_when_it_is_not_there(
    tenant: Tenant, empty: Tenant, form: str
) -> None:
    fill(tenant)

    result = carry(tenant, empty, "okapi", form)

    assert (result.created, result.made) == (3, {"company": 1})
    assert shown(empty, "company", "id", "name") == shown(tenant, "company", "id", "name")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("facts", ["just text", '"quoted"', ["=a", 1.5], 12, False, {"=": "'+"}])
def test_a_structure_is_the_same_whatever_it_is(
    tenant: Tenant, empty: Tenant, form: str, facts: Any
) -> None:
    with tenant.writing() as ctx:
        create_record(ctx, "okapi", {"name": "O", "facts": orjson.dumps(facts).decode()})

    carry(tenant, empty, "okapi", form)

    assert shown(empty, "okapi", "facts") == [(facts,)]


@pytest.mark.parametrize("form", FORMS)
def test_importing_ones_own_export_changes_nothing(tenant: Tenant, form: str) -> None:
    fill(tenant)

    content = export(tenant, Query(entity="okapi"), form)
    result = bring_in(tenant, "okapi", read_sheet(content, f"o.{form}"))

    assert (result.created, result.updated, result.skipped, result.rejected) == (0, 0, 3, {})
    assert {record.version for record in records_of(tenant, "okapi")} == {1}


@pytest.mark.parametrize("form", FORMS)
@given(typed=st.lists(st.text(alphabet=TROUBLE, min_size=1, max_size=8), min_size=1, max_size=4))
def test_a_text_of_any_letters_comes_back(form: str, typed: list[str]) -> None:
    kind = field_types["long_text"]({})
    kept = [text for each in typed if (text := kind.parse(each)) is not None]
    table = Table("Texts", [Leaving("a", kind), Leaving("b", kind)], iter([[text, "x"] for text in kept]))

    content = b"".join(WRITERS[form](table))

    if kept:
        cells = [row.cells[0] for row in read_sheet(content, f"a.{form}").rows()]
        assert [cell if form == "json" else restore(cell) for cell in cells] == kept
