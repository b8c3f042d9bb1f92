"""Calling the API as a client would: by address and JSON, with a token or a session."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask
from werkzeug.datastructures import Headers

BASE = "/api/v1"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Answer:
    """What the API answered; `body` is the JSON in it, None where there is none."""

    status: int
    headers: Headers
    content: bytes
    body: Any = None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    @property
    def pointers(self) -> list[str]:
        """What is wrong with the input, by where it is wrong."""
        return sorted(each["pointer"] for each in self.body.get("errors", ()))


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
    ) -> Answer:
        """One call; `body` goes as JSON, other arguments to the test client."""
        sent = {**self.headers, **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            also["json"] = body
        where = path if path.startswith(("/api/", "/healthz", "/readyz")) else BASE + path
        response = self.client.open(where, method=method, headers=sent, **also)
        content = response.get_data()
        is_json = response.mimetype in {"application/json", "application/problem+json"}
        body = orjson.loads(content) if content and is_json else None
        return Answer(response.status_code, response.headers, content, body)

    def get(self, path: str, **also: Any) -> Answer:
        """Read."""
        return self.call("GET", path, **also)

    def post(self, path: str, body: Any = None, **also: Any) -> Answer:
        """Create, or do."""
        return self.call("POST", path, body, **also)

    def patch(self, path: str, body: Any, **also: Any) -> Answer:
        """Change."""
        return self.call("PATCH", path, body, **also)

    def delete(self, path: str, **also: Any) -> Answer:
        """Take away."""
        return self.call("DELETE", path, **also)

    def made(self, entity: str, **values: Any) -> dict[str, Any]:
        """A new record, as the API shows it."""
        answer = self.post(f"/records/{entity}", values)
        assert answer.status == 201, answer.text
        shown: dict[str, Any] = answer.body
        return shown

    def titles(self, entity: str, **question: Any) -> list[str | None]:
        """What the records of a list are called, in its order."""
        answer = self.get(f"/records/{entity}", query_string=question)
        assert answer.status == 200, answer.text
        return [each["title"] for each in answer.body["data"]]
