"""The steps of a plan: each is a value that can say what it will do, and do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from engine.machine import Machine
from engine.plans.numbering import number_records
from engine.storage.indexes import list_indexes
from engine.storage.tables import column_names
from metadata.catalog import Entity, Field
from metadata.syntax import Expression


class Operation(Protocol):
    """One step of a plan: + adds, - takes away, ~ changes."""

    @property
    def sign(self) -> str:
        """How the step is marked in a plan."""

    @property
    def loses_data(self) -> bool:
        """Whether it takes values out of people's sight."""

    def describe(self) -> str:
        """What the step does, in one line."""

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Do it. `after` is the machine of the catalog that is being applied."""


def _ddl(connection: sa.Connection) -> Operations:
    return Operations(MigrationContext.configure(connection))


@dataclass(frozen=True, slots=True)
class CreateEntity:
    """Make the table of a new entity; one that comes back finds its old one."""

    entity: Entity
    sign: str = "+"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the entity and count its fields."""
        return f"add entity {self.entity.key} ({len(self.entity.declared)} fields)"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Create the table, or bring the old one up to what the entity is now."""
        table = after.tables.of(self.entity.key)
        is_back = bool(column_names(connection, table.name))
        if not is_back:
            table.create(connection)
        for field in self.entity.declared:
            AddField(self.entity, field).carry_out(connection, after)
        if is_back:
            there = list_indexes(connection)[table.name]
            wanted = indexes_of(after, self.entity)
            change = ChangeIndexes(self.entity, tuple(wanted - there), tuple(there - wanted))
            change.carry_out(connection, after)


@dataclass(frozen=True, slots=True)
class RetireEntity:
    """Put an entity away. Its table stays, and comes back with it."""

    entity: Entity
    sign: str = "-"
    loses_data: bool = True

    def describe(self) -> str:
        """Name the entity whose records go out of sight."""
        return f"remove entity {self.entity.key} and hide its records"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Nothing: the table is kept until somebody purges it."""


@dataclass(frozen=True, slots=True)
class AddField:
    """Give an entity a new field, empty or with its default in every record there is."""

    entity: Entity
    field: Field
    sign: str = "+"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the field and its type."""
        return f"add field {self.entity.key}.{self.field.key} ({self.field.type})"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Add its columns, or the table of its links, unless they are there from before."""
        if self.field.relation is not None and self.field.relation.kind == "many":
            after.tables.link(self.entity.key, self.field.key).create(connection, checkfirst=True)
            return
        table = after.tables.of(self.entity.key)
        there = column_names(connection, table.name)
        ddl = _ddl(connection)
        columns = after.tables.columns(self.entity.key, self.field.key)
        for column in columns:
            if column.name not in there:
                ddl.add_column(table.name, sa.Column(column.name, column.type, nullable=True))
        if after.behaviour(self.entity.key, self.field.key).generated:
            number_records(connection, after, self.entity, self.field)
        elif columns and (self.field.required or columns[0].name not in there):
            self._fill(connection, after, columns)

    def _fill(
        self, connection: sa.Connection, after: Machine, columns: Sequence[sa.Column[Any]]
    ) -> None:
        """Put a literal default into records that have nothing there; an expression is for new ones."""
        default = self.field.default
        if default is None or isinstance(default, Expression):
            return
        behaviour = after.behaviour(self.entity.key, self.field.key)
        value = behaviour.parse(default)
        if value is not None:
            stored = behaviour.store(value)
            values = {c.name: part for c, part in zip(columns, stored, strict=True)}
            empty = columns[0].is_(None)
            connection.execute(sa.update(columns[0].table).where(empty).values(values))


@dataclass(frozen=True, slots=True)
class RetireField:
    """Put a field away. Its columns stay, and come back with it."""

    entity: Entity
    field: Field
    sign: str = "-"
    loses_data: bool = True

    def describe(self) -> str:
        """Name the field whose values go out of sight."""
        return f"remove field {self.entity.key}.{self.field.key} and hide its values"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Nothing: the columns are kept until somebody purges them."""


@dataclass(frozen=True, slots=True)
class Rename:
    """Call something by another key. Nothing in the database is named after it."""

    kind: str
    before: str
    now: str
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Both names."""
        return f"rename {self.kind} {self.before} to {self.now}"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Nothing: physical names follow identities."""


@dataclass(frozen=True, slots=True)
class ChangeIndexes:
    """Make an entity's indexes what its fields now ask for."""

    entity: Entity
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Count what comes and goes."""
        words = f"{len(self.added)} to add, {len(self.dropped)} to drop"
        return f"change indexes of {self.entity.key} ({words})"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Drop what is no longer asked for, then create what is new."""
        table = after.tables.of(self.entity.key)
        there = list_indexes(connection)[table.name]
        ddl = _ddl(connection)
        for name in self.dropped:
            if name in there:
                ddl.drop_index(name, table.name)
        for index in table.indexes:
            if index.name in self.added and index.name not in there:
                index.create(connection)


@dataclass(frozen=True, slots=True)
class Retitle:
    """Call an entity's records by another field, in every record there is."""

    entity: Entity
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the field that now makes the title."""
        return f"title records of {self.entity.key} by {self.entity.title or 'nothing'}"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Work the titles out anew, a thousand records at a time."""
        table = after.tables.of(self.entity.key)
        columns = after.tables.columns(self.entity.key, self.entity.title) if self.entity.title else ()
        if not columns:
            connection.execute(sa.update(table).values(title=None))
            return
        behaviour = after.behaviour(self.entity.key, self.entity.title)
        last = ""
        while rows := connection.execute(
            sa.select(table.c.id, *columns).where(table.c.id > last).order_by(table.c.id).limit(1000)
        ).all():
            titles = [
                {"the_id": row[0], "words": None if row[1] is None else behaviour.show(behaviour.load(*row[1:]))}
                for row in rows
            ]
            statement = sa.update(table).where(table.c.id == sa.bindparam("the_id"))
            connection.execute(statement.values(title=sa.bindparam("words")), titles)
            last = rows[-1][0]


@dataclass(frozen=True, slots=True)
class Tighten:
    """Ask more of a field than before: that it be filled, or that no two records share it."""

    entity: Entity
    fields: tuple[str, ...]
    demand: str  # required or unique
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the fields and what is asked of them."""
        names = " and ".join(f"{self.entity.key}.{key}" for key in self.fields)
        return f"make {names} {self.demand}"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Nothing: what it asks was checked before, and is kept by the commands from now on."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """Take fewer values than before: shorter text, smaller numbers, fewer choices."""

    entity: Entity
    field: Field
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the field that takes less."""
        return f"narrow what {self.entity.key}.{self.field.key} takes"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Nothing: the values there are were looked at before, and the commands see to the rest."""


@dataclass(frozen=True, slots=True)
class ChangeDocument:
    """Change what a document says, where no table is concerned."""

    kind: str
    key: str
    verb: str  # add, change or remove
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the document."""
        return f"{self.verb} {self.kind} {self.key}"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Nothing: the revision holds the documents."""


def indexes_of(machine: Machine, entity: Entity) -> set[str]:
    """The names of the indexes an entity's table has."""
    return {str(index.name) for index in machine.tables.of(entity.key).indexes}
