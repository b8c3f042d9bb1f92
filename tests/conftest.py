"""What the tests share: a throw-away PostgreSQL, empty databases, and tenants to work in."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from engine.access.actors import load_actor
from engine.context import Actor
from engine.plans.mirrors import mirror_id
from engine.records.commands import create_record
from engine.settings import load_settings
from engine.tenant import Tenant
from metadata.packs import builtin
from metadata.source import SourceFile

hypothesis_settings.register_profile(
    "pulse", deadline=None, max_examples=60, suppress_health_check=list(HealthCheck)
)
hypothesis_settings.load_profile("pulse")
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
for name in [name for name in os.environ if name.startswith("PULSE_")]:
    del os.environ[name]

ZEBRA = """
entity: zebra
label: Zebra
title: name
fields:
  name: {type: text, required: true, unique: true}
  owner: {type: user, default: "= me"}
  herd: {type: choice, choices: [north, south], index: true}
  stage: {type: stage}
  size: {type: decimal}
  price: {type: money}
  born: {type: date}
  traits: {type: tags}
  secret: {type: text}
  mother: {type: link, to: zebra, inverse: children, on_delete: cascade}
  friends: {type: links, to: zebra, inverse: friend_of}
---
pipeline: stripes
entity: zebra
stages:
  calf: {label: Calf, moves: [young]}
  young: {label: Young}
  grown: {label: Grown up, category: won, requires: [size]}
---
view: all_zebras
entity: zebra
columns: [name, herd, stage, size]
sort: [name]
---
role: keeper
grants:
  zebra: {create: yes, read: own, update: own, delete: own, fields: {secret: none}}
---
role: watcher
grants:
  zebra: {read: all}
"""


def programs() -> Path | None:
    """Where PostgreSQL's programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    where = shutil.which("initdb")
    return found[-1].parent if found else Path(where).parent if where else None


def run_as_postgres(*command: str) -> None:
    """PostgreSQL refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of this run's own; the URL of its server, without a database."""
    where = programs()
    assert where is not None, "The tests need PostgreSQL: install the package postgresql."
    folder = Path("/tmp") / f"pulse-postgresql-{uuid.uuid4().hex[:8]}"  # noqa: S108 - a short socket path
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    run_as_postgres(str(where / "initdb"), "-D", str(data), "-A", "trust", "-U", "pulse",
                    "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    control = str(where / "pg_ctl")
    run_as_postgres(control, "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield f"postgresql+psycopg://pulse@/DATABASE?host={folder}"
    run_as_postgres(control, "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pulse.db'}"
    server: str = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex[:12]}"
    on_server(sa.make_url(server), f"CREATE DATABASE {name}")
    return server.replace("DATABASE", name)


def make_tenant(database_url: str | None, folder: Path, *extra: SourceFile) -> Tenant:
    """A tenant with the core and sales packs, and more if given."""
    tenant = Tenant(load_settings({}, folder, data_dir=folder / "var", database_url=database_url))
    tenant.prepare()
    tenant.apply(tenant.plan([*builtin("core"), *builtin("crm"), *extra]))
    return tenant


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The databases that tenants are copied from, by kind, made when first asked for."""
    return {"folder": str(tmp_path_factory.mktemp("prepared"))}


@pytest.fixture
def tenant(database_url: str, tmp_path: Path, prepared: dict[str, str]) -> Iterator[Tenant]:
    """The sales CRM and an entity that no line of Python knows: the zebra."""
    copy_prepared(database_url, prepared)
    made = Tenant(load_settings({}, tmp_path, data_dir=tmp_path / "var", database_url=database_url))
    yield made
    made.database.close()


def copy_prepared(database_url: str, prepared: dict[str, str]) -> None:
    """Fill an empty database with the packs and the zebra; each kind is made once and copied."""
    url = sa.make_url(database_url)
    kind = url.get_backend_name()
    if kind not in prepared:
        folder = Path(prepared["folder"])
        name = f"prepared{uuid.uuid4().hex[:12]}"
        if kind == "sqlite":
            made_url = f"sqlite:///{folder / name}"
        else:
            on_server(url, f"CREATE DATABASE {name}")
            made_url = database_url.replace(str(url.database), name)
        zebra = SourceFile("local", "local/zebra.yaml", ZEBRA)
        make_tenant(made_url, folder, zebra).database.close()
        prepared[kind] = made_url
    original = sa.make_url(prepared[kind]).database
    if kind == "sqlite":
        shutil.copy(str(original), str(url.database))
    else:
        on_server(url, f"DROP DATABASE {url.database}", f"CREATE DATABASE {url.database} TEMPLATE {original}")


def on_server(url: sa.URL, *statements: str) -> None:
    """Have a PostgreSQL server do something about its databases."""
    engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def make_actor(tenant: Tenant, name: str, *roles: str) -> Actor:
    """A user who holds roles, as the actor of a context."""
    with tenant.writing() as ctx:
        held = [mirror_id("role", role) for role in roles]
        values = {"name": name, "email": f"{name.lower()}@example.com", "roles": held, "active": True}
        user = create_record(ctx, "user", values)
        return load_actor(ctx.connection, ctx.machine, user.id)


@pytest.fixture
def admin(tenant: Tenant) -> Actor:
    """Somebody who may do everything."""
    return make_actor(tenant, "Ada", "admin")


@pytest.fixture
def keeper(tenant: Tenant) -> Actor:
    """Somebody who may do with zebras of their own, but not read their secrets."""
    return make_actor(tenant, "Kim", "keeper")
