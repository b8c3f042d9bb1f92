"""Some rows of an import, in one transaction: matched, linked, written, and what became of each."""

from collections.abc import Sequence

from engine.access import gate
from engine.context import Context
from engine.records.commands import apply_batch
from engine.records.transfer.job import Job
from engine.records.transfer.matching import keep_other_parts
from engine.records.transfer.reasons import words_of_refusal
from engine.records.transfer.results import RowResult
from engine.records.transfer.rows import read_values
from engine.records.transfer.sheets import Row
from engine.records.transfer.work import Work
from engine.records.writes import Change, Create, Outcome


def read_works(job: Job, rows: Sequence[Row]) -> list[Work]:
    """Rows as typed values; what can be seen without the database is seen here."""
    width = len(job.sheet.headers)
    works = []
    for row in rows:
        work = Work(row, read_values(job.fillings, row))
        if len(row.cells) > width:
            work.reject(f"This row has {len(row.cells)} cells; there are {width} headers.")
        works.append(work)
    return works


def write_works(ctx: Context, job: Job, works: Sequence[Work]) -> list[RowResult]:
    """Write the rows that can be written. In a dry run, know what the next rows must know of it."""
    job.matching.match(ctx, works)
    keep_other_parts(ctx, job.entity, job.fillings, works)
    job.links.resolve(ctx, works)
    _require_verbs(ctx, job, works)
    going = [work for work in works if work.goes_on]
    writes = [_write_of(work) for work in going]
    outcomes = apply_batch(
        ctx, job.entity.key, writes, atomic=False, prepare_links=job.links.prepare
    )
    if job.claims is not None:
        outcomes = job.claims.check(ctx, outcomes)
        job.links.forget_made()
    became = iter(outcomes)
    return [_result_of(ctx, job, work, next(became) if work.goes_on else None) for work in works]


def link_later(ctx: Context, job: Job, works: Sequence[Work]) -> None:
    """Link rows to others of their file, now that all are there. What can't be linked is noted."""
    for work in works:
        work.values, work.later = work.later, {}
    job.links.resolve(ctx, works)
    going = [work for work in works if work.goes_on]
    writes = [_write_of(work) for work in going]
    outcomes = apply_batch(
        ctx, job.entity.key, writes, atomic=False, prepare_links=job.links.prepare
    )
    for work, outcome in zip(going, outcomes, strict=True):
        if outcome.refusal is not None:
            work.reject(words_of_refusal(ctx, job.entity.key, outcome.refusal))
    job.result.notes += [
        f"Row {work.row.number:,} is in, but not all it names: {work.reason}"
        for work in works
        if work.reason
    ]


def _require_verbs(ctx: Context, job: Job, works: Sequence[Work]) -> None:
    may_create, may_change = (gate.can(ctx, job.entity.key, verb) for verb in ("create", "update"))
    for work in works:
        if not (may_change if work.record_id else may_create):
            verb = "change" if work.record_id else "create"
            work.reject(f"You may not {verb} {job.entity.plural.lower()}.")


def _write_of(work: Work) -> Create | Change:
    if work.record_id is not None:
        return Change(id=work.record_id, values=work.values)
    return Create(id=work.own_id, values=work.values)


def _result_of(ctx: Context, job: Job, work: Work, outcome: Outcome | None) -> RowResult:
    number = work.row.number
    if work.skipped:
        return RowResult(number, "skipped", reason="The same row stands above.")
    if outcome is None:
        return RowResult(number, "rejected", reason=work.reason)
    if outcome.refusal is not None:
        reason = words_of_refusal(ctx, job.entity.key, outcome.refusal)
        return RowResult(number, "rejected", reason=reason)
    changed = "updated" if outcome.changed else "skipped"
    action = changed if work.record_id else "created"
    if work.later:
        work.record_id = outcome.id
        job.later.append(work)
    return RowResult(number, action, outcome.id)
