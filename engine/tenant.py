"""A tenant: one database, the revision that is live in it, and contexts to work with it.

Every process asks the database for the number of the live revision at each request, and
compiles that revision when it is another than the one it has. Nothing is told to anyone.
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict, Unpack

import sqlalchemy as sa

from engine.clock import Clock, now
from engine.context import SYSTEM, Actor, Cause, Context
from engine.errors import Refused, Unavailable
from engine.formulas.putting_off import is_anything_left
from engine.machine import Machine, build_machine
from engine.plans.apply import LIVE, apply_plan, current_revision
from engine.plans.plan import Plan, make_plan, refuse_metadata
from engine.settings import Settings
from engine.storage.database import Database, is_held_up, learn_trigrams
from engine.storage.postgresql_functions import teach
from engine.storage.system import VERSION, pulse_revision, pulse_source, pulse_system, system_tables
from metadata.compiler import compile_packs
from metadata.identities import NONE, Identities, read_identities
from metadata.source import SourceFile

LOOK = LIVE.add_columns(is_anything_left())
ATTEMPTS = 3  # at a plan whose tables others hold


class About(TypedDict, total=False):
    """What may be said of a piece of business beside who does it."""

    request_id: str
    cause: Cause | None
    clock: Clock | None
    machine: Machine | None
    is_updating: bool


@dataclass(frozen=True, slots=True)
class Live:
    """A revision as this process has it: the machine, and what it was made of."""

    machine: Machine
    identities: Identities
    files: tuple[SourceFile, ...]


class Tenant:
    """One client's CRM. Safe to use from several threads."""

    def __init__(self, settings: Settings, clock: Clock = now) -> None:
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database_url)
        self._seal = hashlib.sha256(f"seal {settings.secret_key}".encode()).digest()
        self._live: Live | None = None
        self._compiling = threading.Lock()

    def prepare(self) -> None:
        """Make the system's tables and functions, or bring those of an older version up to date."""
        with self.database.writing() as connection:
            is_there = sa.inspect(connection).has_table(pulse_system.name)
            if is_there and (_version(connection) or 0) >= VERSION:
                self._require_version(connection)
                return
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7305817317)"))
            learn_trigrams(connection)
            system_tables.create_all(connection)
            teach(connection)
            if (_version(connection) or 0) < VERSION:
                values = {"version": VERSION, "made_at": self.clock()}
                connection.execute(sa.insert(pulse_system).values(values))

    def machine(self, connection: sa.Connection) -> Machine:
        """The machine of the revision that is live. Refused when nothing was ever applied."""
        return self.look(connection)[0]

    def look(self, connection: sa.Connection) -> tuple[Machine, bool]:
        """The machine of what is live, and whether formulas are still to be worked out."""
        live, is_updating = self._look(connection)
        return live.machine, is_updating

    @contextmanager
    def reading(self, actor: Actor = SYSTEM, **about: Unpack[About]) -> Iterator[Context]:
        """A context for questions."""
        with self.database.reading() as connection:
            yield self.context(connection, actor, **about)

    @contextmanager
    def writing(self, actor: Actor = SYSTEM, **about: Unpack[About]) -> Iterator[Context]:
        """A context for commands, kept when the block ends and undone when it raises."""
        with self.database.writing() as connection:
            yield self.context(connection, actor, **about)

    @contextmanager
    def trying(self, actor: Actor = SYSTEM, **about: Unpack[About]) -> Iterator[Context]:
        """A context for commands that are undone when the block ends, whatever came of them."""
        with self.database.writing() as connection:
            yield self.context(connection, actor, **about)
            connection.rollback()

    def context(
        self,
        connection: sa.Connection,
        actor: Actor,
        *,
        request_id: str = "",
        cause: Cause | None = None,
        clock: Clock | None = None,
        machine: Machine | None = None,
        is_updating: bool = False,
    ) -> Context:
        """A context on a connection that is open already, under the machine if one was asked for."""
        if machine is None:
            machine, is_updating = self.look(connection)
        return Context(
            machine=machine,
            is_updating=is_updating,
            connection=connection,
            actor=replace(actor, reader=machine.reader) if actor.is_system else actor,
            clock=clock or self.clock,
            cause=cause or Cause(),
            request_id=request_id,
            seal=self._seal,
        )

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """The files of the revision that is live."""
        with self.database.reading() as connection:
            return self._live_in(connection).files if current_revision(connection) else ()

    def plan(self, files: Sequence[SourceFile]) -> Plan:
        """What applying these files, in place of all there are, would do."""
        with self.database.reading() as connection:
            live = self._live_in(connection) if current_revision(connection) else None
            before, identities = (live.machine, live.identities) if live else (None, NONE)
            return make_plan(connection, before, identities, files)

    def apply(
        self,
        plan: Plan,
        *,
        actor: Actor = SYSTEM,
        note: str = "",
        accept_data_loss: bool = False,
        attempts: int = ATTEMPTS,
    ) -> int:
        """Apply a plan; answers with the number of the revision that is live then."""
        try:
            with self.database.writing() as connection:
                return apply_plan(
                    connection,
                    plan,
                    actor_id=actor.id,
                    now=self.clock(),
                    note=note,
                    accept_data_loss=accept_data_loss,
                )
        except sa.exc.OperationalError as broken:
            if not is_held_up(broken):
                raise
            if attempts == 1:
                raise _busy() from broken
        return self.apply(
            plan, actor=actor, note=note, accept_data_loss=accept_data_loss, attempts=attempts - 1
        )

    def _live_in(self, connection: sa.Connection) -> Live:
        return self._look(connection)[0]

    def _look(self, connection: sa.Connection) -> tuple[Live, bool]:
        """What is live, and whether formulas of it are still to be worked out."""
        revision, is_updating = self._revision(connection)
        live = self._live
        if live is not None and live.machine.revision == revision:
            return live, is_updating
        with self._compiling:
            live = self._live
            if live is None or live.machine.revision != revision:
                live = self._live = self._compile(connection, revision, live)
            return live, is_updating

    def _revision(self, connection: sa.Connection) -> tuple[int, bool]:
        try:
            revision, is_updating = connection.execute(LOOK).one()
        except (sa.exc.OperationalError, sa.exc.ProgrammingError) as broken:
            raise _not_made() from broken
        if not revision:
            raise _not_made()
        return revision, bool(is_updating)

    def _require_version(self, connection: sa.Connection) -> None:
        found = _version(connection)
        if found != VERSION:
            is_older = found is not None and found < VERSION
            message = (
                f"This database was made by another version of PulseCRM ({found}, not {VERSION}). "
                + ("Bring it up to date: pulse init" if is_older else "Run that version, or name another "
                   "database in PULSE_DATABASE_URL.")
            )
            raise Refused("tenant.version", message)

    def _compile(self, connection: sa.Connection, revision: int, known: Live | None) -> Live:
        self._require_version(connection)
        statement = sa.select(pulse_revision).where(pulse_revision.c.number == revision)
        row = connection.execute(statement).mappings().one()
        files = _sources(connection, row["files"], known.files if known else ())
        identities = read_identities(row["identities"])
        machine = known.machine if known else None
        compiled = compile_packs(files, identities, machine.catalog if machine else None)
        if compiled.catalog is None:
            raise refuse_metadata(compiled.diagnostics)
        return Live(build_machine(revision, compiled.catalog, machine), identities, files)


