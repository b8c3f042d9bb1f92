"""The doctor finds what is wrong, names it, and says how to mend it; nobody ever sees a traceback."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from engine.cli import cli
from engine.cli.base import Rooms
from engine.doctor.database import check_database
from engine.doctor.findings import Finding, State
from engine.doctor.surroundings import check_redis
from engine.plans.mirrors import mirror_id
from engine.records.commands import create_record
from engine.server import Application
from engine.settings import Settings, load_settings
from engine.storage.system import VERSION
from engine.tenant import Tenant
from tests.conftest import make_tenant

COMMANDS = ["doctor", "plan core", "init", "serve", "user create a@b.example --name A --role admin"]


def found(tenant: Tenant) -> dict[str, Finding]:
    """The last finding about each subject."""
    return {finding.subject: finding for finding in check_database(tenant)}


def test_a_sound_crm_with_an_admin_has_nothing_to_mend(tenant: Tenant) -> None:
    with tenant.writing() as ctx:
        values = {"name": "Ada", "email": "ada@example.com", "roles": [mirror_id("role", "admin")]}
        create_record(ctx, "user", values)

    findings = found(tenant)

    assert {finding.state for finding in findings.values()} == {State.OK}
    assert {"database", "metadata", "tables", "people"} <= findings.keys()


def test_a_crm_that_nobody_may_manage_is_doubtful(tenant: Tenant) -> None:
    assert found(tenant)["people"].says == "There is nobody who can sign in."

    with tenant.writing() as ctx:
        create_record(ctx, "user", {"name": "Kim", "email": "kim@example.com"})

    assert found(tenant)["people"].says == "Nobody who can sign in may manage the others."


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("DROP TABLE e_tag", "the table e_tag is missing"),
        ("ALTER TABLE e_tag DROP COLUMN f_color", "e_tag has no column f_color"),
        ("DROP INDEX {index}", "e_tag has no index {index}"),
        ("CREATE TABLE aside (a text)", ""),
    ],
)
def test_tables_that_were_changed_by_hand_are_named(tenant: Tenant, harm: str, words: str) -> None:
    with tenant.writing() as ctx:
        [index, *_] = sorted(str(each.name) for each in ctx.machine.tables.of("tag").indexes)
        ctx.connection.execute(sa.text(harm.format(index=index)))

    finding = found(tenant)["tables"]

    assert words.format(index=index) in finding.says
    assert (finding.state, bool(finding.mend)) == ((State.FAILED, True) if words else (State.OK, False))


def test_a_database_without_a_crm_is_told_apart_from_a_broken_one(database_url: str, tmp_path: Path) -> None:
    empty = Tenant(load_settings({}, tmp_path, data_dir=tmp_path / "var", database_url=database_url))

    finding = found(empty)["metadata"]
    empty.prepare()
    with empty.database.writing() as connection:
        connection.execute(sa.text("DROP TABLE pulse_change"))

    assert finding.mend == "Make one: pulse init"
    assert "pulse_change" in found(empty)["metadata"].says
    empty.database.close()


@contextmanager
def answering(words: bytes) -> Iterator[str]:
    """The URL of something that answers the first who asks with these words."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            asker, _ = server.accept()
            with asker:
                asker.recv(100)
                asker.sendall(words)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        thread.join()


@pytest.mark.parametrize(
    ("words", "state", "says"),
    [
        (b"+PONG\r\n", State.OK, "answers"),
        (b"-NOAUTH Authentication required.\r\n", State.FAILED, "NOAUTH Authentication required."),
        (b"", State.FAILED, "answers: ."),
    ],
)
def test_redis_must_answer_when_it_is_configured(
    tmp_path: Path, words: bytes, state: State, says: str
) -> None:
    with answering(words) as url:
        [finding] = check_redis(load_settings({"PULSE_REDIS_URL": url}, tmp_path, data_dir=tmp_path))

    assert finding.state == state
    assert says in finding.says


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    """A folder with a CRM in var/pulse.db, closed and written out."""
    make_tenant(None, tmp_path).database.close()
    return tmp_path


def ask(crm: Path, command: str, **settings: str) -> Result:
    """A command within this process, with these settings and no others."""
    environment = {"PULSE_DATA_DIR": str(crm / "var"), **settings}
    return CliRunner().invoke(cli, command.split(), obj=Rooms(no_application), env=environment)


