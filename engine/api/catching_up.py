"""A worker of the server catches up with formulas that were put off, beside what it answers."""

import threading

import structlog
from sqlalchemy.exc import DBAPIError

from engine.errors import Refused
from engine.formulas.catching_up import catch_up, is_behind
from engine.settings import Settings
from engine.tenant import Tenant

PAUSE = 1.0  # seconds between two looks
log = structlog.get_logger("pulse.formulas")


def start_catching_up(settings: Settings) -> None:
    """Catch up for as long as this process lives, on a connection of its own."""
    tenant = Tenant(settings)
    threading.Thread(target=_go_on, args=(tenant,), name="catching up", daemon=True).start()


def _go_on(tenant: Tenant) -> None:
    is_over = threading.Event()
    while not is_over.wait(PAUSE):
        try:
            if is_behind(tenant):
                catch_up(tenant)
        except (Refused, DBAPIError) as trouble:
            log.warning("catching up", trouble=str(trouble))
