"""A CRM with a sales team's work in it, served as people have it, and ways to set a scene there."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

from engine.access.accounts import set_password
from engine.access.actors import load_actor, user_by
from engine.access.sessions import open_session
from engine.context import Actor
from engine.records.commands import apply_batch, change_record, create_record
from engine.records.queries import find_record
from engine.records.record import Record
from engine.records.writes import Create
from engine.settings import load_settings
from engine.tenant import Tenant
from metadata.packs import builtin
from metadata.source import SourceFile
from seeds.demo.telling import PACKS, invite, load_story, tell_story
from tests.conftest import ZEBRA, make_actor

PULSE = Path(sys.executable).with_name("pulse")
PATIENCE = 30  # seconds that a server may take to start, on a machine that does much else
RECORDS = 900


@dataclass(frozen=True)
class Home:
    """Where the CRM is, and a second way to its records for setting scenes."""

    address: str
    tenant: Tenant

    def actor(self, name: str) -> Actor:
        """A person of the demo, by what stands before the @ of their address."""
        with self.tenant.reading() as ctx:
            for domain in ("brightwater.example", "example.com"):
                user = user_by(ctx.connection, ctx.machine, "email", f"{name}@{domain}")
                if user is not None:
                    return load_actor(ctx.connection, ctx.machine, user["id"])
        raise LookupError(name)

    def cookie(self, name: str) -> str:
        """What the session's cookie of somebody holds who signed in just now."""
        user_id = str(self.actor(name).id)
        with self.tenant.writing() as ctx:
            secret, _ = open_session(ctx.connection, user_id, ctx.now())
        return secret

    def link(self, name: str) -> str:
        """The path of a link that signs somebody in, once."""
        user_id = str(self.actor(name).id)
        with self.tenant.writing() as ctx:
            return invite(ctx, user_id)

    def set_password(self, name: str, password: str) -> None:
        """Give somebody a password to sign in with."""
        user_id = str(self.actor(name).id)
        with self.tenant.writing() as ctx:
            set_password(ctx.connection, user_id, password, ctx.now())

    def made(self, by: str, entity: str, **values: Any) -> str:
        """The address of a record that somebody has made."""
        with self.tenant.writing(self.actor(by)) as ctx:
            return f"/records/{entity}/{create_record(ctx, entity, values).id}"

    def made_many(self, by: str, entity: str, rows: list[dict[str, Any]]) -> None:
        """Many records that somebody has made, in this order."""
        with self.tenant.writing(self.actor(by)) as ctx:
            outcomes = apply_batch(ctx, entity, [Create(values=row) for row in rows])
            assert [outcome.refusal for outcome in outcomes if outcome.refusal] == []

    def change(self, by: str, address: str, **values: Any) -> None:
        """Somebody changes a record elsewhere."""
        _, _, entity, record_id = address.split("/")
        with self.tenant.writing(self.actor(by)) as ctx:
            change_record(ctx, entity, record_id, values)

    def record(self, address: str) -> Record:
        """A record as it is now."""
        _, _, entity, record_id = address.split("/")
        with self.tenant.reading() as ctx:
            return find_record(ctx, entity, record_id)


def furnish(folder: Path) -> Tenant:
    """A data folder with the demo and the zebra in it, and a keeper and a watcher besides its people."""
    tenant = Tenant(load_settings({}, folder, data_dir=folder / "var"))
    tenant.prepare()
    files = [file for pack in PACKS for file in builtin(pack)]
    tenant.apply(tenant.plan([*files, SourceFile("local", "local/zebra.yaml", ZEBRA)]))
    load_story(tenant, tell_story(tenant.clock(), RECORDS))
    make_actor(tenant, "Kim", "keeper")
    make_actor(tenant, "Wes", "watcher")
    return tenant


@contextmanager
def served(tenant: Tenant, folder: Path) -> Iterator[str]:
    """The address of a server over a tenant's data folder, for as long as the block lasts."""
    address = f"127.0.0.1:{free_port()}"
    command = [str(PULSE), "serve", "--bind", address, "--workers", "1"]
    settings = {"PULSE_DATA_DIR": str(tenant.settings.data_dir), "PATH": "/usr/bin:/bin"}
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=settings, cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(f"http://{address}/readyz")
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Wait until a server answers well."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < end, f"{url} doesn't answer"
            time.sleep(0.1)
