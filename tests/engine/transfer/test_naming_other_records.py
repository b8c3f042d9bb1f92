"""A cell names another record, which is found or made once, however many rows name it."""



from engine.context import Actor
from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.conftest import make_actor
from tests.engine.transfer.bringing import bring_in, counts, sheet_of, shown


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
