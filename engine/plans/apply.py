"""Applying a plan: tables, documents and the revision number change together, or not at all."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.errors import Conflict, Refused
from engine.formulas.freezing import forget_others
from engine.plans.demands import Blocker, check_demands
from engine.plans.mirrors import mirror_documents
from engine.plans.plan import Plan
from engine.storage.system import pulse_revision, pulse_source

LIVE = sa.select(sa.func.max(pulse_revision.c.number))
LOCK = 7_305_817_316  # what PostgreSQL calls the lock that one plan at a time holds


def apply_plan(
    connection: sa.Connection,
    plan: Plan,
    *,
    actor_id: str | None,
    now: datetime,
    note: str = "",
    accept_data_loss: bool = False,
) -> int:
    """Apply exactly this plan, and answer with the new revision's number.

    Conflict when another plan was applied since this one was made. The caller's transaction
    makes it all or nothing.
    """
    _refuse(plan.blockers)
    if plan.loses_data and not accept_data_loss:
        steps = "; ".join(s.describe() for s in plan.operations if s.loses_data)
        raise Refused("plan.loses-data", f"This takes data out of sight, and needs your consent: {steps}.")
    _lock(connection)
    if current_revision(connection) != plan.base:
        raise Conflict("plan.outdated", "Something else was applied meanwhile. Plan again.")
    if plan.is_empty:
        return plan.base
    _refuse(check_demands(connection, plan.machine, plan.operations, hold=True))
    forget_others(connection, plan.machine)
    for step in plan.operations:
        step.carry_out(connection, plan.machine)
    _keep(connection, plan, actor_id, now, note)
    mirror_documents(connection, plan.machine, now)
    return plan.base + 1


def _refuse(blockers: Sequence[Blocker]) -> None:
    if blockers:
        words = " ".join(blocker.message for blocker in blockers)
        raise Refused(blockers[0].code, words)


def current_revision(connection: sa.Connection) -> int:
    """The number of the revision that is live; 0 before the first."""
    return int(connection.execute(LIVE).scalar() or 0)


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL lock_timeout = '3s'"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def _keep(
    connection: sa.Connection, plan: Plan, actor_id: str | None, now: datetime, note: str
) -> None:
    known = set(connection.execute(sa.select(pulse_source.c.hash)).scalars())
    texts = {file.hash: file.text for file in plan.files}
    new = [{"hash": key, "text": text} for key, text in texts.items() if key not in known]
    if new:
        connection.execute(sa.insert(pulse_source), new)
    connection.execute(
        sa.insert(pulse_revision).values(
            number=plan.base + 1,
            at=now,
            actor_id=actor_id,
            note=note,
            hash=plan.machine.catalog.hash,
            files=[[file.pack, file.path, file.hash] for file in plan.files],
            identities=plan.identities.as_json(),
            operations=[step.describe() for step in plan.operations],
        )
    )
