"""The real `pulse` command, as a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

PULSE = Path(sys.executable).parent / "pulse"
PATIENCE = 20  # seconds


def environment(folder: Path, **settings: str) -> dict[str, str]:
    said = {"PULSE_DATA_DIR": str(folder / "var"), "PULSE_LOG": "json", **settings}
    return {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")} | said


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [PULSE, *arguments],
        cwd=folder, env=environment(folder, **settings), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


class Server:
    """A server that is running, and what it has written so far."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self._log = log
        _wait_until(lambda: any(line["event"] == "serving" for line in self.log()), self.text)
        self.port = int(self.log()[0]["address"].rpartition(":")[2])
        _wait_until(lambda: self.get("/readyz")[0] == 200, self.text)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in children.read_text().split()}

    def text(self) -> str:
        return self._log.read_text()

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    """A server on a port of its own for as long as the block runs."""
    log = folder / f"log-{time.monotonic_ns()}"
    with log.open("w") as file:
        process = subprocess.Popen(
            [PULSE, "serve", "--bind", "127.0.0.1:0", *arguments],
            cwd=folder, env=environment(folder, **settings), stderr=file, text=True,
        )  # fmt: skip
    try:
        yield Server(process, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_until(happens: Any, explain: Any) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if happens():
            return
        time.sleep(0.05)
    raise TimeoutError(explain())


def wait_until(happens: Any) -> None:
    """Wait for something, and fail when it does not come."""
    _wait_until(happens, lambda: "It did not happen.")
