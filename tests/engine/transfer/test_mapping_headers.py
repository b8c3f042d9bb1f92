"""Headers are recognised by the names that fields go by, and no column is lost without a word."""

from pathlib import Path

import pytest

from engine.context import Actor
from engine.errors import Invalid
from engine.records.transfer.headers import words_of
from engine.records.transfer.mapping import change_mapping, list_targets, propose_mapping
from engine.records.transfer.sheets import Sheet, read_sheet
from engine.tenant import Tenant

DATA = Path(__file__).parents[2] / "data"


def sheet_of(*headers: str, row: str = "") -> Sheet:
    line = ",".join(f'"{header}"' for header in headers)
    return read_sheet(f"{line}\n{row or 'x'}\n".encode(), "file.csv")


def paths(tenant: Tenant, actor: Actor, entity: str, sheet: Sheet) -> dict[str, str | None]:
    with tenant.reading(actor) as ctx:
        return propose_mapping(ctx, entity, sheet).as_json()


HUBSPOT = {
    "First Name": "name.first", "Last Name": "name.last", "Email": "email", "Phone Number": "phone",
    "Mobile Phone Number": "mobile", "Contact owner": "owner", "Associated Company": "company",
    "Job Title": "job_title", "Lifecycle Stage": "status", "Original Source": "source",
    "Street Address": "address", "City": "address.city", "State/Region": "address.region",
    "Postal Code": "address.postal_code", "Country/Region": "address.country",
    "Date of Birth": "birthday",
}  # fmt: skip
SALESFORCE = {
    "First Name": "name.first", "Last Name": "name.last", "Title": "job_title",
    "Account Name": "company", "Mailing Street": "address", "Mailing City": "address.city",
    "Mailing State/Province": "address.region", "Mailing Zip/Postal Code": "address.postal_code",
    "Mailing Country": "address.country", "Phone": "phone", "Mobile": "mobile", "Email": "email",
    "Lead Source": "source", "Birthdate": "birthday", "Contact Owner": "owner",
}  # fmt: skip
PIPEDRIVE_PEOPLE = {
    "Person - Name": "name", "Person - Label": "tags", "Person - Phone - Work": "phone",
    "Person - Phone - Mobile": "mobile", "Person - Email - Work": "email",
    "Person - Organization": "company", "Person - Owner": "owner",
}  # fmt: skip
PIPEDRIVE_DEALS = {
    "Deal - Title": "name", "Deal - Value": "amount", "Deal - Currency": "amount.currency",
    "Deal - Organization": "company", "Deal - Contact person": "contacts",
    "Deal - Pipeline": "pipeline", "Deal - Stage": "stage", "Deal - Probability": "probability",
    "Deal - Label": "tags", "Deal - Owner": "owner", "Deal - Expected close date": "close_date",
    "Deal - Lost reason": "lost_reason",
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "entity", "expected"),
    [
        ("hubspot-contacts.csv", "contact", HUBSPOT),
        ("salesforce-contacts.csv", "contact", SALESFORCE),
        ("pipedrive-people.csv", "contact", PIPEDRIVE_PEOPLE),
        ("pipedrive-deals.xlsx", "deal", PIPEDRIVE_DEALS),
    ],
)
def test_the_headers_of_other_products_are_recognised(
    tenant: Tenant, admin: Actor, file: str, entity: str, expected: dict[str, str]
) -> None:
    sheet = read_sheet((DATA / file).read_bytes(), file)

    with tenant.reading(admin) as ctx:
        mapping = propose_mapping(ctx, entity, sheet)

    assert {c.header: str(c.target) for c in mapping.used} == expected
    assert [column.header for column in mapping.columns] == list(sheet.headers)
    assert all(column.reason for column in mapping.left_out)


@pytest.mark.parametrize(
    ("entity", "header", "path"),
    [
        ("contact", "FirstName", "name.first"),
        ("contact", "MAILING_POSTAL_CODE", "address.postal_code"),
        ("contact", "Name", "name"),
        ("contact", "Full name", "name"),
        ("contact", "company.id", "company.id"),
        ("contact", "LinkedInURL", "linkedin"),
        ("company", "Organization - ZIP/Postal code of Address", "address.postal_code"),
        ("company", "Billing Street", "address"),
        ("company", "Annual Revenue Currency", "annual_revenue.currency"),
        ("company", "Account Owner", "owner"),
        ("company", "Company Domain Name", "domain"),
        ("deal", "Opportunity Currency", "amount.currency"),
        ("deal", "Deal - Currency of Value", "amount.currency"),
        ("deal", "Probability (%)", "probability"),
        ("zebra", "HERD", "herd"),
        ("zebra", "price.currency", "price.currency"),
    ],
)
def test_a_header_goes_where_it_means(
    tenant: Tenant, admin: Actor, entity: str, header: str, path: str
) -> None:
    assert paths(tenant, admin, entity, sheet_of(header)) == {header: path}


