"""`pulse doctor`: looks at everything, and says how to mend what is wrong."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

import click

from engine.cli.base import Rooms, cli
from engine.doctor.database import check_database
from engine.doctor.findings import Finding, State, broken, fine
from engine.doctor.formulas import check_formulas
from engine.doctor.surroundings import (
    check_data_folder,
    check_packages,
    check_python,
    check_redis,
    check_secret_key,
)
from engine.errors import Refused
from engine.settings import load_settings
from engine.tenant import Tenant

COLOURS = {State.OK: "green", State.WARNING: "yellow", State.FAILED: "red"}


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--formulas", is_flag=True, help="Work stored formulas out anew too, and compare.")
@click.option("--sample", default=1000, show_default=True, help="In how many records of each.", metavar="N",
              type=click.IntRange(min=1))  # fmt: skip
@click.pass_obj
def doctor(rooms: Rooms, as_json: bool, formulas: bool, sample: int) -> None:
    """Check everything, and say how to mend it. Exit status 1 when something is broken.

    Example: pulse doctor --formulas
    """
    found = []
    for finding in _examine(rooms, sample if formulas else 0):
        found.append(finding)
        if not as_json:
            _print(finding)
    counts = {state: sum(each.state == state for each in found) for state in State}
    if as_json:
        told = {"counts": counts, "findings": [asdict(each) for each in found]}
        click.echo(json.dumps(told, indent=2))
    else:
        good, doubtful, failed = counts.values()
        warnings = "1 warning" if doubtful == 1 else f"{doubtful} warnings"
        click.echo(f"\n{good} ok, {warnings}, {failed} failed.")
    if counts[State.FAILED]:
        sys.exit(1)


def _examine(rooms: Rooms, sample: int) -> Iterator[Finding]:
    yield from check_python()
    yield from check_packages()
    try:
        settings = load_settings()
        tenant = Tenant(settings)
    except Refused as refusal:
        yield broken("settings", refusal.message)
        return
    click.get_current_context().call_on_close(tenant.database.close)
    database = tenant.database.url.render_as_string(hide_password=True)
    yield fine("settings", f"{database}, to be served at {settings.bind}")
    for check in (check_data_folder, check_secret_key, check_redis, *rooms.checks):
        yield from check(settings)
    yield from check_database(tenant)
    if sample:
        yield from check_formulas(tenant, sample)


def _print(finding: Finding) -> None:
    state = click.style(f"{finding.state:<8}", fg=COLOURS[finding.state])
    click.echo(f"{state} {finding.subject:<14} {finding.says}")
    if finding.mend:
        click.echo(f"{'':<23} {finding.mend}")
