"""People and their tokens, from the terminal."""

import json
import sys
from datetime import timedelta

import click

from engine.access import accounts, tokens
from engine.cli.base import actor_of, base_url, cli, open_tenant
from engine.context import SYSTEM, Cause, Context
from engine.errors import Refused
from engine.plans.mirrors import mirror_id
from engine.records.commands import create_record


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


@user.command("link")
@click.argument("email")
def create_link(email: str) -> None:
    """Print a link that signs a user in once, for whoever lost their password.

    Example: pulse user link ann@example.com
    """
    tenant = open_tenant()
    with tenant.writing(SYSTEM, cause=Cause(via="cli")) as ctx:
        actor = actor_of(tenant, ctx.connection, email)
        secret = accounts.create_sign_in_link(ctx.connection, str(actor.id), ctx.now())
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


@cli.group()
def token() -> None:
    """Tokens of the API."""


@token.command("create")
@click.option("--user", "email", required=True, help="Whose token it is.")
@click.option("--name", default="command line", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="Such as read, or write:ENTITY.")
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
