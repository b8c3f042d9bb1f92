"""`pulse demo`: a CRM with nine months of a sales team's work in it, ready to be looked at."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from socket import socket

import click

from engine.cli.base import Rooms, base_url
from engine.errors import Refused
from engine.log import configure_log
from engine.records.queries import Query, list_records
from engine.server import listen, serve, warm_up
from engine.settings import Settings, load_settings
from engine.tenant import Tenant, server_lock
from seeds.demo.telling import (
    USUAL,
    invite,
    load_story,
    make_crm,
    people_in,
    tell_story,
    when_told,
)

NEIGHBOURS = 20  # ports that are tried when the usual one is taken
FRESH = timedelta(days=3)  # so long, tasks for today are not all overdue
FOLDER = click.Path(path_type=Path)


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), help="8000 or a free one near it, unless said.")
@click.option("--data-dir", type=FOLDER, default=Path("var/demo"), show_default=True)
@click.option("--records", type=click.IntRange(100, 1_000_000), help=f"Roughly; {USUAL} unless said.")
@click.pass_obj
def demo(rooms: Rooms, port: int | None, data_dir: Path, records: int | None) -> None:
    """Serve a CRM with a sales team's work in it. A second start finds it as it was left.

    Example: pulse demo --port 8080
    """
    folder = data_dir.absolute()
    settings = load_settings(data_dir=folder, database_url=f"sqlite:///{folder / 'pulse.db'}")
    tenant = Tenant(settings)
    with server_lock(settings):
        listener = _listen(settings, port)
        settings = replace(
            settings,
            bind=f"{settings.host}:{listener.getsockname()[1]}",
            workers=min(settings.workers, 2),
        )
        configure_log(settings, "warning")
        _fill(tenant, folder, records)
        _introduce(tenant, settings)
        warm_up(tenant)
        serve(settings, listener, rooms.make_application, "warning")


def _listen(settings: Settings, port: int | None) -> socket:
    """The port that was asked for, or else the usual one or a free one near it."""
    if port is not None:
        return listen(settings.host, port)
    for each in range(settings.port, settings.port + NEIGHBOURS):
        try:
            listener = listen(settings.host, each)
        except Refused:
            continue
        if each != settings.port:
            click.echo(f"Port {settings.port} is taken, so this is {each}.")
        return listener
    return listen(settings.host, settings.port)


def _fill(tenant: Tenant, folder: Path, records: int | None) -> None:
    """Make the CRM and tell the story, unless that was done before."""
    tenant.prepare()
    if not tenant.files:
        make_crm(tenant)
    with tenant.reading() as ctx:
        told_at = when_told(ctx)
        is_strange = told_at is None and list_records(ctx, Query(entity="user", limit=1)).records
    if is_strange:
        message = f"There is a CRM in {folder} that is no demo. Name another folder: --data-dir FOLDER"
        raise Refused("demo.other-crm", message)
    if told_at is not None:
        if records is not None or tenant.clock() - told_at > FRESH:
            click.echo(f"This demo was made on {told_at:%Y-%m-%d}. Remove {folder} for another.")
        return
    acts = tell_story(tenant.clock(), records or USUAL)
    with click.progressbar(acts, label="Living through nine months at Brightwater") as told:
        load_story(tenant, told)


def _introduce(tenant: Tenant, settings: Settings) -> None:
    """Say where the CRM is, and how to come in as each of its people."""
    address = base_url(settings)
    with tenant.writing() as ctx:
        roles = ctx.machine.catalog.roles
        rows = [
            (person["name"], roles[person["roles"][0]].label, address + invite(ctx, user_id))
            for user_id, person in people_in(ctx)
        ]
    wide = [max((len(row[at]) for row in rows), default=0) for at in (0, 1)]
    click.secho(f"\n  PulseCRM is at {address}", bold=True)
    click.echo("  You are at Brightwater, who sell energy monitoring. Come in as one of them:\n")
    for name, role, link in rows:
        click.echo(f"  {name:<{wide[0]}}  {role:<{wide[1]}}  {link}")
    click.echo("\n  Each link works once, for a day; starting again makes new ones.")
    click.echo(f"  Everything is kept in {settings.data_dir}. Stop with Ctrl-C.\n")
