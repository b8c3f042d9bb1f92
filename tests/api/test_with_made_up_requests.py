"""Requests that schemathesis makes up from the document, right and wrong, find nothing to report."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.api.calling import Caller

TRIED = r"^/(me|metadata.*|tokens|explain/field|openapi\.json|records/(zebra|comment)(/.*)?)$"
CONFIG = Path(__file__).parent / "schemathesis.toml"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_to_report(address: str, ada: Caller, tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "schemathesis"
    ran = subprocess.run(
        [
            program, "--config-file", CONFIG, "run", f"{address}/openapi.json",
            "--header", f"Authorization: Bearer {ada.token}", "--url", address,
            "--include-path-regex", TRIED, "--phases", "examples,coverage,fuzzing",
            "--max-examples", "10", "--seed", "1", "--workers", "1", "--no-color",
        ],
        capture_output=True, text=True, cwd=tmp_path, check=False, timeout=300,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout[-8000:]
