"""Metadata from the terminal: make a CRM of packs, plan and apply them, and check them."""

import json
import sys
from pathlib import Path

import click

from engine.cli.base import cli, open_tenant
from engine.errors import Refused
from engine.formulas.catching_up import catch_up
from engine.plans.plan import Plan
from engine.tenant import Tenant
from metadata.compiler import compile_packs
from metadata.packs import BUILTIN, builtin, read_pack
from metadata.source import SourceFile

STANDARD = ("core", "crm")


@cli.command()
@click.option("--pack", "packs", multiple=True, help="A pack to begin with; crm unless named.")
def init(packs: tuple[str, ...]) -> None:
    """Make an empty CRM in the data folder or database.

    Example: pulse init --pack crm
    """
    tenant = open_tenant()
    tenant.prepare()
    if tenant.files:
        click.echo("There is a CRM in this database already; nothing was changed.")
        return
    files = _files_of(["core", *(packs or STANDARD[1:])])
    plan = tenant.plan(files)
    revision = tenant.apply(plan, note="pulse init")
    entities = len(plan.machine.catalog.entities)
    click.echo(f"Made a CRM of {entities} entities (revision {revision}).")
    click.echo("Next: pulse user create you@example.com --name You --role admin")


def _files_of(names: list[str]) -> list[SourceFile]:
    files: list[SourceFile] = []
    for name in dict.fromkeys(names):
        files += _read_pack(name)
    return files


def _read_pack(name: str) -> list[SourceFile]:
    """The files of a pack: one that comes with PulseCRM by its name, any other by its folder."""
    folder = Path(name)
    if not folder.is_dir() and (BUILTIN / name).is_dir() and "/" not in name:
        return builtin(name)
    try:
        files = read_pack(folder)
    except FileNotFoundError:
        known = ", ".join(sorted(path.name for path in BUILTIN.iterdir()))
        message = f'There is no pack "{name}": neither a folder nor one of {known}.'
        raise Refused("pack.not-found", message) from None
    if not files:
        raise Refused("pack.empty", f'There are no YAML or JSON files in "{name}".')
    return files


def _with_packs(tenant: Tenant, names: tuple[str, ...]) -> list[SourceFile]:
    """The live files, those of the named packs in place of what these packs were."""
    new = [file for name in names for file in _read_pack(name)]
    replaced = {file.pack for file in new}
    return [file for file in tenant.files if file.pack not in replaced] + new


@cli.command()
@click.argument("packs", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
def plan(packs: tuple[str, ...], as_json: bool) -> None:
    """Say what applying packs would change, and change nothing.

    Example: pulse plan packs/acme
    """
    tenant = open_tenant()
    tenant.prepare()
    made = tenant.plan(_with_packs(tenant, packs))
    _print_plan(made, as_json=as_json)
    if made.blockers:
        sys.exit(1)


def _print_plan(made: Plan, *, as_json: bool) -> None:
    if as_json:
        steps = [{"sign": s.sign, "step": s.describe(), "loses_data": s.loses_data} for s in made.operations]
        blockers = [{"code": b.code, "message": b.message} for b in made.blockers]
        click.echo(json.dumps({"hash": made.hash, "steps": steps, "blockers": blockers}, indent=2))
        return
    for warning in made.diagnostics:
        click.echo(str(warning), err=True)
    click.echo(made.describe())


@cli.command()
@click.argument("packs", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--accept-data-loss", is_flag=True, help="Consent to steps that lose data.")
def apply(packs: tuple[str, ...], yes: bool, accept_data_loss: bool) -> None:
    """Plan packs, show the plan, and apply it.

    Example: pulse apply packs/acme --yes
    """
    tenant = open_tenant()
    tenant.prepare()
    made = tenant.plan(_with_packs(tenant, packs))
    _print_plan(made, as_json=False)
    if made.is_empty:
        return
    if not yes and sys.stdin.isatty() and not made.blockers:
        click.confirm("Apply this plan?", abort=True)
    revision = tenant.apply(made, accept_data_loss=accept_data_loss, note="pulse apply")
    click.echo(f"Applied. Revision {revision} is live.")
    _finish(tenant)


def _finish(tenant: Tenant) -> None:
    """Work off what the plan left for later, as a server would."""
    if portions := catch_up(tenant):
        click.echo(f"Formulas are worked out, in {portions:,} portions.")


@cli.command()
@click.argument("packs", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def lint(packs: tuple[str, ...], as_json: bool) -> None:
    """Check packs without a database, and list everything that is wrong with them.

    Example: pulse lint packs/acme
    """
    files = [file for name in packs for file in _read_pack(name)]
    named = {file.pack for file in files}
    found = compile_packs([*(f for n in STANDARD if n not in named for f in builtin(n)), *files])
    listed = [each for each in found.diagnostics if each.place.file.split("/")[0] in named]
    if as_json:
        rows = [
            {"file": d.place.file, "line": d.place.line, "column": d.place.column,
             "severity": d.severity, "code": d.code, "message": d.message, "hint": d.hint}
            for d in listed
        ]  # fmt: skip
        click.echo(json.dumps(rows, indent=2))
    else:
        for diagnostic in listed:
            click.echo(str(diagnostic), err=True)
    errors = sum(each.severity == "error" for each in listed)
    if errors:
        click.echo(f"{errors} error{'s' * (errors != 1)}.", err=True)
        sys.exit(1)
    if not as_json:
        click.echo(f"{len(files)} files, nothing wrong.")
