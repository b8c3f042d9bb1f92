"""Calling an application over a connection that stays open, with as little of its own as can be."""

import json
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `who` names the token it carries."""

    path: str
    method: str = "GET"
    body: Any = None
    who: str = "sales"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call, and how many seconds that took."""

    status: int
    body: Any
    seconds: float


class Server:
    """An application being served, and the connection to it."""

    def __init__(self, name: str, url: str, folder: Path, tokens: dict[str, str]) -> None:
        self.name, self.tokens = name, tokens
        command = [sys.executable, "-m", "tests.bench.serving", name, url, str(folder)]
        self._log = (folder / f"{name}.log").open("ab")
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline())
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, call: Call) -> Answer:
        """Send a request, and wait for the whole answer."""
        message = self._message(call)
        begun = perf_counter()
        self._socket.sendall(message)
        head, body = self._receive()
        seconds = perf_counter() - begun
        status = int(head.split(b" ", 2)[1])
        return Answer(status, json.loads(body) if body else None, seconds)

    def stop(self) -> None:
        """End the server."""
        self._socket.close()
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)
        self._log.close()

    def _message(self, call: Call) -> bytes:
        body = b"" if call.body is None else json.dumps(call.body).encode()
        lines = [
            f"{call.method} {call.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {self.tokens[call.who]}",
        ]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _receive(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        parts, size = [body], len(body)
        while size < length:
            parts.append(self._more())
            size += len(parts[-1])
        return head, b"".join(parts)

    def _more(self) -> bytes:
        piece = self._socket.recv(1 << 20)
        if not piece:
            raise ConnectionError(f"{self.name} closed the connection.")
        return piece
