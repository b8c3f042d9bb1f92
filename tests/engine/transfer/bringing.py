"""What the tests of files share: a file made of lines, and an import of it."""

import csv
import io
from typing import Any

from engine.context import SYSTEM, Actor
from engine.records.queries import Query, list_records
from engine.records.record import Record
from engine.records.transfer.exporting import export_records
from engine.records.transfer.importing import preview_import, run_import
from engine.records.transfer.mapping import propose_mapping
from engine.records.transfer.results import ImportResult
from engine.records.transfer.sheets import Sheet, read_sheet
from engine.tenant import Tenant


def sheet_of(*lines: str, name: str = "file.csv") -> Sheet:
    return read_sheet("\n".join([*lines, ""]).encode(), name)


def bring_in(
    tenant: Tenant,
    entity: str,
    sheet: Sheet,
    *,
    actor: Actor = SYSTEM,
    match: str = "",
    dry_run: bool = False,
) -> ImportResult:
    with tenant.reading(actor) as ctx:
        mapping = propose_mapping(ctx, entity, sheet)
    run = preview_import if dry_run else run_import
    return run(tenant, sheet, mapping, actor=actor, match=match)


def records_of(tenant: Tenant, entity: str, sort: str = "created_at") -> list[Record]:
    with tenant.reading() as ctx:
        return list_records(ctx, Query(entity=entity, sort=(sort, "id"), limit=500)).records


def shown(tenant: Tenant, entity: str, *paths: str, sort: str = "created_at") -> list[tuple[Any, ...]]:
    with tenant.reading() as ctx:
        page = list_records(ctx, Query(entity=entity, fields=paths, sort=(sort, "id"), limit=500))
        return [tuple(record.values[path] for path in paths) for record in page.records]


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.created, result.updated, result.skipped, len(result.rejected)


def export(tenant: Tenant, query: Query, form: str = "csv", actor: Actor = SYSTEM) -> bytes:
    with tenant.reading(actor) as ctx:
        return b"".join(export_records(ctx, query, form))


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))
