"""Do the records there are meet what a plan will ask of them?

It is asked when a plan is made, so that it can say what to mend, and once more when it is
applied, with the records held still.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from engine.errors import ValueRefused
from engine.machine import Machine
from engine.plans.operations import AddField, Narrow, Operation, Tighten
from engine.storage.tables import column_names
from metadata.catalog import Entity, Field
from metadata.syntax import Expression

MOST_NAMED = 5
AT_ONCE = 1000  # records


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a plan can't be applied: what is asked for and can't be done yet."""

    code: str
    message: str


def check_demands(
    connection: sa.Connection, after: Machine, steps: Iterable[Operation], *, hold: bool = False
) -> list[Blocker]:
    """What stands in the way of steps that ask more of records than before.

    `hold` keeps the records from changing until the transaction ends.
    """
    added = {step.field.identity for step in steps if isinstance(step, AddField)}
    found: list[Blocker | None] = []
    for step in steps:
        if isinstance(step, Tighten | Narrow):
            rows = _Rows(connection, after, step.entity, frozenset(added))
            if rows.are_there:
                if hold:
                    rows.hold()
                found.append(_check(rows, step))
    return [blocker for blocker in found if blocker is not None]


def _check(rows: "_Rows", step: Tighten | Narrow) -> Blocker | None:
    if isinstance(step, Narrow):
        return _outside(rows, step)
    return _lacking(rows, step) if step.demand == "required" else _shared(rows, step)


@dataclass(frozen=True)
class _Rows:
    """The records of an entity as they are stored now, whatever a plan will make of its table."""

    connection: sa.Connection
    after: Machine
    entity: Entity
    added: frozenset[str]

    @property
    def table(self) -> sa.Table:
        return self.after.tables.of(self.entity.key)

    @cached_property
    def columns(self) -> frozenset[str]:
        return column_names(self.connection, self.table.name)

    @property
    def are_there(self) -> bool:
        return bool(self.columns)

    @property
    def live(self) -> sa.ColumnElement[bool]:
        return self.table.c.trashed_at.is_(None)

    def hold(self) -> None:
        """Nobody writes to the table before we are done. SQLite has one writer anyway."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(sa.text(f'LOCK TABLE "{self.table.name}" IN SHARE MODE'))

    def first(self, key: str) -> sa.Column[object] | None:
        """The column that a field's value is compared by, if there is one."""
        columns = self.after.tables.columns(self.entity.key, key)
        return columns[0] if columns and columns[0].name in self.columns else None

    def fills(self, field: Field) -> bool:
        """Whether the plan itself puts a default or number into records that have nothing there."""
        literal = field.default is not None and not isinstance(field.default, Expression)
        generated = self.after.behaviour(self.entity.key, field.key).generated
        return (literal or generated) and field.identity in self.added

    def count(self, *conditions: sa.ColumnElement[bool]) -> int:
        return self.connection.execute(
            sa.select(sa.func.count()).select_from(self.table).where(self.live, *conditions)
        ).scalar_one()

    def titles(self, *conditions: sa.ColumnElement[bool]) -> list[str | None]:
        statement = sa.select(self.table.c.title).where(self.live, *conditions)
        return list(self.connection.execute(statement.limit(MOST_NAMED)).scalars())


def _lacking(rows: _Rows, step: Tighten) -> Blocker | None:
    """A field that will be required must be filled in every record."""
    field = rows.entity.fields[step.fields[0]]
    if rows.fills(field):
        return None
    lacks = _is_empty(rows, field)
    count = rows.count(lacks)
    if not count:
        return None
    named = _named(rows.titles(lacks), count)
    return Blocker("plan.empty-values", f"To {step.describe()}, fill it first in {count:,} {named}.")


def _is_empty(rows: _Rows, field: Field) -> sa.ColumnElement[bool]:
    if field.relation is not None and field.relation.kind == "many":
        link = rows.after.tables.link(rows.entity.key, field.key)
        if not column_names(rows.connection, link.name):
            return sa.true()
        return ~sa.exists().where(link.c.source_id == rows.table.c.id)
    column = rows.first(field.key)
    return sa.true() if column is None else column.is_(None)


def _shared(rows: _Rows, step: Tighten) -> Blocker | None:
    """What will be unique must not be shared by records now."""
    fields = [rows.entity.fields[key] for key in step.fields]
    columns = [column for key in step.fields if (column := rows.first(key)) is not None]
    if len(columns) < len(fields):
        is_one_value = all(rows.fills(field) or rows.first(field.key) is not None for field in fields)
        if not is_one_value or rows.count() < 2:
            return None
        message = f"To {step.describe()}, it can't have a default that every record gets."
        return Blocker("plan.not-unique", message)
    filled = [column.is_not(None) for column in columns]
    many = sa.func.count()
    groups = (
        sa.select(many, *columns).where(rows.live, *filled).group_by(*columns).having(many > 1)
    )
    first = rows.connection.execute(groups.limit(MOST_NAMED)).all()
    if not first:
        return None
    whole = groups.with_only_columns(many.label("many")).subquery()
    count = rows.connection.execute(sa.select(sa.func.sum(whole.c.many))).scalar_one()
    named = "; ".join(f"{', '.join(map(str, row[1:]))} ({row[0]})" for row in first)
    message = f"To {step.describe()}, no two records may share a value; {int(count):,} do: {named}."
    return Blocker("plan.not-unique", message)


def _outside(rows: _Rows, step: Narrow) -> Blocker | None:
    """What a field will take must include every value there is."""
    behaviour = rows.after.behaviour(rows.entity.key, step.field.key)
    count = 0
    titles: list[str | None] = []
    for title, stored in _values(rows, step.field):
        try:
            behaviour.parse(behaviour.dump(behaviour.load(*stored)))
        except ValueRefused:
            count += 1
            titles += [title] if len(titles) < MOST_NAMED else []
    if not count:
        return None
    message = f"To {step.describe()}, change it first in {count:,} {_named(titles, count)}."
    return Blocker("plan.values-outside", message)


def _values(rows: _Rows, field: Field) -> Iterator[tuple[str | None, tuple[object, ...]]]:
    columns = rows.after.tables.columns(rows.entity.key, field.key)
    if not columns or not {column.name for column in columns} <= rows.columns:
        return
    statement = sa.select(rows.table.c.id, rows.table.c.title, *columns)
    statement = statement.where(rows.live, columns[0].is_not(None)).order_by(rows.table.c.id)
    last = ""
    while page := rows.connection.execute(
        statement.where(rows.table.c.id > last).limit(AT_ONCE)
    ).all():
        yield from ((row[1], tuple(row[2:])) for row in page)
        last = page[-1][0]


def _named(titles: list[str | None], count: int) -> str:
    noun = "records" if count > 1 else "record"
    more = ", …" if count > len(titles) else ""
    return f"{noun}: {', '.join(title or '(untitled)' for title in titles)}{more}"
