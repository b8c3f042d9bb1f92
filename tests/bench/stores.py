"""Where the databases of the bench are: SQLite files, and a PostgreSQL of its own."""

import os
import shutil
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from tests.conftest import on_server, programs, run_as_postgres

TUNING = ("listen_addresses=''", "fsync=off", "shared_buffers=512MB", "work_mem=32MB",
          "max_wal_size=4GB")  # fmt: skip


class Store(Protocol):
    """Databases of one kind, by name."""

    kind: str

    def url(self, name: str) -> str:
        """The address of a database."""

    def make(self, name: str) -> None:
        """An empty database in place of any that was there."""

    def copy(self, name: str, to: str) -> None:
        """A copy of a database that nobody uses."""

    def drop(self, name: str) -> None:
        """Remove a database."""

    def close(self) -> None:
        """Stop whatever serves them."""


class SQLiteStore:
    """A file each."""

    kind = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"sqlite:///{self._file(name)}"

    def make(self, name: str) -> None:
        """An empty database is no file yet."""
        self.drop(name)

    def copy(self, name: str, to: str) -> None:
        """A copy of the file: its last user put everything into it."""
        self.drop(to)
        shutil.copyfile(self._file(name), self._file(to))

    def drop(self, name: str) -> None:
        """Remove the file, and those beside it."""
        for suffix in ("", "-wal", "-shm", ".lock"):
            Path(f"{self._file(name)}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing runs."""

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"


class PostgreSQLStore:
    """A server of the bench's own, reached by its socket, which forgets to wait for the disk."""

    kind = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        where = programs()
        if where is None:
            raise FileNotFoundError("initdb")
        self.folder = folder / "postgresql"
        self._control = str(where / "pg_ctl")
        if not self.folder.exists():
            folder.chmod(0o755)
            self.folder.mkdir()
            if os.geteuid() == 0:
                shutil.chown(self.folder, "postgres", "postgres")
            run_as_postgres(str(where / "initdb"), "-D", str(self._data), "-A", "trust",
                            "-U", "pulse", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = " ".join(f"-c {each}" for each in (*TUNING, f"unix_socket_directories={self.folder}"))
        run_as_postgres(self._control, "-D", str(self._data), "-o", options,
                        "-l", str(self.folder / "log"), "-w", "start")  # fmt: skip

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql+psycopg://pulse@/{name}?host={self.folder}"

    def make(self, name: str) -> None:
        """An empty database in place of any that was there."""
        self.drop(name)
        self._on_server(f"CREATE DATABASE {name}")

    def copy(self, name: str, to: str) -> None:
        """A copy of a database that nobody uses."""
        self.drop(to)
        self._on_server(f"CREATE DATABASE {to} TEMPLATE {name} STRATEGY file_copy")

    def drop(self, name: str) -> None:
        """Remove a database."""
        self._on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server."""
        run_as_postgres(self._control, "-D", str(self._data), "-m", "fast", "-w", "stop")

    def _on_server(self, statement: str) -> None:
        on_server(sa.make_url(self.url("postgres")), statement)
