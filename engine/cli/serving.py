"""`pulse serve`: the CRM for browsers and programs, until it is told to stop."""

from dataclasses import replace

import click
import structlog

from engine.cli.base import Rooms, base_url, cli
from engine.log import configure_log
from engine.server import listen, serve, warm_up
from engine.settings import load_settings
from engine.tenant import Tenant, server_lock

log = structlog.get_logger("pulse.server")


@cli.command("serve")
@click.option("--bind", help="The address to listen on, as host:port.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; as many as cores unless said.")
@click.pass_obj
def serve_command(rooms: Rooms, bind: str | None, workers: int | None) -> None:
    """Serve the CRM. Stops without losing a request on SIGTERM.

    Example: pulse serve --bind 127.0.0.1:8080 --workers 4
    """
    settings = load_settings(bind=bind, workers=workers)
    tenant = Tenant(settings)
    with server_lock(settings):
        warm_up(tenant)
        listener = listen(settings.host, settings.port)
        settings = replace(settings, bind=f"{settings.host}:{listener.getsockname()[1]}")
        configure_log(settings)
        log.info("serving", address=base_url(settings), workers=settings.workers)
        serve(settings, listener, rooms.make_application)
        log.info("stopped")
