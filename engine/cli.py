"""The `pulse` command: what an operator, a consultant or a script does from a terminal."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from engine.access import accounts, tokens
from engine.access.actors import load_actor, user_by
from engine.context import SYSTEM, Actor, Cause, Context
from engine.errors import Refused
from engine.plans.mirrors import mirror_id
from engine.plans.plan import Plan
from engine.records.commands import create_record
from engine.settings import Settings, load_settings
from engine.tenant import Tenant
from metadata.compiler import compile_packs
from metadata.packs import BUILTIN, builtin, read_pack
from metadata.source import SourceFile

STANDARD = ("core", "crm")


class PulseGroup(click.Group):
    """Commands whose refusals are one line of what and one of how to mend it, on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and turn a refusal into words and the exit status 1."""
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            click.echo(refusal.message, err=True)
            ctx.exit(1)


@click.group(cls=PulseGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """PulseCRM: a CRM that is data. `pulse demo` shows one."""


def open_tenant(**given: Any) -> Tenant:
    """The tenant that the settings name."""
    return Tenant(load_settings(**given))


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


@cli.group()
def user() -> None:
    """People who work with the CRM."""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What they are called.")
@click.option("--role", "roles", multiple=True, required=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
def create_user(email: str, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Create a user. Without a password, a link is printed that signs them in once.

    Example: pulse user create ann@example.com --name "Ann Lee" --role admin
    """
    tenant = open_tenant()
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with tenant.writing(SYSTEM, cause=Cause(via="cli")) as ctx:
        user_id = make_user(ctx, email, name, roles)
        if password is not None:
            accounts.set_password(ctx.connection, user_id, password, ctx.now())
            click.echo(f"Created {email}.")
            return
        secret = accounts.create_sign_in_link(ctx.connection, user_id, ctx.now())
    click.echo(f"Created {email}. Sign in once with:")
    click.echo(f"{base_url(tenant.settings)}/sign-in/{secret}")


def make_user(ctx: Context, email: str, name: str, roles: tuple[str, ...]) -> str:
    """Create a user who holds roles, and answer with their id. Refused for roles there are not."""
    known = ctx.machine.catalog.roles
    for role in roles:
        if role not in known:
            raise Refused("role.unknown", f'There is no role "{role}". Roles: {", ".join(known)}.')
    held = [mirror_id("role", known[role].identity) for role in roles]
    values = {"email": email, "name": name, "roles": held, "active": True}
    try:
        return create_record(ctx, "user", values).id
    except Refused as refusal:
        words = " ".join(problem.message for problem in refusal.problems) or refusal.message
        raise Refused(refusal.code, f"{email} was not created. {words}") from refusal


def base_url(settings: Settings) -> str:
    """Where people find the screens."""
    return settings.base_url or f"http://{settings.bind}"


@cli.group()
def token() -> None:
    """Tokens of the API."""


@token.command("create")
@click.option("--user", "email", required=True, help="Whose token it is.")
@click.option("--name", default="command line", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="Such as read or write:contact.")
@click.option("--expires", type=int, help="After how many days it ends.")
@click.option("--json", "as_json", is_flag=True)
def create_token(
    email: str, name: str, scopes: tuple[str, ...], expires: int | None, as_json: bool
) -> None:
    """Create a token, and print it: it is shown this once.

    Example: pulse token create --user ann@example.com --scope read
    """
    tenant = open_tenant()
    with tenant.writing(SYSTEM) as ctx:
        actor = actor_of(tenant, ctx.connection, email)
        text, made = tokens.create_token(
            ctx.connection,
            str(actor.id),
            name,
            ctx.now(),
            scopes=list(scopes) or None,
            expires_at=ctx.now() + timedelta(days=expires) if expires else None,
        )
    click.echo(json.dumps({"id": made.id, "token": text}) if as_json else text)


def actor_of(tenant: Tenant, connection: Any, email: str) -> Actor:
    """The actor that a user with this address is. Refused when there is none."""
    machine = tenant.machine(connection)
    found = user_by(connection, machine, "email", email.strip().lower())
    if found is None:
        raise Refused("user.unknown", f'There is no user "{email}". Create one: pulse user create.')
    return load_actor(connection, machine, found["id"])