def test_the_surest_column_fills_a_field_and_the_others_say_so(
    tenant: Tenant, admin: Actor
) -> None:
    sheet = sheet_of("Telephone", "Phone", "Favourite colour", "", "Created")

    with tenant.reading(admin) as ctx:
        mapping = propose_mapping(ctx, "contact", sheet)

    assert mapping.as_json()["Phone"] == "phone"
    assert {column.header: column.reason for column in mapping.left_out} == {
        "Telephone": '"Phone" goes to Phone.',
        "Favourite colour": "No field goes by this name.",
        "": "It has no header.",
        "Created": "Created is kept by the system.",
    }


@pytest.mark.parametrize(
    ("cell", "path"), [("0190a7c0-0000-7000-8000-000000000001", "id"), ("1", None), ("", None)]
)
def test_an_id_is_ours_only_when_it_looks_like_one(
    tenant: Tenant, admin: Actor, cell: str, path: str | None
) -> None:
    sheet = sheet_of("ID", "Name", row=f"{cell},x")

    assert paths(tenant, admin, "zebra", sheet) == {"ID": path, "Name": "name"}


def test_what_is_closed_to_somebody_is_no_name_they_know(tenant: Tenant, keeper: Actor) -> None:
    sheet = sheet_of("name", "secret", "number")

    with tenant.reading(keeper) as ctx:
        mapping = propose_mapping(ctx, "zebra", sheet)
        with pytest.raises(Invalid) as refusal:
            change_mapping(ctx, mapping, {"number": "secret"})
        targets = dict(list_targets(ctx, "zebra"))

    assert {column.header: column.reason for column in mapping.left_out} == {
        "secret": "No field goes by this name.",
        "number": "No field goes by this name.",
    }
    assert refusal.value.message == 'There is no field "secret" of zebra.'
    assert "secret" not in targets
    assert "name" in targets


def test_a_mapping_is_changed_by_header(tenant: Tenant, admin: Actor) -> None:
    sheet = sheet_of("Phone", "Direct line", "Email")

    with tenant.reading(admin) as ctx:
        mapping = propose_mapping(ctx, "contact", sheet)
        changed = change_mapping(ctx, mapping, {"Direct line": "phone", "Email": None})

    assert changed.as_json() == {"Phone": None, "Direct line": "phone", "Email": None}
    assert [column.reason for column in changed.columns] == [
        '"Direct line" goes there instead.', "", "Left out on request.",
    ]  # fmt: skip


def test_a_mapping_that_leads_nowhere_is_refused_naming_everything(
    tenant: Tenant, admin: Actor
) -> None:
    with tenant.reading(admin) as ctx:
        mapping = propose_mapping(ctx, "contact", sheet_of("Phone", "Email", "Fax"))
        wrong = {"Emial": "email", "Phone": "pohne", "Fax": "name.middle", "Email": "created_at"}
        with pytest.raises(Invalid) as refusal:
            change_mapping(ctx, mapping, wrong)

    assert [problem.message for problem in refusal.value.problems] == [
        'The file has no column "Emial". Did you mean "Email"?',
        'There is no field "pohne" of contact. Did you mean "phone"?',
        'Name has no part "middle". Parts: first, last.',
        "Created is kept by the system.",
    ]


def test_two_columns_can_not_go_to_one_place(tenant: Tenant, admin: Actor) -> None:
    with tenant.reading(admin) as ctx:
        mapping = propose_mapping(ctx, "contact", sheet_of("A", "B"))
        with pytest.raises(Invalid) as refusal:
            change_mapping(ctx, mapping, {"A": "phone", "B": "phone"})

    assert refusal.value.message == '"A" and "B" both go to phone.'


def test_words_are_compared_without_what_stands_between_them() -> None:
    said = ["Person - E-Mail", "person_e_mail", "PersonE-mail", "  PERSON e.mail "]

    assert {words_of(text) for text in said} == {"person e mail"}
