"""Running the server: the socket, the HTTP processes (:mod:`eild.server.processes`), and the end of both.

Several processes share the port, a process that dies is replaced, and SIGTERM lets running requests finish. Queries run
in processes of their own (:mod:`eild.query.workers.pool`), unless they are cheap for sure.
"""

from __future__ import annotations

import errno
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.config import find_reachable_host
from eild.errors import EnvironmentFailure
from eild.server.processes import Nursery, explain_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eild.config import Settings

_DEAF_MILLISECONDS: Final = 30_000
_BACKLOG: Final = 2048
_POLL_SECONDS: Final = 0.01
_REST_SECONDS: Final = 1.0
_READY_SECONDS: Final = 30.0


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address, on which all processes of the server will take connections.

    As it belongs to all of them, connections that wait on it outlive a process that dies or is replaced, and no
    other program can have the port at the same time.

    :param port: the port; 0 takes a free one
    :raises EnvironmentFailure: if the port is in use or the address is not one of this machine's
    """
    listener = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # connections inherit it: a dead or deaf client is given up
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAF_MILLISECONDS)
        listener.bind((host, port))
        # From here on nobody else can have the port, and clients wait until the processes are ready.
        listener.listen(_BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} on {host} is in use"
            hint = "stop the other program, or choose another port with --port (0 picks a free one)"
            raise EnvironmentFailure(message, hint=hint) from error
        message = f"cannot listen on {host} port {port}: {error.strerror or error}"
        hint = "choose an address of this machine with --host and a port above 1023 with --port"
        raise EnvironmentFailure(message, hint=hint) from error
    return listener


def find_port(host: str, port: int) -> int:
    """Return the port that a server would listen on: the given one if it is free, or a free one for 0.

    :raises EnvironmentFailure: if the port is in use or the address is not one of this machine's
    """
    with open_listener(host, port) as listener:
        number: int = listener.getsockname()[1]
    return number


def _is_ready(host: str, port: int) -> bool:
    """Tell whether the server answers queries; with a socket alone, since an HTTP client would stay in memory."""
    request = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((find_reachable_host(host), port), _READY_SECONDS) as connection:
            connection.sendall(request)
            return connection.makefile("rb").readline().split()[1:2] == [b"200"]
    except OSError:
        return False


def _announce(host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Wait until the server answers a query and say so; large data and another server may take their time."""
    often_until = time.monotonic() + _READY_SECONDS
    while not _is_ready(host, port):
        time.sleep(_POLL_SECONDS if time.monotonic() < often_until else _REST_SECONDS)
    on_ready()


class Stop(Exception):  # noqa: N818 - no error: a signal
    """The operator wants the server to end."""


def run_server(
    nursery: Nursery,
    settings: Settings,
    controls: Sequence[Path],
    on_ready: Callable[[], None],
    on_reload: Callable[[], None],
) -> None:
    """Serve until SIGINT or SIGTERM; returns when the last request is answered.

    :param nursery: makes the HTTP processes
    :param settings: what the operator decided
    :param controls: for each site, the directory that says which version is in service
    :param on_ready: called once, when the server answers queries
    :param on_reload: called at SIGHUP; it must return at once
    :raises EnvironmentFailure: if the server processes terminate
    """

    def stop(*_: object) -> None:
        raise Stop

    with (
        open_listener(settings.host, settings.port) as listener,
        tempfile.TemporaryDirectory(prefix="eild-") as numbers,
    ):
        nursery.begin(listener, controls, Path(numbers))
        threading.Thread(
            target=_announce, args=(settings.host, settings.port, on_ready), name="eild-announcer", daemon=True
        ).start()
        try:
            signal.signal(signal.SIGHUP, lambda *_: on_reload())
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, stop)
            raise explain_end(nursery.wait())
        except Stop:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, signal.SIG_IGN)
            nursery.stop()
            nursery.wait()
