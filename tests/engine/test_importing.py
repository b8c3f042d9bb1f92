"""Rows become records by the rules of all records; those that can't are said to, and nothing is lost."""

import csv
import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.context import Actor
from engine.errors import Denied, Invalid, Refused
from engine.fields.money import Money
from engine.fields.person_name import PersonName
from engine.records.commands import create_record, trash_record
from engine.records.history import list_history
from engine.records.transfer import importing
from engine.records.transfer.mapping import change_mapping, propose_mapping
from engine.records.transfer.rejects import write_rejects
from engine.records.transfer.sheets import read_sheet
from engine.storage.system import pulse_change
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.conftest import ZEBRA, make_actor, make_tenant
from tests.engine.bringing import bring_in, counts, records_of, sheet_of, shown

DATA = Path(__file__).parents[1] / "data"
ROLES = """
role: importer
grants:
  zebra: {create: yes, read: all, update: all, fields: {"*": write}}
  user: {read: all}
can: [import]
---
role: adder
grants:
  zebra: {create: yes, read: all, fields: {"*": write}}
can: [import]
---
role: loner
grants:
  zebra: {create: yes, read: own, update: own, fields: {"*": write}}
  user: {read: all}
can: [import]
---
role: contact_importer
grants:
  contact: {create: yes, read: all, update: all}
  company: {read: all}
can: [import]
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from engine.records.transfer import importing
from engine.settings import load_settings
from engine.tenant import Tenant
from tests.engine.bringing import propose_mapping, sheet_of
importing.AT_ONCE = 2
tenant = Tenant(load_settings({}, Path("/nowhere"), data_dir=sys.argv[2], database_url=sys.argv[1]))
sheet = sheet_of(*sys.argv[3:])
with tenant.reading() as ctx:
    mapping = propose_mapping(ctx, "zebra", sheet)
importing.run_import(
    tenant, sheet, mapping,
    progress=lambda done, _: os.kill(os.getpid(), signal.SIGKILL) if done == 4 else None,
)
"""


