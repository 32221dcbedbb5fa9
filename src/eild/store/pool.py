"""Queries in processes of their own: the fork server as a child, and an engine that keeps connections to it."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from eild.errors import BusyError, EildError, EnvironmentFailure, QueryError, QueryTimeoutError
from eild.store import wire
from eild.store.forkserver import READY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from eild.store.engine import QueryAnswer, QueryLimits, QueryRequest

SOCKET: Final = "queries"
"""Name of the fork server's socket in its private directory."""

_GRACE: Final = 2.0
_STOP_SECONDS: Final = 3.0
_REST_SECONDS: Final = 0.2
_ATTEMPTS: Final = 2
_WAITING_PER_WORKER: Final = 16


class ForkServerProcess:
    """The fork server of one publication, as a child process that is started again if it dies.

    :param folder: the build directory
    :param prefixes: what Turtle answers may abbreviate and hints propose
    :param limits: what one query may use
    """

    def __init__(self, folder: Path, prefixes: Mapping[str, str], limits: QueryLimits) -> None:
        self._folder = folder
        self._prefixes = prefixes
        self._limits = limits
        self._private = Path(tempfile.mkdtemp(prefix="eild-"))
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Path:
        """The socket to connect to."""
        return self._private / SOCKET

    def _command(self) -> list[str]:
        limits = self._limits
        return [
            *(sys.executable, "-m", "eild.store.forkserver"),
            *("--folder", str(self._folder), "--socket", str(self.address), "--timeout", str(limits.timeout)),
            *("--result-bytes", str(limits.result_bytes), "--memory", str(limits.memory)),
        ]

    def start(self) -> None:
        """Start the fork server and wait until it takes connections.

        :raises EnvironmentFailure: if it does not come up; it has said why on standard error
        """
        try:
            self._spawn()
        except (EnvironmentFailure, OSError):
            self.stop()
            raise

    def _spawn(self) -> None:
        self.address.unlink(missing_ok=True)
        self._close_pipes()
        child = subprocess.Popen(  # noqa: S603 - our own module, with our own arguments
            self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._child = child
        if child.stdin:
            with contextlib.suppress(BrokenPipeError):  # it died already: the missing line below says so
                child.stdin.write(json.dumps(dict(self._prefixes)).encode() + b"\n")
                child.stdin.flush()
        line = child.stdout.readline() if child.stdout else b""
        if line != READY:
            code = child.wait()
            message = f"the query process did not start (exit code {code})"
            raise EnvironmentFailure(message, hint="the line before says why")

    def keep_running(self) -> None:
        """Start the fork server again whenever it dies, in a thread that ends with :meth:`stop`."""
        threading.Thread(target=self._keep_running, name="eild-forkserver-keeper", daemon=True).start()

    def _keep_running(self) -> None:
        while self._child is not None and not self._stopping.is_set():
            self._child.wait()
            if self._stopping.wait(_REST_SECONDS):
                return
            with contextlib.suppress(EnvironmentFailure, OSError):
                self._spawn()

    def stop(self) -> None:
        """End the fork server and all query processes, and remove its private directory."""
        self._stopping.set()
        self._close_pipes()
        child = self._child
        if child is not None:
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self._private, ignore_errors=True)

    def _close_pipes(self) -> None:
        """Close the pipes to the fork server; where it still runs, it ends by that."""
        for pipe in (self._child.stdin, self._child.stdout) if self._child else ():
            if pipe:
                pipe.close()

    def __enter__(self) -> Self:
        """Start and return the fork server."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop the fork server."""
        self.stop()


class PooledEngine:
    """A :class:`~eild.store.engine.QueryEngine` whose queries run in processes made by a fork server.

    :param address: the fork server's socket
    :param limits: what one query may use; the same that the fork server was given
    :param workers: how many queries may run at the same time
    """

    def __init__(self, address: Path, limits: QueryLimits, workers: int) -> None:
        self._address = str(address)
        self._limits = limits
        self._slots = threading.BoundedSemaphore(workers)
        self._queue = threading.BoundedSemaphore(workers * _WAITING_PER_WORKER)
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer; see :meth:`eild.store.engine.QueryEngine.evaluate`."""
        if not self._queue.acquire(blocking=False):
            raise BusyError("too many queries are waiting", hint="try again in a few seconds")
        try:
            if not self._slots.acquire(timeout=self._limits.timeout):
                raise BusyError("every query process is busy", hint="try again in a few seconds")
            try:
                return self._run(request)
            finally:
                self._slots.release()
        finally:
            self._queue.release()

    def _run(self, request: QueryRequest) -> QueryAnswer:
        """Evaluate in a query process; one that dies for no reason of its own is replaced once."""
        for _ in range(_ATTEMPTS):
            connection = self._take()
            started = time.monotonic()
            try:
                wire.send_request(connection, request)
                answer = self._receive(connection)
            except (ConnectionError, TimeoutError):
                connection.close()
                elapsed = time.monotonic() - started
                if elapsed >= self._limits.timeout:
                    raise self._timeout(elapsed) from None
            else:
                return answer
        message = f"the query is too complex: its process needed more than {self._limits.memory} MiB or crashed"
        raise QueryError(message, hint="split it, or remove ORDER BY, DISTINCT or GROUP BY over many rows")

    def _receive(self, connection: socket.socket) -> QueryAnswer:
        try:
            answer = wire.receive_outcome(connection)
        except EildError:
            self._give_back(connection)
            raise
        self._give_back(connection)
        return answer

    def _timeout(self, elapsed: float) -> QueryTimeoutError:
        message = f"the query was ended after {elapsed:.1f} s; the limit is {self._limits.timeout:g} s"
        return QueryTimeoutError(message, hint="make it more selective or add LIMIT; for everything, take the dumps")

    def _take(self) -> socket.socket:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._limits.timeout + _GRACE)
        try:
            connection.connect(self._address)
        except OSError as error:
            connection.close()
            message = f"the query process is away: {error.strerror or error}"
            raise EnvironmentFailure(message, hint="try again in a few seconds") from error
        return connection

    def _give_back(self, connection: socket.socket) -> None:
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        """Let all query processes go."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
