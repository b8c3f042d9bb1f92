"""The web server: one process that listens and watches, and workers that answer.

Stopping loses nothing. New connections are kept waiting in the network for whoever
listens next, those that were accepted are told to come back, and what is being
answered is answered to the end.
"""

import ctypes
import mmap
import multiprocessing
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from engine.api.catching_up import start_catching_up
from engine.errors import Refused
from engine.log import configure_log
from engine.settings import Settings
from engine.tenant import Tenant

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MakeApplication = Callable[[Settings], Application]

THREADS = 8  # of a worker, as many as it keeps connections to the database
BACKLOG = 1024
GOODBYE = 0.7  # seconds in which connections that are kept open learn that they close
PATIENCE = 30  # seconds that answers under way may take before a worker is ended
# A program for the network, as (code, jump if true, jump if false, operand): a segment whose flags
# say SYN without ACK, that is a new connection, is dropped, and all others pass.
_NO_NEWCOMERS = (
    (0x30, 0, 0, 13),
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 2**32 - 1),
)
SO_ATTACH_FILTER = 26  # Linux; the socket module doesn't name it


class Server(MPServer):
    """Granian with a listening socket of its own, so that nothing is lost when it stops."""

    def __init__(self, listener: socket.socket, workers: int) -> None:
        self.listener = listener
        self.leaving = mmap.mmap(-1, 1)  # one byte that all workers see
        self._is_asked = False
        super().__init__(
            "pulse",
            address=listener.getsockname()[0],
            port=listener.getsockname()[1],
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            log_level=LogLevels.error,
            log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {}}},
            respawn_failed_workers=True,
            workers_kill_timeout=PATIENCE,
        )

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Remember whether it was a polite request, which leaves time for goodbyes."""
        self._is_asked = bool(args) and args[0] == signal.SIGTERM
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """Stop when the terminal closes; there is nothing to be read again without a restart."""
        self.signal_handler_interrupt(*args, **kwargs)

    def shutdown(self, exit_code: int = 0) -> None:
        """Take no newcomers, say goodbye to those who stay connected, and finish."""
        if self._is_asked:
            _refuse_newcomers(self.listener)
            self.leaving[0] = 1
            time.sleep(GOODBYE)
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]
        self.listener.close()

    def _init_shared_socket(self) -> None:
        self._ssp, self._sso = None, None
        holder = SocketHolder(self.listener.fileno(), False, BACKLOG)  # type: ignore[call-arg]
        self._shd = holder  # type: ignore[assignment]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Refused when somebody else does."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as broken:
        reason = (broken.strerror or str(broken)).lower()
        message = f"Can't listen on {host}:{port}: {reason}. Choose another address or port."
        raise Refused("server.address", message) from broken
    return listener


def serve(
    settings: Settings, listener: socket.socket, make_application: MakeApplication, level: str = "info"
) -> None:
    """Answer requests with an application until told to stop. Each worker makes its own."""
    multiprocessing.set_start_method("fork", force=True)  # so that workers share the socket
    server = Server(listener, max(1, settings.workers))
    load = partial(_load, settings, make_application, server.leaving, os.getpid(), level)
    server.serve(target_loader=load, wrap_loader=False)


def warm_up(tenant: Tenant) -> None:
    """Compile what is live, so that workers begin with it; Refused when nothing can be served."""
    tenant.prepare()
    with tenant.reading():
        pass
    tenant.database.close()  # no connection may be shared with a worker


def _load(
    settings: Settings, make_application: MakeApplication, leaving: mmap.mmap, parent: int, level: str
) -> Application:
    """The application of one worker."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)  # until the worker has handlers of its own
    os.setpgid(0, 0)  # Ctrl-C is for the process that watches; it ends the workers in good order
    configure_log(settings, level)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    start_catching_up(settings)
    return _saying_goodbye(make_application(settings), leaving)


def _leave_with(parent: int) -> None:
    """End this worker when the process that watches over it is gone: nobody else would."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _saying_goodbye(application: Application, leaving: mmap.mmap) -> Application:
    """The application, closing each connection after its answer once the server is leaving."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            if leaving[0]:
                headers = [*headers, ("Connection", "close")]
            return start_response(status, headers, *failure)

        return application(environ, start)

    return answer


def _refuse_newcomers(listener: socket.socket) -> None:
    """Let new connections wait in the network: they are tried again, and find who listens next."""
    if sys.platform != "linux":
        return
    program = b"".join(struct.pack("HBBI", *step) for step in _NO_NEWCOMERS)
    kept = ctypes.create_string_buffer(program)
    packed = struct.pack("HP", len(_NO_NEWCOMERS), ctypes.addressof(kept))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, packed)
