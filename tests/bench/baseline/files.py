"""Importing a file of contacts, as one writes it when the headers are known."""

import csv
import io
from collections.abc import Iterable

import uuid_utils
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.bench.baseline.app import clean, new_values
from tests.bench.baseline.models import Company, Contact, open_database

HEADERS = {"Job Title": "job_title", "Email": "email", "Phone": "phone", "Status": "status"}


def import_contacts(url: str, text: str, user_id: str) -> int:
    """Import contacts, finding their companies by name and making those there are not."""
    rows = list(csv.DictReader(io.StringIO(text)))
    engine = open_database(url)
    with Session(engine) as session:
        companies = _companies(session, {row["Company"] for row in rows})
        session.execute(insert(Contact), [new_values(_read(row, companies), user_id) for row in rows])
        session.commit()
    engine.dispose()
    return len(rows)


def _read(row: dict[str, str], companies: dict[str, str]) -> dict[str, str]:
    body = {key: row[header] or None for header, key in HEADERS.items()}
    name = {"first": row["First Name"], "last": row["Last Name"]}
    return clean({**body, "name": name, "company": companies[row["Company"]]})


def _companies(session: Session, names: Iterable[str]) -> dict[str, str]:
    wanted = sorted(names)
    found: dict[str, str] = {}
    for at in range(0, len(wanted), 500):
        held = select(Company.name, Company.id).where(Company.name.in_(wanted[at : at + 500]))
        found |= {name: company_id for name, company_id in session.execute(held)}  # noqa: C416 - rows
    missing = [
        {"id": str(uuid_utils.uuid7()), "name": name, "sort_name": name.lower()}
        for name in wanted
        if name not in found
    ]
    if missing:
        session.execute(insert(Company), missing)
    return found | {row["name"]: row["id"] for row in missing}
