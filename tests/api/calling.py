"""Calling the API as a client would: by address and JSON, with a token or a session."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

BASE = "/api/v1"
PASSWORD = "correct horse battery"


@dataclass
class Caller:
    """Somebody who calls the API, with whatever tells who they are."""

    app: Flask
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    id: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=True)

    def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **also: Any
    ) -> TestResponse:
        """One call; `body` goes as JSON, other arguments to the test client."""
        sent = {**self.headers, **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            also["json"] = body
        where = path if path.startswith(("/api/", "/healthz", "/readyz")) else BASE + path
        return self.client.open(where, method=method, headers=sent, **also)

    def get(self, path: str, **also: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, **also)

    def post(self, path: str, body: Any = None, **also: Any) -> TestResponse:
        """Create, or do."""
        return self.call("POST", path, body, **also)

    def patch(self, path: str, body: Any, **also: Any) -> TestResponse:
        """Change."""
        return self.call("PATCH", path, body, **also)

    def delete(self, path: str, **also: Any) -> TestResponse:
        """Take away."""
        return self.call("DELETE", path, **also)

    def made(self, entity: str, **values: Any) -> dict[str, Any]:
        """A new record, as the API shows it."""
        response = self.post(f"/records/{entity}", values)
        assert response.status_code == 201, response.text
        shown: dict[str, Any] = response.json
        return shown

    def titles(self, entity: str, **question: Any) -> list[str | None]:
        """What the records of a list are called, in its order."""
        response = self.get(f"/records/{entity}", query_string=question)
        assert response.status_code == 200, response.text
        return [each["title"] for each in response.json["data"]]
