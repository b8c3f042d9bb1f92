"""Where the rooms meet: the application and the `pulse` command, made of what each room offers."""

from flask import Flask

from engine.api.application import make_application
from engine.cli import cli
from engine.cli.base import Rooms
from engine.plugins import load_plugins
from engine.settings import Settings, load_settings
from engine.tenant import Tenant
from seeds.demo.command import demo
from ui_builder.checkup import check_build
from ui_builder.screens import add_screens


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application: the API, and the screens."""
    load_plugins()
    tenant = Tenant(settings or load_settings())
    app = make_application(tenant)
    add_screens(app)
    return app


def main() -> None:
    """The `pulse` command."""
    load_plugins()
    cli.add_command(demo)
    cli(obj=Rooms(create_app, checks=(check_build,)))
