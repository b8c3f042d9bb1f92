"""Do the records there are meet what a plan will ask of them?"""

import sqlalchemy as sa

from engine.machine import Machine
from engine.plans.compare import Blocker
from engine.plans.operations import Tighten

MOST_NAMED = 5


def check_demand(connection: sa.Connection, before: Machine, step: Tighten) -> Blocker | None:
    """Why a demand can't be made yet, naming some of the records that do not meet it."""
    now = {e.identity: e for e in before.catalog.entities.values()}.get(step.entity.identity)
    if now is None:
        return None
    known = {field.identity: field.key for field in now.fields.values()}
    keys = [known.get(step.entity.fields[key].identity) for key in step.fields]
    table = before.tables.of(now.key)
    kept = table.c.trashed_at.is_(None)
    if any(key is None for key in keys):  # a new field: every record lacks it
        return _lacking(connection, step, sa.select(table.c.title).where(kept))
    columns = [before.tables.columns(now.key, str(key)) for key in keys]
    if step.demand == "required":
        if not columns[0]:
            return None
        return _lacking(
            connection, step, sa.select(table.c.title).where(kept, columns[0][0].is_(None))
        )
    firsts = [each[0] for each in columns if each]
    filled = [column.is_not(None) for column in firsts]
    shared = (
        sa.select(*firsts).where(kept, *filled).group_by(*firsts).having(sa.func.count() > 1)
    )
    rows = connection.execute(shared.limit(MOST_NAMED)).all()
    if not rows:
        return None
    named = "; ".join(", ".join(map(str, row)) for row in rows)
    return Blocker(
        "plan.not-unique", f"To {step.describe()}, no two records may share: {named}."
    )


def _lacking(
    connection: sa.Connection, step: Tighten, lacking: sa.Select[tuple[str]]
) -> Blocker | None:
    count = connection.execute(sa.select(sa.func.count()).select_from(lacking.subquery())).scalar_one()
    if not count or step.demand == "unique":
        return None
    titles = connection.execute(lacking.limit(MOST_NAMED)).scalars()
    named = ", ".join(title or "(untitled)" for title in titles)
    more = ", …" if count > MOST_NAMED else ""
    return Blocker(
        "plan.empty-values",
        f"To {step.describe()}, fill it first in {count:,} records: {named}{more}.",
    )
