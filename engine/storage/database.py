"""The database: one SQLite file or one PostgreSQL, opened so that both keep the same promises.

On SQLite every writing transaction begins as one (BEGIN IMMEDIATE), so that nobody
ever learns halfway through that the file is locked.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)

from engine.errors import Refused, Unavailable
from engine.storage import faults
from engine.storage.sqlite_functions import SQLITE_AGGREGATES, SQLITE_FUNCTIONS

BUSY_SECONDS = 15


class Database:
    """Connections to the database at a URL. Nothing is opened before it is needed."""

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _open_sqlite(self.url)
        else:
            self.engine = sa.create_engine(
                self.url, pool_pre_ping=True, pool_size=8, max_overflow=8, pool_timeout=10
            )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the database from its first question to its last."""
        with self._connected() as connection:
            level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            connection.execution_options(**level, pulse_begin="BEGIN")
            with connection.begin() as transaction:
                yield connection
                if transaction.is_active:
                    transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is kept when the block ends, and as if it never was when it raises."""
        with self._connected() as connection:
            level = {} if self.is_sqlite else {"isolation_level": "READ COMMITTED"}
            connection.execution_options(**level, pulse_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        try:
            connection = self.engine.connect()
        except (OperationalError, DBAPIError, sqlite3.Error) as broken:
            raise self._unavailable(broken) from broken
        try:
            yield connection
        except (OperationalError, sa.exc.DatabaseError) as broken:
            if isinstance(broken, sa.exc.IntegrityError) or not faults.is_away(broken):
                raise
            raise self._unavailable(broken) from broken
        finally:
            connection.close()

    def _unavailable(self, broken: BaseException) -> Unavailable:
        message = faults.describe(self.url, broken)
        return Unavailable("database.unavailable", message, facts={"retry_after": 5})


def is_held_up(broken: DBAPIError) -> bool:
    """Whether a statement gave up waiting for others: a lock held for too long, or a deadlock."""
    return getattr(broken.orig, "sqlstate", "") in {"55P03", "40P01"}


def learn_trigrams(connection: sa.Connection) -> None:
    """Let PostgreSQL find parts of words by an index, where it can and this user may. It finds
    them without as well, but reads every record for it.
    """
    if connection.dialect.name != "postgresql":
        return
    with suppress(OperationalError, ProgrammingError), connection.begin_nested():
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))


def _read_url(text: str) -> URL:
    try:
        url = make_url(text)
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ArgumentError
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise Refused(
            "database.url",
            "PULSE_DATABASE_URL is not understood. Write sqlite:////folder/pulse.db or "
            "postgresql+psycopg://user:password@host/database.",
        ) from None
    return url


def _open_sqlite(url: URL) -> sa.Engine:
    if url.database:
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as broken:
            message = f'The folder "{folder}" can\'t be made. Set PULSE_DATA_DIR to one that can.'
            raise Refused("database.folder", message) from broken
    engine = sa.create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        pool_size=8,
        max_overflow=16,
    ) if url.database else sa.create_engine(url, poolclass=sa.StaticPool)  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        for name, (arguments, function) in SQLITE_FUNCTIONS.items():
            connection.create_function(name, arguments, function, deterministic=True)
        for name, (arguments, aggregate) in SQLITE_AGGREGATES.items():
            connection.create_aggregate(name, arguments, aggregate)
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = NORMAL",
                       "cache_size = -65536", "temp_store = MEMORY"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(options.get("pulse_begin", "BEGIN"))

    return engine
