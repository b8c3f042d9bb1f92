"""Records in and out of files, from the terminal."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from engine.cli.base import actor_of, cli, open_tenant
from engine.context import SYSTEM, Actor
from engine.errors import Refused
from engine.records.queries import Query
from engine.records.transfer.exporting import FORMATS, export_records
from engine.records.transfer.importing import Progress, preview_import, run_import
from engine.records.transfer.mapping import Mapping as Columns
from engine.records.transfer.mapping import change_mapping, propose_mapping
from engine.records.transfer.notes import made_words
from engine.records.transfer.opening import require_size
from engine.records.transfer.rejects import write_rejects
from engine.records.transfer.results import ImportResult
from engine.records.transfer.sheets import Sheet, read_sheet
from engine.tenant import Tenant
from metadata.reading import read_values
from metadata.source import SourceFile

SHOWN = 10  # reasons that a terminal lists; the file of rejected rows has them all


@cli.command("import")
@click.argument("entity")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--map", "map_file", type=click.Path(path_type=Path), help="YAML or JSON: a field for each header, or nothing to leave it out.")
@click.option("--match", default="", help="A field by which rows are the records that are there.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--user", "email", help="Who imports; the system unless named.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows go; FILE-rejected.csv unless named.")
@click.option("--json", "as_json", is_flag=True, help="Print the mapping and the result as JSON.")
def import_file(
    entity: str,
    file: Path,
    map_file: Path | None,
    match: str,
    dry_run: bool,
    email: str | None,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Import the records in a CSV, XLSX or JSON file, as HubSpot, Salesforce and Pipedrive write them.

    Example: pulse import task tasks.csv --match subject --dry-run
    """
    tenant = open_tenant()
    sheet = read_sheet(_read_bytes(file), file.name)
    actor, mapping = _prepare(tenant, entity, sheet, email, map_file)
    if not as_json:
        _print_mapping(sheet, mapping)
    run = preview_import if dry_run else run_import
    with _progress(sheet.count) as progress:
        result = run(tenant, sheet, mapping, actor=actor, match=match, progress=progress)
    written = None
    if result.rejected and not dry_run:
        written = rejects or Path(f"{file.stem}-rejected.csv")
        _write(written, write_rejects(sheet, result.rejected))
    if as_json:
        said = {"mapping": mapping.as_json(), **result.as_json()}
        click.echo(json.dumps({**said, "rejects": written and str(written)}, indent=2))
    else:
        _print_result(tenant, result, written)
    if result.rejected and not result.created + result.updated + result.skipped:
        sys.exit(1)


@cli.command("export")
@click.argument("entity")
@click.option("--where", default="", help="An expression that the records must meet.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="csv, unless the name of the file says otherwise.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; standard output unless named.")
@click.option("--user", "email", help="Whose eyes it is for; the system's unless named.")
def export_file(entity: str, where: str, form: str | None, out: Path | None, email: str | None) -> None:
    """Export records to a file that `pulse import` reads back.

    Example: pulse export task --where "status == 'open'" --out tasks.xlsx
    """
    tenant = open_tenant()
    form = form or (out.suffix.removeprefix(".").lower() if out else "csv")
    if out is None and form == "xlsx" and sys.stdout.isatty():
        raise Refused("export.terminal", "A workbook is nothing for a terminal. Name a file: --out FILE")
    query = Query(entity=entity, where=(where,) if where else ())
    with tenant.reading(SYSTEM) as ctx:
        actor = actor_of(tenant, ctx.connection, email) if email else SYSTEM
        pieces = export_records(tenant.context(ctx.connection, actor), query, form)
        if out is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
        else:
            _write(out, pieces)


def _read_bytes(file: Path) -> bytes:
    try:
        require_size(file.stat().st_size, file.name)
        return file.read_bytes()
    except OSError as broken:
        message = f'"{file}" can\'t be read ({broken.strerror}). Name a CSV, XLSX or JSON file.'
        raise Refused("file.unreadable", message) from broken


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is whole or not there: it gets its name when the last piece is in."""
    unfinished = file.with_name(f".{file.name}.part")
    try:
        with unfinished.open("wb") as stream:
            stream.writelines(pieces)
        unfinished.replace(file)
    except OSError as broken:
        message = f'"{file}" can\'t be written ({broken.strerror}). Name a file in a folder that can.'
        raise Refused("file.unwritable", message) from broken
    finally:
        unfinished.unlink(missing_ok=True)


def _prepare(
    tenant: Tenant, entity: str, sheet: Sheet, email: str | None, map_file: Path | None
) -> tuple[Actor, Columns]:
    said = _read_map(map_file) if map_file else {}
    with tenant.reading(SYSTEM) as ctx:
        actor = actor_of(tenant, ctx.connection, email) if email else SYSTEM
        theirs = tenant.context(ctx.connection, actor)
        return actor, change_mapping(theirs, propose_mapping(theirs, entity, sheet), said)


def _read_map(file: Path) -> Mapping[str, str | None]:
    text = _read_bytes(file).decode("utf-8-sig", errors="replace")
    values, found = read_values(SourceFile("", str(file), text))
    if found:
        raise Refused("mapping.file", str(found[0]))
    said = values[0] if len(values) == 1 else None
    if not isinstance(said, dict) or not all(isinstance(v, str | None) for v in said.values()):
        message = f'"{file}" must have a field for each header, as in: "First Name": name.first'
        raise Refused("mapping.file", message)
    return said


@contextmanager
def _progress(count: int) -> Iterator[Progress | None]:
    """A bar on the terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=count, label="Importing", file=sys.stderr) as bar:
        yield lambda done, _count: bar.update(done - bar.pos)


def _print_mapping(sheet: Sheet, mapping: Columns) -> None:
    click.echo(f"{sheet.name}: {sheet.about}, {sheet.count:,} rows.")
    width = max(len(column.header) for column in mapping.columns)
    for column in mapping.used:
        click.echo(f"  {column.header:<{width}}  {column.target}")
    for column in mapping.left_out:
        click.echo(f"  {column.header:<{width}}  left out: {column.reason}")
    for note in sheet.notes:
        click.echo(note)


def _print_result(tenant: Tenant, result: ImportResult, written: Path | None) -> None:
    counts: dict[str, Any] = {
        "created": result.created, "updated": result.updated,
        "skipped": result.skipped, "rejected": len(result.rejected),
    }  # fmt: skip
    click.echo(", ".join(f"{count:,} {word}" for word, count in counts.items()) + ".")
    if result.made:
        with tenant.reading(SYSTEM) as ctx:
            click.echo(f"Along with them: {made_words(ctx.machine.catalog, result.made)}.")
    for note in result.notes:
        click.echo(note)
    for number, reason in list(result.rejected.items())[:SHOWN]:
        click.echo(f"  row {number:,}: {reason}")
    if len(result.rejected) > SHOWN:
        click.echo(f"  … and {len(result.rejected) - SHOWN:,} more.")
    if written is not None:
        click.echo(f"The rejected rows, with their reasons, are in {written}.")
    if result.is_dry_run:
        click.echo("This was a dry run: nothing was written.")
