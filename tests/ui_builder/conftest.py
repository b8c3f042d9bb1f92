"""The screens of a tenant that all tests of a file share, once on each database."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

import pulse
from engine.context import Actor
from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.api.conftest import tenant as shared  # noqa: F401 - a fixture
from tests.conftest import make_actor
from tests.ui_builder.visiting import Visitor

ROLES = {"Ada": "admin", "Kim": "keeper", "Wes": "watcher", "Rae": "sales_rep"}


@pytest.fixture(scope="module")
def app(shared: Tenant) -> Iterator[Flask]:  # noqa: F811 - the fixture above
    """The application as it is served."""
    made = pulse.create_app(shared.settings)
    yield made
    made.extensions["pulse"].database.close()


@pytest.fixture(scope="module")
def people(shared: Tenant) -> dict[str, Actor]:  # noqa: F811
    """The people of the tenant, by name."""
    return {name: make_actor(shared, name, role) for name, role in ROLES.items()}


@pytest.fixture(scope="module")
def visit(app: Flask, shared: Tenant, people: dict[str, Actor]) -> Callable[..., Visitor]:  # noqa: F811
    """Somebody by name, in a browser of their own; a stranger without one."""
    return lambda name="": Visitor(app, shared, people[name] if name else None)


@pytest.fixture(scope="module")
def ada(visit: Callable[..., Visitor]) -> Visitor:
    """Ada, who may do everything."""
    return visit("Ada")


@pytest.fixture(scope="module")
def kim(visit: Callable[..., Visitor]) -> Visitor:
    """Kim, who keeps zebras of her own."""
    return visit("Kim")


@pytest.fixture(scope="module")
def stranger(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody who is not signed in."""
    return visit()


@pytest.fixture(scope="module")
def zebra(shared: Tenant, people: dict[str, Actor]) -> str:  # noqa: F811
    """The id of a zebra of Kim's."""
    with shared.writing(people["Kim"]) as ctx:
        return create_record(ctx, "zebra", {"name": "Zed", "herd": "north", "stage": "calf"}).id
