"""A row whose value some record has is about that record, and changes what it fills."""


import pytest

from engine.errors import Invalid
from engine.fields.person_name import PersonName
from engine.records.commands import create_record, trash_record
from engine.tenant import Tenant
from tests.conftest import make_actor
from tests.engine.transfer.bringing import bring_in, counts, records_of, sheet_of, shown


def test_matched_rows_change_what_is_filled_and_leave_the_rest(tenant: Tenant) -> None:
    with tenant.writing() as ctx:
        values = {
            "name": "Ann Lee", "email": "ann@a.example", "job_title": "CEO", "status": "customer",
            "address": {"street": "1 Main St", "city": "Boston"},
        }  # fmt: skip
        ann = create_record(ctx, "contact", values)
    sheet = sheet_of(
        "Last Name,Email,Job title,City,Lifecycle stage",
        "Berg,ANN@a.example,,Salem,", "Bo,bo@a.example,CTO,,", "Cy,,,,",
    )  # fmt: skip

    result = bring_in(tenant, "contact", sheet, match="email")

    assert counts(result) == (2, 1, 0, 0)
    [changed] = [each for each in records_of(tenant, "contact") if each.id == ann.id]
    assert changed.values["name"] == PersonName("Ann", "Berg")
    assert changed.values["job_title"] == "CEO"
    assert changed.values["status"] == "customer"
    assert changed.values["address"] == {"street": "1 Main St", "city": "Salem"}


def test_importing_the_same_file_again_changes_nothing(tenant: Tenant) -> None:
    sheet = sheet_of("Name,Email,Company name", "A,a@a.example,Acme", "B,b@a.example,Acme")
    bring_in(tenant, "contact", sheet, match="email")

    again = bring_in(tenant, "contact", sheet, match="email")

    assert counts(again) == (0, 0, 2, 0)
    assert [record.version for record in records_of(tenant, "contact")] == [1, 1]


def test_two_rows_about_one_record_are_folded_or_told_apart(tenant: Tenant) -> None:
    rows = ["A,a@a.example", "A,a@a.example", "B,A@a.example", "C,"]

    result = bring_in(tenant, "contact", sheet_of("Name,Email", *rows), match="email")

    assert counts(result) == (2, 0, 1, 1)
    assert result.rejected == {4: "Row 2 has the same Email. Put the two rows together."}


def test_a_record_in_the_trash_or_out_of_sight_is_not_matched(tenant: Tenant) -> None:
    loner = make_actor(tenant, "Lou", "loner")
    with tenant.writing() as ctx:
        create_record(ctx, "zebra", {"name": "Hidden", "herd": "north"})
        gone = create_record(ctx, "zebra", {"name": "Gone"})
        trash_record(ctx, "zebra", gone.id)

    result = bring_in(
        tenant, "zebra", sheet_of("Name,Herd", "Gone,south", "Hidden,south"), actor=loner, match="name"
    )

    assert counts(result) == (1, 0, 0, 1)
    assert dict(shown(tenant, "zebra", "name", "herd")) == {"Hidden": "north", "Gone": "south"}


@pytest.mark.parametrize("match", ["mother", "traits", "secret", "nmae"])
def test_only_a_field_of_the_file_that_tells_records_apart_is_matched_by(
    tenant: Tenant, match: str
) -> None:
    sheet = sheet_of("Name,Mother,Traits", "A,,")

    with pytest.raises(Invalid) as refusal:
        bring_in(tenant, "zebra", sheet, match=match)

    assert refusal.value.message == f'Rows can\'t be matched by "{match}". Fields to match by: name.'


def test_ids_that_a_file_brings_are_kept_and_matched_by(tenant: Tenant) -> None:
    known = "0190a7c0-0000-7000-8000-000000000001"
    sheet = sheet_of("ID,Name", f"{known},First", ",Second")
    bring_in(tenant, "zebra", sheet)

    again = bring_in(tenant, "zebra", sheet_of("ID,Name", f"{known},Renamed"))

    assert counts(again) == (0, 1, 0, 0)
    assert (known, "Renamed") in shown(tenant, "zebra", "id", "name")
