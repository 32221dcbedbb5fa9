"""Running the application: Granian, a WSGI server whose connections are held by Rust threads.

Idle and slow connections cost no Python thread, several processes share the port, a process that dies is replaced,
and SIGTERM lets running requests finish. Queries run in processes of their own (:mod:`eild.query.workers.pool`).
"""

from __future__ import annotations

import errno
import http.client
import os
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined] # it is there, though not declared
from granian.server import mp
from granian.server.mp import MPServer, WorkerProcess

from eild.config import find_reachable_host
from eild.errors import EnvironmentFailure
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import OFF, RequestLog
from eild.process import die_with_parent
from eild.publication.manifest import choose_prefixes, load_publication
from eild.query.engine import query_limits
from eild.query.inside import InsideEngine
from eild.query.remote import make_remote_engine
from eild.query.workers.pool import PooledEngine
from eild.server.cache import AnswerCache
from eild.server.connections import ConnectionGuard, Watch
from eild.server.crew import Crew
from eild.server.layer import CacheLayer
from eild.server.memory import keep_small, settle_down
from eild.server.reception import Reception
from eild.server.releases import count_drain_seconds
from eild.server.switch import ActiveRelease, LoadedRelease, Switch
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries
from eild.web.frame.site import load_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.config import Settings
    from eild.query.remote import RemoteEngine

CONNECTIONS: Final = 2048
"""Connections that each process holds; more wait in the kernel until one ends."""
ANSWER_SECONDS: Final = 15.0
"""How long after the deadlines of a query a connection may be silent before it is taken for one that sends slowly."""
MEBIBYTE: Final = 1024 * 1024
"""Bytes of a mebibyte."""
STOP_SECONDS: Final = 8
"""How long running requests may take to finish after SIGTERM; longer where a query may run longer than five."""

_HEADER_MILLISECONDS: Final = 10_000
_PATIENCE: Final = 2
_MOST_OVERHEAD: Final = 8  # a chunk of one byte takes six
_DEAF_MILLISECONDS: Final = 30_000
_BUFFER_BYTES: Final = 256 * 1024
_BACKLOG: Final = 2048
_POLL_SECONDS: Final = 0.02
_READY_SECONDS: Final = 30.0


@dataclass(frozen=True)
class ServerConfig:
    """What each process of the server needs to know; it travels to them by pickling.

    :ivar control: the directory that says which version is in service
    :ivar settings: what the operator decided
    :ivar numbers: folder in which the processes leave their numbers for each other
    """

    control: Path
    settings: Settings
    numbers: Path | None = None


def load_application(config: ServerConfig) -> Reception:
    """Return what takes requests, loaded in the process that will run it; it follows to each new version."""
    die_with_parent()
    keep_small()
    settings = config.settings
    metrics = Metrics(config.numbers)
    watch = Watch(_PATIENCE * settings.timeout + ANSWER_SECONDS, _MOST_OVERHEAD * settings.body_bytes + _BUFFER_BYTES)
    guard = ConnectionGuard(settings.port, watch, metrics.report_connections)
    guard.start()
    limits = query_limits(settings)
    accounts = Accounts(metrics, None if settings.log == OFF else RequestLog(settings.log))

    def make(release: ActiveRelease) -> LoadedRelease:
        engine: RemoteEngine | PooledEngine
        if release.queries is None:
            engine = make_remote_engine(settings, choose_prefixes(load_publication(release.folder)))
        else:
            engine = PooledEngine(release.queries, limits, settings.query_workers)
            metrics.watch(engine.count)
        site = load_site(release.folder, settings, engine)
        application = create_app(site, accounts, guard)
        cache = AnswerCache(0 if site.live else settings.cache_memory * MEBIBYTE)
        metrics.watch_cache(lambda: cache.size)
        quick = QuickQueries(site, list_common_fields(site), guard)
        if isinstance(engine, PooledEngine):
            inside = InsideEngine.load(
                site.publication,
                prefixes=site.prefixes,
                result_bytes=settings.result_bytes,
                public_url=site.urls.public_url,
            )
            quick = QuickQueries(site, list_common_fields(site), guard, engine.submit, inside)
        layer = CacheLayer(application, cache, accounts, quick)
        return LoadedRelease(layer, engine.close, layer.answer_at_once)

    switch = Switch(config.control, make, count_drain_seconds(limits))
    switch.start()
    settle_down()
    return Reception(switch.receive, switch, Crew(CONNECTIONS))


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


class _Server(MPServer):
    """Granian's server with one socket for all its processes instead of one for each.

    :param listener: the socket
    :param on_reload: called in the main process at SIGHUP, in the handler of the signal
    """

    def __init__(
        self,
        listener: socket.socket,
        on_reload: Callable[[], None],
        **options: Any,  # noqa: ANN401 - Granian's own options
    ) -> None:
        super().__init__("eild", **options)
        self._listener = listener
        self._on_reload = on_reload

    def signal_handler_reload(self, *_: object, **__: object) -> None:
        """Have new data swapped in; Granian itself would make new processes, which drop connections."""
        if os.getpid() == self.pid:  # the processes of the server inherit the handler
            self._on_reload()

    @staticmethod
    @WorkerProcess.wrap_target  # type: ignore[untyped-decorator]
    def _spawn_wsgi_worker(worker_id: int, callback: Reception, *options: Any) -> None:  # noqa: ANN401 - Granian's own
        """Run a process whose application answers by Granian's protocol instead of returning the answer.

        Granian puts its own wrapper between the two, which returns nothing to the client before the application does.
        """
        mp._wsgi_call_wrap = lambda reception, *_: reception  # type: ignore[attr-defined] # noqa: SLF001
        MPServer._spawn_wsgi_worker.__wrapped__(worker_id, callback, *options)  # noqa: SLF001

    def _init_shared_socket(self) -> None:
        holder: Any = SocketHolder
        backlog = (_BACKLOG,) if sys.platform.startswith(("linux", "freebsd")) else ()
        self._listener.set_inheritable(True)
        self._sfd: Any = self._listener.fileno()
        self._shd: Any = holder(self._sfd, False, *backlog)  # noqa: FBT003 - it takes by position that it is no Unix socket
        self._sso: Any = self._listener


def _is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(find_reachable_host(host), port, timeout=_READY_SECONDS)
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


def run_server(config: ServerConfig, on_ready: Callable[[], None], on_reload: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; returns when the last request is answered.

    :param on_ready: called once, when the server answers queries
    :param on_reload: called at SIGHUP; it must return at once
    :raises EnvironmentFailure: if the server processes keep terminating
    """
    settings = config.settings
    with (
        open_listener(settings.host, settings.port) as listener,
        tempfile.TemporaryDirectory(prefix="eild-") as numbers,
    ):
        _serve(replace(config, numbers=Path(numbers)), listener, on_ready, on_reload)


def _serve(
    config: ServerConfig, listener: socket.socket, on_ready: Callable[[], None], on_reload: Callable[[], None]
) -> None:
    settings = config.settings
    server = _Server(
        listener,
        on_reload,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=CONNECTIONS,  # as many as requests whose body comes slowly
        backlog=_BACKLOG,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS, max_buffer_size=_BUFFER_BYTES),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=max(STOP_SECONDS, round(settings.timeout) + 3),
    )
    announcer = threading.Thread(
        target=_announce, args=(settings.host, settings.port, on_ready), name="eild-announcer", daemon=True
    )
    announcer.start()
    server.serve(target_loader=partial(load_application, config), wrap_loader=False)
    if not server.interrupt_signal:
        message = "the server processes keep terminating"
        raise EnvironmentFailure(message, hint="see the messages above")