def _version(connection: sa.Connection) -> int | None:
    """The version that a database's own tables are of."""
    found: int | None = connection.execute(sa.select(sa.func.max(pulse_system.c.version))).scalar()
    return found


def _sources(
    connection: sa.Connection, named: Sequence[tuple[str, str, str]], known: Sequence[SourceFile]
) -> tuple[SourceFile, ...]:
    """The files of a revision; only texts that are new to this process are fetched."""
    texts = {file.hash: file.text for file in known}
    missing = sorted({key for _, _, key in named} - texts.keys())
    for start in range(0, len(missing), 500):
        some = pulse_source.c.hash.in_(missing[start : start + 500])
        statement = sa.select(pulse_source.c.hash, pulse_source.c.text).where(some)
        for row in connection.execute(statement):
            texts[row[0]] = row[1]
    return tuple(SourceFile(pack, path, texts[key]) for pack, path, key in named)


def _busy() -> Unavailable:
    message = "Other work holds the tables that would change. Try again in a moment."
    return Unavailable("plan.busy", message, facts={"retry_after": 5})


def _not_made() -> Refused:
    return Refused("tenant.not-made", "There is no CRM in this database yet. Make one: pulse init")


@contextmanager
def server_lock(settings: Settings) -> Iterator[None]:
    """Keep other servers from this SQLite file while the block runs."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    path = Path(f"{url.database}.lock")
    try:
        handle = path.open("w")
    except OSError as broken:
        message = f'"{path}" can\'t be written. Make its folder writable, or set PULSE_DATA_DIR.'
        raise Refused("server.lock", message) from broken
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            message = f'A server is running on "{url.database}" already. Stop it, or use another data folder.'
            raise Refused("server.second", message) from held
        yield
