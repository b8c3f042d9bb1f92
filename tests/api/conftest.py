"""One tenant of each database for a file of tests, emptied before each of them."""

import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.access.tokens import create_token
from engine.clock import now
from engine.context import Actor
from engine.settings import load_settings
from engine.storage.system import system_tables
from engine.tenant import Tenant
from pulse import create_app
from tests.api.calling import Caller
from tests.conftest import copy_prepared, make_actor, on_server

KEPT = {"pulse_system", "pulse_source", "pulse_revision"}
PEOPLE = {"user", "role", "team"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tenant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared: dict[str, str]
) -> Iterator[Tenant]:
    """A tenant that all tests of a file share."""
    folder = tmp_path_factory.mktemp("tenant")
    url = f"sqlite:///{folder / 'pulse.db'}"
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgresql")
        url = server.replace("DATABASE", f"t{uuid.uuid4().hex[:12]}")
        on_server(sa.make_url(url), f"CREATE DATABASE {sa.make_url(url).database}")
    copy_prepared(url, prepared)
    made = Tenant(load_settings({}, folder, data_dir=folder / "var", database_url=url))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def shared_app(tenant: Tenant) -> Iterator[Flask]:
    """The application of that tenant."""
    app = create_app(tenant.settings)
    yield app
    app.extensions["pulse"].database.close()


@pytest.fixture
def app(shared_app: Flask, tenant: Tenant, people: dict[str, Actor]) -> Flask:
    """The application, with nothing in it but the people."""
    with tenant.writing() as ctx:
        machine = ctx.machine
        for entity in machine.catalog.entities.values():
            if entity.key in PEOPLE:
                continue
            for field in entity.declared:
                if field.relation is not None and field.relation.kind == "many":
                    ctx.connection.execute(sa.delete(machine.tables.link(entity.key, field.key)))
            ctx.connection.execute(sa.delete(machine.tables.of(entity.key)))
        for table in system_tables.sorted_tables:
            if table.name not in KEPT:
                ctx.connection.execute(sa.delete(table))
    shared_app.extensions["pulse"].clock = now
    return shared_app


@pytest.fixture(scope="module")
def people(tenant: Tenant) -> dict[str, Actor]:
    """The people of a tenant, by name."""
    roles = {"Ada": "admin", "Kim": "keeper", "Kit": "keeper", "Wes": "watcher", "Nan": ""}
    return {
        name: make_actor(tenant, name, *([role] if role else [])) for name, role in roles.items()
    }


@pytest.fixture
def caller(app: Flask, tenant: Tenant, people: dict[str, Actor]) -> Callable[..., Caller]:
    """Somebody by name, with a token of theirs."""

    def call_as(name: str, scopes: list[str] | None = None) -> Caller:
        with tenant.writing() as ctx:
            text, _ = create_token(ctx.connection, str(people[name].id), "test", ctx.now(), scopes=scopes)
        return Caller(app, text, id=str(people[name].id))

    return call_as


@pytest.fixture
def ada(caller: Callable[..., Caller]) -> Caller:
    """Ada, who may do everything."""
    return caller("Ada")


@pytest.fixture
def kim(caller: Callable[..., Caller]) -> Caller:
    """Kim, who keeps zebras of her own and may not know their secrets."""
    return caller("Kim")


@pytest.fixture
def wes(caller: Callable[..., Caller]) -> Caller:
    """Wes, who watches all zebras and touches none."""
    return caller("Wes")