def no_application(_settings: Settings) -> Application:
    raise AssertionError("Nothing is served here.")


def test_the_findings_are_told_to_a_program_too(crm: Path) -> None:
    (crm / "var/secret.key").chmod(0o644)

    result = ask(crm, "doctor --json")

    told = json.loads(result.stdout)
    [key] = [each for each in told["findings"] if each["subject"] == "secret key"]
    assert result.exit_code == 1
    assert told["counts"]["failed"] == 1
    assert (key["state"], key["mend"]) == ("failed", f"chmod 600 {crm / 'var/secret.key'}")


def test_a_new_data_folder_is_closed_to_others(crm: Path) -> None:
    assert (crm / "var").stat().st_mode & 0o777 == 0o700
    assert (crm / "var/secret.key").stat().st_mode & 0o777 == 0o600
    assert ask(crm, "doctor").exit_code == 0


def no_database(file: Path) -> str:
    file.write_text("These are my notes, and no database at all.")
    return "is not a SQLite database. Move it away"


def damaged(file: Path) -> str:
    with file.open("r+b") as pages:
        pages.seek(2 * 4096)
        pages.write(b"\xff" * 30 * 4096)
    return "is damaged. Put back a backup"


def cut_off(file: Path) -> str:
    os.truncate(file, 20_000)
    return "is damaged. Put back a backup"


def of_another_version(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE pulse_system SET version = 99")
        connection.commit()
    return f"was made by another version of PulseCRM (99, not {VERSION}). Run that version"


@pytest.mark.parametrize("harm", [no_database, damaged, cut_off, of_another_version])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_can_not_be_used_is_a_sentence_in_every_command(
    crm: Path, harm: Callable[[Path], str], command: str
) -> None:
    words = harm(crm / "var/pulse.db")

    result = ask(crm, command)

    assert result.exit_code == 1
    assert words in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "PULSE_DATABASE_URL is not understood. Write sqlite:////folder/pulse.db or"),
        ("postgresql://u:hushhush@127.0.0.1:1/d", "can't be reached. Check PULSE_DATABASE_URL"),
        ("sqlite:////dev/null/x/pulse.db", "can't be made. Set PULSE_DATA_DIR to one that can."),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_not_there_is_a_sentence_in_every_command(
    crm: Path, url: str, words: str, command: str
) -> None:
    result = ask(crm, command, PULSE_DATABASE_URL=url)

    assert result.exit_code == 1
    assert words in result.output
    assert "hushhush" not in result.output


def test_postgresql_says_which_part_of_the_url_is_wrong(crm: Path, postgresql: str) -> None:
    result = ask(crm, "init", PULSE_DATABASE_URL=postgresql.replace("DATABASE", "no_such_database"))

    assert result.exit_code == 1
    assert "has no such database or user. Create it, or check PULSE_DATABASE_URL." in result.output


def test_what_the_database_refuses_is_no_traceback(crm: Path) -> None:
    with closing(sqlite3.connect(crm / "var/pulse.db")) as connection:
        connection.execute("DROP TABLE e_user")

    result = ask(crm, "user create a@b.example --name A --role admin")

    assert result.exit_code == 1
    assert result.stderr == (
        "The database refused: no such table: e_user. Ask what is wrong with it: pulse doctor\n"
    )


AS_NOBODY = """
import os, sys
from click.testing import CliRunner
from engine.cli import cli
from engine.cli.base import Rooms
import engine.doctor.database, sqlalchemy.dialects.sqlite.pysqlite
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
cli(sys.argv[1:], obj=Rooms(None))
"""


@pytest.mark.parametrize(
    ("closed", "words"),
    [("var", "can't be written. Set PULSE_DATA_DIR to one that can."), ("file", "can't be written.")],
)
def test_what_may_not_be_written_is_a_sentence(closed: str, words: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        make_tenant(None, folder).database.close()
        (folder / "var").chmod(0o555 if closed == "var" else 0o777)
        (folder / "var/pulse.db").chmod(0o444)
        (folder / "var/secret.key").chmod(0o400 if closed == "var" else 0o444)

        refused = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, *COMMANDS[-1].split()], cwd=Path(__file__).parents[2],
            env={"PULSE_DATA_DIR": str(folder / "var")}, capture_output=True, text=True,
        )  # fmt: skip
        (folder / "var").chmod(0o700)

    assert refused.returncode == 1
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
