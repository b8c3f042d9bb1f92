"""The server answers, is alone on its file, survives its workers, and stops without losing a request."""

import os
import signal
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.cli.running import PATIENCE, Server, run, serving, wait_until
from tests.conftest import make_tenant


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a CRM in it."""
    make_tenant(None, tmp_path).database.close()
    return tmp_path


def test_every_request_leaves_a_line_and_no_secret(folder: Path) -> None:
    with serving(folder) as server:
        server.get("/api/v1/me?q=hushhush", **{"X-Request-Id": "mine-1"})
        server.get("/sign-in/hushhush")

    [line] = [line for line in server.log() if line.get("request_id") == "mine-1"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/me", 401)
    assert line["ms"] > 0
    assert "hushhush" not in server.text()
    assert server.log()[-1]["event"] == "stopped"


def test_a_second_server_on_the_same_file_is_refused(folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    same_file = f"sqlite:///{folder / 'var/pulse.db'}"

    with serving(folder, "--workers", "2"):
        refused = run(other, "serve", "--bind", "127.0.0.1:0", PULSE_DATABASE_URL=same_file)

    assert refused.returncode == 1
    assert "A server is running on" in refused.stderr
    assert refused.stderr.count("\n") == 1
    with serving(folder) as again:
        assert again.get("/healthz")[0] == 200


def test_a_taken_port_is_refused_in_a_line(folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    run(other, "init")

    with serving(folder) as server:
        refused = run(other, "serve", "--bind", f"127.0.0.1:{server.port}")

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Can't listen on 127.0.0.1:{server.port}: address already in use.")


def test_a_worker_that_is_killed_is_replaced(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        before = server.workers()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in server.workers() and len(server.workers()) == 2)

        assert server.get("/readyz")[0] == 200
        assert server.process.poll() is None


def test_workers_leave_when_nobody_watches_over_them_any_more(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        orphans = server.workers()
        server.process.kill()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans))

    with serving(folder) as again:
        assert again.get("/readyz")[0] == 200


@pytest.mark.parametrize("workers", ["1", "2"])
def test_stopping_under_traffic_loses_no_request(folder: Path, workers: str) -> None:
    told: Counter[str] = Counter()
    with serving(folder, "--workers", workers) as server:
        clients = [
            threading.Thread(target=keep_asking, args=(server, told, number % 2 == 0))
            for number in range(12)
        ]
        for client in clients:
            client.start()
        time.sleep(1)
        server.process.send_signal(signal.SIGTERM)
        for client in clients:
            client.join()
        status = server.process.wait(PATIENCE)

    assert told["200"] > 100
    assert set(told) == {"200", "refused"}
    assert status == 0


def keep_asking(server: Server, told: Counter[str], stay_connected: bool) -> None:
    """Ask until there is nobody to connect to; each request that was sent must be answered."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    while True:
        try:
            if connection.sock is None:
                connection.connect()
        except ConnectionRefusedError:
            told["refused"] += 1
            break
        try:
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            response.read()
            told[str(response.status)] += 1
            if response.will_close or not stay_connected:
                connection.close()
        except OSError as lost:
            told[repr(lost)] += 1
            connection.close()
    connection.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PULSE_BIND": "everywhere"}, 'PULSE_BIND is "everywhere". Write host:port'),
        ({"PULSE_BIND": "no.such.host.invalid:80"}, "Can't listen on no.such.host.invalid:80"),
        ({"PULSE_WORKERS": "many"}, 'PULSE_WORKERS is "many". It must be a whole number.'),
        ({"PULSE_LOG": "xml"}, 'PULSE_LOG is "xml". It can be text or json.'),
        ({"PULSE_DATABASE_URL": "mysql://x/y"}, "PULSE_DATABASE_URL is not understood."),
        ({"PULSE_DATABASE_URL": "postgresql://u:hushhush@127.0.0.1:1/d"}, "can't be reached. Check"),
        ({"PULSE_DATA_DIR": "/dev/null/var"}, "can't be written. Set PULSE_DATA_DIR to one that can."),
        ({"PULSE_DATA_DIR": "elsewhere"}, "There is no CRM in this database yet. Make one: pulse init"),
        ({"PULSE_BIND": "0.0.0.0:0", "PULSE_SECRET_KEY": "short"}, "PULSE_SECRET_KEY is too weak"),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_a_setting_that_can_not_be_is_told_in_a_line(
    folder: Path, settings: dict[str, str], words: str
) -> None:
    refused = run(folder, "serve", **settings)

    assert refused.returncode == 1
    assert words in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "hushhush" not in refused.stderr
