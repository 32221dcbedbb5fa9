"""Running the application: Granian, a WSGI server whose connections are held by Rust threads.

Idle and slow connections cost no Python thread, several processes share the port, a process that dies is replaced,
and SIGTERM lets running requests finish. Queries run in processes of their own (:mod:`eild.store.pool`).
"""

from __future__ import annotations

import errno
import http.client
import os
import socket
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from eild.errors import EnvironmentFailure
from eild.store.engine import QueryLimits
from eild.store.pool import PooledEngine
from eild.store.process import die_with_parent
from eild.web.app import create_app
from eild.web.site import load_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from eild.config import Settings

BLOCKING_THREADS: Final = 64
"""Python threads of each process: requests that wait for a query each hold one."""
STOP_SECONDS: Final = 10
"""How long running requests may take to finish after SIGTERM."""

_HEADER_MILLISECONDS: Final = 10_000
_BUFFER_BYTES: Final = 256 * 1024
_BACKLOG: Final = 2048
_CONNECTIONS: Final = 4096
_POLL_SECONDS: Final = 0.02
_READY_SECONDS: Final = 30.0
_ANY_ADDRESS: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


@dataclass(frozen=True)
class ServerConfig:
    """What each process of the server needs to know; it travels to them by pickling.

    :ivar folder: the build directory
    :ivar queries: the fork server's socket
    :ivar settings: what the operator decided
    """

    folder: Path
    queries: Path
    settings: Settings


def query_limits(settings: Settings) -> QueryLimits:
    """Return the limits of one query that the settings make."""
    return QueryLimits(settings.timeout, settings.result_bytes, settings.query_memory)


def load_application(config: ServerConfig) -> Flask:
    """Return the application, loaded in the process that will run it."""
    die_with_parent()
    settings = config.settings
    engine = PooledEngine(config.queries, query_limits(settings), settings.query_workers)
    return create_app(load_site(config.folder, settings, engine))


def find_port(host: str, port: int) -> int:
    """Return the port to listen on: the given one if it is free, or a free one for 0.

    :raises EnvironmentFailure: if the port is in use or the address is not one of this machine's
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            number: int = probe.getsockname()[1]
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} on {host} is in use"
            hint = "stop what listens there, or choose another with --port (0 takes a free one)"
            raise EnvironmentFailure(message, hint=hint) from error
        message = f"cannot listen on {host} port {port}: {error.strerror or error}"
        hint = "choose an address of this machine with --host and a port above 1023 with --port"
        raise EnvironmentFailure(message, hint=hint) from error
    return number


def local_url(host: str, port: int) -> str:
    """Return the URL at which this machine reaches a server that listens on an address."""
    host = _ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_ANY_ADDRESS.get(host, host), port, timeout=_READY_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Wait until the server answers a query and say so."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if _is_ready(host, port):
            on_ready()
            return
        time.sleep(_POLL_SECONDS)


def run_server(config: ServerConfig, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; returns when the last request is answered.

    :param on_ready: called once, when the server answers queries
    :raises EnvironmentFailure: if the processes of the server keep dying
    """
    settings = config.settings
    os.environ.pop("SCRIPT_NAME", None)
    server = MPServer(
        "eild",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=BLOCKING_THREADS,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS, max_buffer_size=_BUFFER_BYTES),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    announcer = threading.Thread(
        target=_announce, args=(settings.host, settings.port, on_ready), name="eild-announcer", daemon=True
    )
    announcer.start()
    server.serve(target_loader=partial(load_application, config), wrap_loader=False)
    if not server.interrupt_signal:
        message = "the server processes keep dying"
        raise EnvironmentFailure(message, hint="the lines before say why")
