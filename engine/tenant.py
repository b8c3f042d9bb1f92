"""A tenant: one database, the revision that is live in it, and contexts to work with it.

Every process asks the database for the number of the live revision at each request, and
compiles that revision when it is another than the one it has. Nothing is told to anyone.
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from engine.clock import Clock, now
from engine.context import SYSTEM, Actor, Cause, Context
from engine.errors import Refused
from engine.machine import Machine, build_machine
from engine.plans.apply import apply_plan, current_revision
from engine.plans.plan import Plan, make_plan, refuse_metadata
from engine.settings import Settings
from engine.storage.database import Database
from engine.storage.system import VERSION, pulse_revision, pulse_source, pulse_system, system_tables
from metadata.compiler import compile_packs
from metadata.identities import NONE, Identities, read_identities
from metadata.source import SourceFile


class Tenant:
    """One client's CRM. Safe to use from several threads."""

    def __init__(self, settings: Settings, clock: Clock = now) -> None:
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database_url)
        self._seal = hashlib.sha256(f"seal {settings.secret_key}".encode()).digest()
        self._machine: Machine | None = None
        self._identities: Identities = NONE
        self._files: tuple[SourceFile, ...] = ()
        self._compiling = threading.Lock()

    def prepare(self) -> None:
        """Make the system's tables, if they are not there."""
        with self.database.writing() as connection:
            if sa.inspect(connection).has_table(pulse_system.name):
                self._require_version(connection)
                return
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7305817317)"))
            system_tables.create_all(connection)
            if not connection.execute(sa.select(pulse_system.c.version)).first():
                values = {"version": VERSION, "made_at": self.clock()}
                connection.execute(sa.insert(pulse_system).values(values))

    def machine(self, connection: sa.Connection) -> Machine:
        """The machine of the revision that is live. Refused when nothing was ever applied."""
        revision = self._revision(connection)
        machine = self._machine
        if machine is not None and machine.revision == revision:
            return machine
        with self._compiling:
            if self._machine is None or self._machine.revision != revision:
                self._compile(connection, revision)
            return self._machine  # type: ignore[return-value]

    @contextmanager
    def reading(self, actor: Actor = SYSTEM, **about: object) -> Iterator[Context]:
        """A context for questions. `about` may set request_id and cause."""
        with self.database.reading() as connection:
            yield self.context(connection, actor, **about)

    @contextmanager
    def writing(self, actor: Actor = SYSTEM, **about: object) -> Iterator[Context]:
        """A context for commands, kept when the block ends and undone when it raises."""
        with self.database.writing() as connection:
            yield self.context(connection, actor, **about)

    @contextmanager
    def trying(self, actor: Actor = SYSTEM, **about: object) -> Iterator[Context]:
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
    ) -> Context:
        """A context on a connection that is open already, under the machine if one was asked for."""
        return Context(
            machine=machine or self.machine(connection),
            connection=connection,
            actor=actor,
            clock=clock or self.clock,
            cause=cause or Cause(),
            request_id=request_id,
            seal=self._seal,
        )

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """The files of the revision that is live."""
        with self.database.reading() as connection:
            if current_revision(connection):
                self.machine(connection)
        return self._files

    def plan(self, files: Sequence[SourceFile]) -> Plan:
        """What applying these files, in place of all there are, would do."""
        with self.database.reading() as connection:
            before = self.machine(connection) if current_revision(connection) else None
            return make_plan(connection, before, self._identities if before else NONE, files)

    def apply(
        self,
        plan: Plan,
        *,
        actor: Actor = SYSTEM,
        note: str = "",
        accept_data_loss: bool = False,
    ) -> int:
        """Apply a plan; answers with the number of the revision that is live then."""
        with self.database.writing() as connection:
            return apply_plan(
                connection,
                plan,
                actor_id=actor.id,
                now=self.clock(),
                note=note,
                accept_data_loss=accept_data_loss,
            )

    def _revision(self, connection: sa.Connection) -> int:
        try:
            revision = current_revision(connection)
        except (sa.exc.OperationalError, sa.exc.ProgrammingError) as broken:
            raise _not_made() from broken
        if not revision:
            raise _not_made()
        return revision

    def _require_version(self, connection: sa.Connection) -> None:
        found = connection.execute(sa.select(sa.func.max(pulse_system.c.version))).scalar()
        if found != VERSION:
            message = (
                f"This database was made by another version of PulseCRM ({found}, not {VERSION}). "
                "Run that version, or name another database in PULSE_DATABASE_URL."
            )
            raise Refused("tenant.version", message)

    def _compile(self, connection: sa.Connection, revision: int) -> None:
        self._require_version(connection)
        row = connection.execute(
            sa.select(pulse_revision).where(pulse_revision.c.number == revision)
        ).mappings().one()  # fmt: skip
        sources = connection.execute(sa.select(pulse_source.c.hash, pulse_source.c.text))
        texts = {key: text for key, text in sources}  # noqa: C416 - rows, not pairs, to a type checker
        files = [SourceFile(pack, path, texts[key]) for pack, path, key in row["files"]]
        identities = read_identities(row["identities"])
        previous = self._machine.catalog if self._machine else None
        compiled = compile_packs(files, identities, previous)
        if compiled.catalog is None:
            raise refuse_metadata(compiled)
        self._files, self._identities = tuple(files), identities
        self._machine = build_machine(revision, compiled.catalog)


def _not_made() -> Refused:
    return Refused("tenant.not-made", "There is no CRM in this database yet. Make one: pulse init")


def hold_server_lock(settings: Settings) -> IO[str] | None:
    """Keep other servers from this SQLite file for as long as the answer is held open."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    path = Path(f"{url.database}.lock")
    try:
        handle = path.open("w")
    except OSError as broken:
        message = f'"{path}" can\'t be written. Make its folder writable, or set PULSE_DATA_DIR.'
        raise Refused("server.lock", message) from broken
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        handle.close()
        raise Refused(
            "server.second",
            f'A server is running on "{url.database}" already. Stop it, or set PULSE_DATA_DIR '
            "to another folder.",
        ) from held
    return handle
