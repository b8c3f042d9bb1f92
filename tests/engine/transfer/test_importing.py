"""Rows become records by the rules of all records; those that can't are said to, and nothing is lost."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.context import Actor
from engine.fields.money import Money
from engine.fields.person_name import PersonName
from engine.records.transfer.rejects import write_rejects
from engine.records.transfer.sheets import read_sheet
from engine.tenant import Tenant
from tests.engine.transfer.bringing import (
    bring_in,
    counts,
    sheet_of,
    shown,
)

DATA = Path(__file__).parents[2] / "data"


def test_names_addresses_and_money_are_put_together_from_their_columns(tenant: Tenant) -> None:
    people = sheet_of(
        "First Name,Last Name,Mailing Street,Mailing City,Mailing Zip/Postal Code,Mailing Country",
        '=Ann,von Berg,"1 Main St\nFloor 2",Boston,02101,US',
        ",Cher,,,,",
    )
    deals = sheet_of("Deal - Title,Deal - Value,Deal - Currency", "Big,1200.5,usd", "Small,€ 9,")

    bring_in(tenant, "contact", people)
    bring_in(tenant, "deal", deals)

    whole = {"street": "1 Main St Floor 2", "city": "Boston", "postal_code": "02101", "country": "US"}
    assert shown(tenant, "contact", "name", "address", sort="name") == [
        (PersonName("=Ann", "von Berg"), whole), (PersonName(None, "Cher"), None),
    ]  # fmt: skip
    assert shown(tenant, "deal", "amount", sort="name") == [
        (Money(Decimal("1200.50"), "USD"),), (Money(Decimal("9.00"), "EUR"),),
    ]  # fmt: skip


def test_every_fault_of_a_row_is_in_its_reason(tenant: Tenant) -> None:
    sheet = sheet_of(
        "Name,Size,Born,Herd,Price",
        "A,big,2020-01-01,north,", ",2,31.02.2020,west,", "C,1,,,5,6,7", "D,,,,a lot", "E,1,,NORTH,",
    )  # fmt: skip

    result = bring_in(tenant, "zebra", sheet)

    assert result.rejected == {
        2: 'Size: "big" is not a number.',
        3: 'Born: "31.02.2020" is not a date. Write it as 2026-12-31. Herd: "west" is none of: '
        "North, South. Name is needed.",
        4: "This row has 7 cells; there are 5 headers.",
        5: 'Price: "a lot" is not an amount.',
    }
    assert shown(tenant, "zebra", "name", "herd") == [("E", "north")]


def test_rejected_rows_come_back_put_right(tenant: Tenant) -> None:
    sheet = sheet_of(
        "Name;Phone;Company name", "A;+49 30 901820;Acme", ";'+49 30 901821;=SUM(A1)", name="in.csv"
    )
    result = bring_in(tenant, "contact", sheet)

    content = b"".join(write_rejects(sheet, result.rejected))
    again = bring_in(tenant, "contact", read_sheet(content.replace(b"\n;", b"\nB;"), "r.csv"))

    [header, row] = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert header == ["Name", "Phone", "Company name", "reason"]
    assert row == ["", "'+49 30 901821", "'=SUM(A1)", "Name is needed."]
    assert counts(again) == (1, 0, 0, 0)
    assert shown(tenant, "contact", "phone", "company.name", sort="name") == [
        ("+4930901820", "Acme"), ("+4930901821", "=SUM(A1)"),
    ]  # fmt: skip


def test_a_number_without_a_prefix_belongs_to_the_country_of_its_row(tenant: Tenant) -> None:
    sheet = sheet_of(
        "Name,Phone,Country",
        "A,030 901820,Germany", "B,(212) 555-2368,USA", "C,(212) 555-2368,", "D,+33 4 72 40 12 34,DE",
        "E,01 42 68 53 00,Frankreich", "F,020 1,Nowhere", "G,901820 030 1 2 3 4 5 6,",
    )  # fmt: skip

    result = bring_in(tenant, "contact", sheet)

    assert shown(tenant, "contact", "phone", sort="name") == [
        ("+4930901820",), ("+12125552368",), ("+12125552368",), ("+33472401234",), ("+33142685300",),
    ]  # fmt: skip
    assert set(result.rejected) == {7, 8}


@pytest.mark.parametrize(
    ("cells", "locale", "born"),
    [
        (["25/12/2019", "03/04/2020"], "en", date(2020, 4, 3)),
        (["12/25/2019", "03/04/2020"], "de", date(2020, 3, 4)),
        (["03/04/2020"], "de", date(2020, 4, 3)),
        (["03/04/2020"], "en", date(2020, 3, 4)),
        (["03/04/2020"], "en-GB", date(2020, 4, 3)),
        (["2020-04-03"], "en", date(2020, 4, 3)),
        (["3. April 2020"], "en", date(2020, 4, 3)),
        (["43924"], "en", date(2020, 4, 3)),
    ],
)
def test_the_order_of_a_date_is_told_by_its_column_or_else_its_reader(
    tenant: Tenant, admin: Actor, cells: list[str], locale: str, born: date
) -> None:
    reader = replace(admin.reader, locale=locale)
    with tenant.writing() as ctx:
        table = ctx.machine.tables.of("user")
        column = ctx.machine.tables.columns("user", "locale")[0]
        ctx.connection.execute(sa.update(table).values({column: locale}))
    lines = [f"Z{at},{cell}" for at, cell in enumerate(cells)]

    result = bring_in(tenant, "zebra", sheet_of("Name,Born", *lines), actor=replace(admin, reader=reader))

    assert not result.rejected
    assert shown(tenant, "zebra", "born", sort="name")[-1] == (born,)


def test_a_column_with_dates_of_both_orders_has_none(tenant: Tenant) -> None:
    sheet = sheet_of("Name,Born", "A,25/12/2019", "B,12/25/2019", "C,03/04/2020")

    result = bring_in(tenant, "zebra", sheet)

    assert result.rejected == {
        4: 'Born: "03/04/2020" could be read in two ways. Write it as 2026-12-31.'
    }


@pytest.mark.parametrize(
    ("file", "entity", "created", "rejected", "made"),
    [
        ("hubspot-contacts.csv", "contact", 34, {8, 16, 23, 29, 40}, {"company": 12}),
        ("salesforce-contacts.csv", "contact", 24, {11, 18}, {"company": 9}),
        ("pipedrive-people.csv", "contact", 24, {7}, {"company": 12}),
        ("pipedrive-deals.xlsx", "deal", 26, {28, 29, 30}, {"company": 11, "contact": 26}),
    ],
)
def test_files_of_other_products_come_in(
    tenant: Tenant, file: str, entity: str, created: int, rejected: set[int], made: dict[str, int]
) -> None:
    sheet = read_sheet((DATA / file).read_bytes(), file)

    tried = bring_in(tenant, entity, sheet, dry_run=True)
    result = bring_in(tenant, entity, sheet)

    assert counts(tried) == counts(result)
    assert (result.created, set(result.rejected), result.made) == (created, rejected, made)
