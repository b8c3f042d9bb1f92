"""A line for every request that was answered: which, how, how long it took, and whose."""

from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from engine.api import asking

QUIET = frozenset(("/healthz", "/readyz"))  # asked every few seconds by whoever watches over us
log = structlog.get_logger("pulse.access")


def log_requests(app: Flask) -> None:
    """Have an application write its lines."""
    app.before_request(_begin)
    app.after_request(_note)


def _begin() -> None:
    g.begun = perf_counter()


def _note(response: Response) -> Response:
    write = log.debug if request.path in QUIET else log.info
    asker = g.get("asker")
    write(
        "request",
        method=request.method,
        path=asking.loggable_path(),
        status=response.status_code,
        ms=round((perf_counter() - g.get("begun", perf_counter())) * 1000, 1),
        request_id=asking.request_id(),
        user=asker.actor.id if asker else None,
        address=asking.address(),
    )
    return response