@pytest.fixture
def tenant(database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    """The sales CRM, the zebra, and roles that may import."""
    made = make_tenant(database_url, tmp_path, SourceFile("local", "local/zebra.yaml", f"{ZEBRA}---{ROLES}"))
    yield made
    made.database.close()


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


def test_five_hundred_rows_of_forty_firms_make_forty_firms(tenant: Tenant) -> None:
    spellings = [str.title, str.upper, str.lower]
    lines = [f"P{at},{spellings[at % 3](f'firm {at % 40}')}" for at in range(500)]

    result = bring_in(tenant, "contact", sheet_of("Name,Company name", *lines))

    assert counts(result) == (500, 0, 0, 0)
    assert result.made == {"company": 40}
    assert len({company.id for (company,) in shown(tenant, "contact", "company")}) == 40
    assert ("Firm 0",) in shown(tenant, "company", "name")


def test_a_record_is_named_by_any_field_that_its_entity_matches_by(tenant: Tenant) -> None:
    with tenant.writing() as ctx:
        acme = create_record(ctx, "company", {"name": "Acme", "domain": "acme.example"})
    rows = ["A,Acme", "B,ACME.example", f"C,{acme.id}", "D, acme "]

    result = bring_in(tenant, "contact", sheet_of("Name,Company name", *rows))

    assert {company.id for (company,) in shown(tenant, "contact", "company")} == {acme.id}
    assert result.made == {}


def test_the_oldest_of_several_with_a_name_is_taken_and_noted(tenant: Tenant) -> None:
    with tenant.writing() as ctx:
        oldest = create_record(ctx, "company", {"name": "Acme"})
        create_record(ctx, "company", {"name": "Acme"})

    result = bring_in(tenant, "contact", sheet_of("Name,Company name", "A,Acme"))

    [(company,)] = shown(tenant, "contact", "company")
    assert company.id == oldest.id
    assert result.notes == ['Several companies go by the same name, and the oldest was taken: "Acme".']


def test_a_rejected_row_makes_nothing_for_itself(tenant: Tenant) -> None:
    sheet = sheet_of("Name,Email,Company name", "A,no address,Ghost", ",b@b.example,Ghoul", "C,,Real")

    result = bring_in(tenant, "contact", sheet)

    assert shown(tenant, "company", "name") == [("Real",)]
    assert (counts(result), result.made) == ((1, 0, 0, 2), {"company": 1})


def test_who_may_not_make_a_record_can_only_name_one(tenant: Tenant) -> None:
    actor = make_actor(tenant, "Ida", "contact_importer")
    with tenant.writing() as ctx:
        create_record(ctx, "company", {"name": "Known"})

    result = bring_in(
        tenant, "contact", sheet_of("Name,Company name", "A,Known", "B,New"), actor=actor
    )

    assert result.rejected == {3: 'Company: there is no company "New" open to you.'}
    assert shown(tenant, "contact", "company.name") == [("Known",)]


def test_an_owner_is_known_by_name_or_address_and_an_unknown_one_is_noted(
    tenant: Tenant, admin: Actor
) -> None:
    make_actor(tenant, "Bob", "admin")
    sheet = sheet_of("Name,Zebra owner", "A,bob", "B,BOB@example.com", "C,Nobody", "D,Nobody", "E,")

    result = bring_in(tenant, "zebra", sheet, actor=admin)

    assert shown(tenant, "zebra", "owner.name", sort="name") == [
        ("Bob",), ("Bob",), ("Ada",), ("Ada",), ("Ada",),
    ]  # fmt: skip
    assert result.notes == ['Owner: left out of 2 rows, not known here: "Nobody" (2).']


def test_rows_of_one_file_may_name_each_other_in_any_order(tenant: Tenant) -> None:
    sheet = sheet_of(
        "Name,Mother,Friends", "Foal,MARE,Mare; Stray", "Mare,Granny,Foal", "Granny,,", "Other,Old,"
    )

    result = bring_in(tenant, "zebra", sheet)

    assert counts(result) == (4, 0, 0, 0)
    assert result.made == {"zebra": 2}
    mothers = dict(shown(tenant, "zebra", "name", "mother.name"))
    assert mothers == {"Foal": "Mare", "Mare": "Granny", "Granny": None, "Other": "Old",
                       "Stray": None, "Old": None}  # fmt: skip


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


@pytest.mark.parametrize("rows", [["A,north,Mum"] * 1 + ["B,west,", "C,,Mum", ",,"], [f"Z{at % 7},," for at in range(9)]])
def test_a_dry_run_writes_nothing_and_its_counts_come_true(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, rows: list[str]
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 3)
    sheet = sheet_of("Name,Herd,Mother", *rows)

    tried = bring_in(tenant, "zebra", sheet, dry_run=True)
    left = records_of(tenant, "zebra")
    done = bring_in(tenant, "zebra", sheet)

    assert left == []
    assert counts(tried) == counts(done)
    assert (tried.rejected, tried.made) == (done.rejected, done.made)


def test_an_import_is_one_changeset_with_its_cause(tenant: Tenant, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    sheet = sheet_of("Name,Mother", *(f"Z{at},Mum" for at in range(5)))

    result = bring_in(tenant, "zebra", sheet, actor=admin)

    with tenant.reading(admin) as ctx:
        logged = ctx.connection.execute(
            sa.select(pulse_change.c.cause, pulse_change.c.actor_id).where(
                pulse_change.c.changeset == result.changeset
            )
        ).all()
        [entry] = list_history(ctx, "zebra", records_of(tenant, "zebra")[0].id)
    assert len(logged) == 6
    assert {(cause["via"], actor) for cause, actor in logged} == {("import", admin.id)}
    assert entry.operation == "created"


def test_whoever_lacks_a_right_imports_nothing_or_as_much_as_they_may(
    tenant: Tenant, keeper: Actor
) -> None:
    adder = make_actor(tenant, "Abe", "adder")
    bring_in(tenant, "zebra", sheet_of("Name", "Old"))
    sheet = sheet_of("Name,Size", "Old,2", "New,1")

    with pytest.raises(Denied) as refusal:
        bring_in(tenant, "zebra", sheet, actor=keeper)
    result = bring_in(tenant, "zebra", sheet, actor=adder, match="name")

    assert refusal.value.message == 'This needs the capability "import".'
    assert result.rejected == {2: "You may not change zebras."}
    assert shown(tenant, "zebra", "name", "size", sort="name") == [("New", Decimal("1.00")), ("Old", None)]


def test_a_row_that_would_leave_its_authors_sight_is_rejected_alone(tenant: Tenant) -> None:
    loner = make_actor(tenant, "Lou", "loner")
    make_actor(tenant, "Bob", "admin")

    result = bring_in(tenant, "zebra", sheet_of("Name,Owner", "Mine,Lou", "His,Bob"), actor=loner)

    assert counts(result) == (1, 0, 0, 1)
    assert "no longer be open to you" in result.rejected[3]


def test_a_role_lost_on_the_way_stops_the_import(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    actor = make_actor(tenant, "Ida", "importer")
    sheet = sheet_of("Name", "A", "B")
    with tenant.reading(actor) as ctx:
        mapping = propose_mapping(ctx, "zebra", sheet)

    def dismiss(done: int, total: int) -> None:
        with tenant.writing() as ctx:
            trash_record(ctx, "user", str(actor.id))

    with pytest.raises(Refused):
        importing.run_import(tenant, sheet, mapping, actor=actor, progress=dismiss)

    assert shown(tenant, "zebra", "name") == [("A",)]


def test_ids_that_a_file_brings_are_kept_and_matched_by(tenant: Tenant) -> None:
    known = "0190a7c0-0000-7000-8000-000000000001"
    sheet = sheet_of("ID,Name", f"{known},First", ",Second")
    bring_in(tenant, "zebra", sheet)

    again = bring_in(tenant, "zebra", sheet_of("ID,Name", f"{known},Renamed"))

    assert counts(again) == (0, 1, 0, 0)
    assert (known, "Renamed") in shown(tenant, "zebra", "id", "name")


def test_an_import_that_was_killed_is_run_again_without_doing_anything_twice(
    tenant: Tenant, tmp_path: Path
) -> None:
    lines = ["Name,Mother", *(f"Z{at},Mum" for at in range(7))]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, tenant.settings.database_url, str(tmp_path / "var"), *lines],
        cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    kept = [name for (name,) in shown(tenant, "zebra", "name")]

    again = bring_in(tenant, "zebra", sheet_of(*lines), match="name")

    assert killed.returncode == -signal.SIGKILL
    assert sorted(map(str, kept)) == ["Mum", "Z0", "Z1", "Z2", "Z3"]
    assert (counts(again), again.made) == ((3, 0, 4, 0), {})


def test_progress_is_told_as_it_is_made(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    sheet = sheet_of("Name", "A", "B", "C")
    with tenant.reading() as ctx:
        mapping = change_mapping(ctx, propose_mapping(ctx, "zebra", sheet), {})
    told: list[tuple[int, int]] = []

    importing.run_import(tenant, sheet, mapping, progress=lambda *each: told.append(each))

    assert told == [(2, 3), (3, 3)]


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
