"""What every command shares: how it begins, whom it acts for, and how it says no."""

from dataclasses import dataclass
from errno import EPIPE
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine.access.actors import load_actor, user_by
from engine.context import Actor
from engine.doctor.findings import Check
from engine.errors import Refused
from engine.server import MakeApplication
from engine.settings import Settings, load_settings
from engine.tenant import Tenant

EVERYWHERE = frozenset(("0.0.0.0", "[::]", "::"))  # noqa: S104 - recognised, not bound


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the rooms above give to the commands: the whole application, and checks of their own."""

    make_application: MakeApplication
    checks: tuple[Check, ...] = ()


class PulseGroup(click.Group):
    """Commands whose refusals are one line of what and one of how to mend it, on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and turn what the world refuses into words and the exit status 1."""
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            words = refusal.message
        except DBAPIError as broken:
            complaint = str(broken.orig).strip().split("\n")[0]
            words = f"The database refused: {complaint}. Ask what is wrong with it: pulse doctor"
        except OSError as broken:
            if broken.errno == EPIPE:  # whoever read our words has gone, and click ends quietly
                raise
            words = f"{broken.filename or 'This machine'}: {broken.strerror or broken}."
        click.echo(words, err=True)
        return ctx.exit(1)


@click.group(cls=PulseGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """PulseCRM: a CRM that is data. `pulse demo` shows one."""


def open_tenant(**given: Any) -> Tenant:
    """The tenant that the settings name. Its connections end with the command."""
    tenant = Tenant(load_settings(**given))
    click.get_current_context().call_on_close(tenant.database.close)
    return tenant


def base_url(settings: Settings) -> str:
    """Where people find the screens."""
    host = "localhost" if settings.host in EVERYWHERE else settings.host
    return settings.base_url or f"http://{host}:{settings.port}"


def actor_of(tenant: Tenant, connection: sa.Connection, email: str) -> Actor:
    """The actor that a user with this address is. Refused when there is none."""
    machine = tenant.machine(connection)
    found = user_by(connection, machine, "email", email.strip().lower())
    if found is None:
        raise Refused("user.unknown", f'There is no user "{email}". Create one: pulse user create.')
    return load_actor(connection, machine, found["id"])
