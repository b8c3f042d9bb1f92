"""Importing a file of contacts as another product exports them, by both, without a server between."""

import csv
import io
from pathlib import Path
from time import perf_counter

from engine.access.actors import load_actor
from engine.records.transfer.importing import run_import
from engine.records.transfer.mapping import propose_mapping
from engine.records.transfer.sheets import read_sheet
from engine.tenant import Tenant
from seeds import scale
from seeds.demo.words import Dice
from tests.bench.baseline.files import import_contacts
from tests.bench.data import settings_for
from tests.bench.timing import Disagreement, Result, Timing

HEADERS = ("First Name", "Last Name", "Email", "Phone", "Job Title", "Status", "Company")


def measure_import(urls: dict[str, str], folder: Path, size: scale.Size, rows: int) -> Result:
    """Import a file of so many rows by each, as a seller."""
    result = Result(f"import of {rows:,} (CSV file)", Timing(), Timing())
    text = _file(size, rows)
    seller = scale.seller_id(0)
    begun = perf_counter()
    theirs = import_contacts(urls["baseline"], text, seller)
    result.theirs.seconds.append(perf_counter() - begun)
    begun = perf_counter()
    ours = _import(Tenant(settings_for(folder, urls["pulse"])), text, seller)
    result.ours.seconds.append(perf_counter() - begun)
    if not ours == theirs == rows:
        raise Disagreement(f"{result.name}: {ours} and {theirs} came in.")
    return result


def _import(tenant: Tenant, text: str, seller: str) -> int:
    sheet = read_sheet(text.encode(), "contacts.csv")
    with tenant.reading() as ctx:
        actor = load_actor(ctx.connection, ctx.machine, seller)
        mapping = propose_mapping(tenant.context(ctx.connection, actor), "contact", sheet)
    outcome = run_import(tenant, sheet, mapping, actor=actor)
    tenant.database.close()
    if outcome.rejected:
        raise Disagreement(f"Rejected: {next(iter(outcome.rejected.items()))}")
    return outcome.created


def _file(size: scale.Size, rows: int) -> str:
    """New people at firms that are there, each a little different from the next."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADERS)
    for number in range(rows):
        dice = Dice(f"row {number}")
        firm = scale.company(int(dice.random() * size.companies), size)
        writer.writerow([
            "Nils", f"Newman {number}", f"newman.{number}@pulse.example", f"+4930231{number % 100_000:05}",
            "Energy Manager", "customer", firm["name"],
        ])  # fmt: skip
    return written.getvalue()
