"""A request asks the database a fixed number of times, however many records it answers with."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tests.api.calling import Caller

AROUND = ("BEGIN", "ROLLBACK", "COMMIT", "SAVEPOINT", "RELEASE")


@contextmanager
def asked(caller: Caller) -> Iterator[list[str]]:
    """The statements that the application sends meanwhile, without what begins and ends them."""
    engine = caller.app.extensions["pulse"].database.engine
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(AROUND):
            found.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def contacts(ada: Caller) -> list[str]:
    """Sixty contacts with links of many kinds, each to other records."""
    companies = ada.post("/records/company/bulk", {"create": [{"name": f"c{at}"} for at in range(60)]}).body["results"]
    rows = [
        {"name": f"Ann Lee{at}", "company": each["id"], "email": f"a{at}@example.com"}
        for at, each in enumerate(companies)
    ]
    made = ada.post("/records/contact/bulk", {"create": rows})
    assert made.status == 200, made.text
    ids = [each["id"] for each in made.body["results"]]
    deals = [{"name": f"d{at}", "company": companies[at]["id"], "contacts": [ids[at]]} for at in range(60)]
    assert ada.post("/records/deal/bulk", {"create": deals}).status == 200
    return ids


@pytest.mark.parametrize(
    "question",
    [
        "/records/contact?",
        "/records/contact?sort=company&",
        "/records/contact?q=lee&",
        "/records/contact?fields=name,company.name,company.owner.name,deals&",
        "/records/contact?expand=company,deals,company.contacts&",
        "/records/deal?expand=contacts,company&fields=contacts&",
    ],
)
def test_a_long_page_asks_no_more_often_than_a_short_one(
    ada: Caller, contacts: list[str], question: str
) -> None:
    for limit in (5, 50):  # what is prepared once is out of the way
        assert len(ada.get(f"{question}limit={limit}").body["data"]) == limit

    with asked(ada) as few:
        ada.get(f"{question}limit=5")
    with asked(ada) as many:
        ada.get(f"{question}limit=50")

    assert len(many) == len(few), many


def test_who_asks_is_known_after_three_questions(ada: Caller) -> None:
    ada.get("/me")

    with asked(ada) as statements:
        ada.get("/me")

    assert len(statements) <= 3, statements


def test_a_record_is_read_and_written_in_few_questions(ada: Caller, contacts: list[str]) -> None:
    path = f"/records/contact/{contacts[0]}"
    ada.get(path)

    with asked(ada) as read:
        ada.get(path)
    with asked(ada) as changed:
        ada.patch(path, {"job_title": "Boss"})
    with asked(ada) as made:
        ada.post("/records/contact", {"name": "New One"})

    assert len(read) <= 5, read
    assert len(changed) <= 8, changed
    assert len(made) <= 8, made


def test_a_bulk_asks_by_the_batch(ada: Caller, contacts: list[str]) -> None:
    with asked(ada) as few:
        ada.post("/records/contact/bulk", {"create": [{"name": f"Few {at}"} for at in range(5)]})
    with asked(ada) as many:
        ada.post("/records/contact/bulk", {"create": [{"name": f"Many {at}"} for at in range(200)]})

    assert len(many) == len(few), many


def test_records_are_changed_by_the_batch(ada: Caller, contacts: list[str]) -> None:
    def changing(count: int, title: str) -> list[str]:
        rows = [{"id": each, "job_title": title} for each in contacts[:count]]
        with asked(ada) as statements:
            assert ada.post("/records/contact/bulk", {"update": rows}).status == 200
        return statements

    assert len(changing(50, "x")) == len(changing(5, "y"))
