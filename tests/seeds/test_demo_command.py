"""`pulse demo` makes a CRM to look at, finds it again, and lets its people in by links."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.cli.running import PATIENCE, PULSE, environment, run

LINK = re.compile(r"  (\w+ \w+) +([\w ]+?) +(http://127\.0\.0\.1:\d+/sign-in/\S+)")


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[str]:
    """What the demo says before it serves, for as long as it runs."""
    process = subprocess.Popen(
        [PULSE, "demo", "--records", "200", *arguments],
        cwd=folder, env=environment(folder, PULSE_BIND="127.0.0.1:18000"), text=True,
        stdout=subprocess.PIPE, stderr=sys.stderr,
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    while "Stop with Ctrl-C" not in said and (line := process.stdout.readline()):
        said += line
    try:
        yield said
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def ask(url: str, method: str = "GET") -> int:
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)
    connection.request(method, parts.path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_each_person_comes_in_once_by_their_link(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", "0") as said:
        people = {name: (role, link) for name, role, link in LINK.findall(said)}
        link = people["Elena Rossi"][1]

        seen = [ask(link), ask(link, "POST"), ask(link)]

    assert {name: role for name, (role, _) in people.items()} == {
        "Nora Lindqvist": "Admin",
        "Marcus Bell": "Sales Manager",
        "Elena Rossi": "Sales Rep",
        "Jonas Weber": "Sales Rep",
        "Priya Raman": "Sales Rep",
        "Sofia Almeida": "Read only",
    }
    assert seen == [200, 303, 401]
    assert str(tmp_path / "var/demo") in said


def test_a_second_start_finds_everything_and_makes_new_links(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", "0") as first:
        pass
    with demo(tmp_path, "--port", "0") as second:
        status = ask(LINK.findall(second)[0][2])

    assert status == 200
    assert "This demo was made on" in second
    links = [LINK.findall(said) for said in (first, second)]
    secrets = [{link.rpartition("/")[2] for _, _, link in each} for each in links]
    assert len(secrets[0]) == len(secrets[1]) == 6
    assert not secrets[0] & secrets[1]


def test_a_taken_port_is_passed_by_unless_it_was_asked_for(tmp_path: Path) -> None:
    with demo(tmp_path, "--data-dir", "one") as first:
        port = urlsplit(LINK.findall(first)[0][2]).port
        with demo(tmp_path, "--data-dir", "two") as second:
            other = urlsplit(LINK.findall(second)[0][2]).port
        refused = run(tmp_path, "demo", "--data-dir", "three", "--port", str(port))

    assert other != port
    assert f"so this is {other}." in second
    assert refused.returncode == 1
    assert f"Can't listen on 127.0.0.1:{port}: address already in use." in refused.stderr


def test_a_crm_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    run(tmp_path, "init")
    run(tmp_path, "user", "create", "ann@example.com", "--name", "Ann", "--role", "admin")

    refused = run(tmp_path, "demo", "--data-dir", str(tmp_path / "var"), "--port", "0")

    assert refused.returncode == 1
    assert "that is no demo. Name another folder: --data-dir FOLDER" in refused.stderr
