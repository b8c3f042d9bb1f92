"""Is it alive, and is it ready to serve?"""

import sqlalchemy as sa
from flask import Blueprint, Response

from engine.api import asking
from engine.api.answers import answer
from engine.api.problems import register_problems
from engine.errors import Refused

health = Blueprint("health", __name__)
register_problems(health)


@health.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return answer({"status": "alive"})


@health.get("/readyz")
def ready() -> Response:
    """The database answers, and holds a revision that this version understands."""
    try:
        with asking.tenant().database.reading() as connection:
            connection.execute(sa.select(1))
            machine = asking.tenant().machine(connection)
    except Refused as refusal:
        return answer({"status": "not ready", "reason": refusal.code}, 503, {"Retry-After": "5"})
    return answer({"status": "ready", "revision": machine.revision})
