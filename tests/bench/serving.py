"""Serves one of the two applications, both by the same server with one worker.

Run as `python -m tests.bench.serving NAME URL FOLDER`; it prints the port it listens on.
"""

import sys
from pathlib import Path

from flask import Flask

from engine.log import configure_log
from engine.server import listen, serve, warm_up
from engine.settings import Settings
from engine.tenant import Tenant
from pulse import create_app
from tests.bench.baseline import app as baseline
from tests.bench.data import settings_for


def main(name: str, url: str, folder: Path) -> None:
    """Serve until told to stop."""
    settings = settings_for(folder, url)
    configure_log(settings)
    if name == "pulse":
        warm_up(Tenant(settings))
    listener = listen("127.0.0.1", 0)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    serve(settings, listener, {"pulse": create_app, "baseline": _baseline}[name])


def _baseline(settings: Settings) -> Flask:
    return baseline.create_app(settings.database_url)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
