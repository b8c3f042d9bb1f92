"""Visiting the screens without a browser: pages by address, forms with the session's token."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers

from engine.access.sessions import open_session
from engine.context import Actor
from engine.tenant import Tenant


@dataclass(frozen=True)
class Seen:
    """What the server answered."""

    status: int
    headers: Headers
    html: str

    @property
    def words(self) -> str:
        """What a person reads of it."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.html)).split())

    @property
    def location(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")


class Visitor:
    """Somebody with a session; a stranger without one."""

    def __init__(self, app: Flask, tenant: Tenant, who: Actor | None = None) -> None:
        self.client = app.test_client()
        self.csrf = ""
        if who is not None:
            with tenant.writing() as ctx:
                secret, session = open_session(ctx.connection, str(who.id), ctx.now())
            self.client.set_cookie("pulse_session", secret)
            self.csrf = session.csrf

    def get(self, path: str, **also: Any) -> Seen:
        """Look at a page."""
        return self.ask("GET", path, **also)

    def post(self, path: str, form: dict[str, Any] | None = None, **also: Any) -> Seen:
        """Send a form of a page that was looked at."""
        return self.ask("POST", path, data={"csrf": self.csrf, **(form or {})}, **also)

    def ask(self, method: str, path: str, **also: Any) -> Seen:
        """Ask for anything."""
        response = self.client.open(path, method=method, **also)
        return Seen(response.status_code, response.headers, response.get_data().decode(errors="replace"))
