"""Importing: the rows of a sheet become records, through the same commands as everything else.

Rows go in a thousand at a time, each thousand in a transaction of its own, so that nobody
else who writes waits long. Killed in between, an import has kept whole thousands and
nothing half; run again with a field to match by, it changes nothing twice. All of it is
one changeset.

A dry run does the very same and undoes each thousand, so its counts come true. What an
undone thousand would have left for the next ones is remembered instead.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from engine.context import SYSTEM, Actor, Cause
from engine.records.transfer.job import begin
from engine.records.transfer.mapping import Mapping
from engine.records.transfer.results import ImportResult
from engine.records.transfer.sheets import Sheet
from engine.records.transfer.writing import link_later, read_works, write_works
from engine.tenant import Tenant

AT_ONCE = 1_000  # rows in one transaction
Progress = Callable[[int, int], None]  # rows done, rows in all
T = TypeVar("T")


def run_import(
    tenant: Tenant,
    sheet: Sheet,
    mapping: Mapping,
    *,
    actor: Actor = SYSTEM,
    match: str = "",
    progress: Progress | None = None,
) -> ImportResult:
    """Import a sheet. Rows that are refused are counted, with reasons, and keep no other waiting.

    With `match`, a row whose value some visible record has changes that record, as far as its
    cells are filled. Needs the capability import.
    """
    with tenant.reading(actor) as ctx:
        job = begin(ctx, sheet, mapping, match, is_dry_run=False)
    cause = Cause(root=job.result.changeset, via="import")
    for rows in _thousands(sheet.rows()):
        works = read_works(job, rows)
        with tenant.writing(actor, cause=cause) as ctx:
            results = write_works(job.as_of_now(ctx), job, works)
        job.result.count(results)
        if progress is not None:
            progress(job.result.rows, sheet.count)
    job.links.look_again()
    for works in _thousands(job.later):
        with tenant.writing(actor, cause=cause) as ctx:
            link_later(job.as_of_now(ctx), job, works)
    return job.close()


def preview_import(
    tenant: Tenant,
    sheet: Sheet,
    mapping: Mapping,
    *,
    actor: Actor = SYSTEM,
    match: str = "",
    progress: Progress | None = None,
) -> ImportResult:
    """What importing a sheet would do. Nothing of it is kept."""
    with tenant.reading(actor) as ctx:
        job = begin(ctx, sheet, mapping, match, is_dry_run=True)
    for rows in _thousands(sheet.rows()):
        works = read_works(job, rows)
        with tenant.trying(actor) as ctx:
            results = write_works(job.as_of_now(ctx), job, works)
        job.result.count(results)
        if progress is not None:
            progress(job.result.rows, sheet.count)
    return job.close()


def _thousands(things: Iterator[T] | Sequence[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, AT_ONCE)):
        yield some
