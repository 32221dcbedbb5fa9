"""Queries in processes of their own: an engine that keeps connections to a fork server's query processes.

Queries run at the same time up to a number of slots (the short lane). One that takes longer than a slice has to move
to the slow lane, which has fewer slots and a lower priority: where it is full the query is ended and begins anew when
its turn comes. So long queries never keep short ones waiting for more than a slice. Nothing that was begun twice is
ever answered twice: queries change nothing, and an answer counts only when it is complete.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import threading
import time
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from eild.errors import (
    BusyError,
    ClientGoneError,
    EildError,
    EnvironmentFailure,
    QueryError,
    QueryTimeoutError,
)
from eild.store import forkserver, wire
from eild.store.lanes import TICK_SECONDS, Lane, Place, Queue
from eild.store.process import lower_priority

if TYPE_CHECKING:
    from pathlib import Path

    from eild.store.engine import QueryAnswer, QueryLimits, QueryRequest

SLICE_SECONDS: Final = 0.25
"""How long a query counts as short."""

_PATIENCE: Final = 0.5
_GRACE: Final = 2.0
_FATE_SECONDS: Final = 2.0
_ATTEMPTS: Final = 2
_WAITING_PER_SLOT: Final = 16
_MOST_WAITING: Final = 32
_REMEMBERED: Final = 1024
_RETRY_SECONDS: Final = 0.05


def _bound_waits(peer: socket.socket, seconds: float) -> None:
    """Have the kernel bound how long a socket waits: that takes fewer system calls than a timeout of Python's."""
    bound = struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))
    peer.settimeout(None)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, bound)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)


class _Connection:
    """A connection to a query process.

    :param peer: the connected socket
    :param pid: the number of the process
    """

    def __init__(self, peer: socket.socket, pid: int) -> None:
        self.peer = peer
        self.pid = pid
        self.started = 0.0
        """When the query was sent, on the monotonic clock."""
        self._poll = select.poll()
        self._poll.register(peer, select.POLLIN)

    def is_dead(self) -> bool:
        """Tell whether the process has ended; asked only while it has no query: nothing else is to come then."""
        return self.has_answer(0)

    def has_answer(self, seconds: float) -> bool:
        """Wait at most some time and tell whether an answer, or the end of the process, has come."""
        return bool(self._poll.poll(max(0.0, seconds) * 1000))

    def close(self) -> None:
        """Let the process go: what it is doing ends with it."""
        self.peer.close()

    def kill(self) -> None:
        """End a process that does not end by itself."""
        if not self.has_answer(0):  # it runs: its number is still its own
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
        self.close()


class _LostError(Exception):
    """A query process was ended by somebody else in the middle of a query."""


class PooledEngine:
    """A :class:`~eild.store.engine.QueryEngine` whose queries run in processes made by a fork server.

    :param address: the fork server's socket
    :param limits: what one query may use; the same that the fork server was given
    :param workers: how many short queries may run at the same time; half as many long ones run beside them
    """

    def __init__(self, address: Path, limits: QueryLimits, workers: int) -> None:
        self._address = str(address)
        self._limits = limits
        self._queue = Queue(min(workers * _WAITING_PER_SLOT, _MOST_WAITING))
        self._short = Lane(workers, self._queue)
        self._slow = Lane(max(1, workers // 2), self._queue)
        self._idle: list[_Connection] = []
        self._known_slow: OrderedDict[QueryRequest, None] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    def count(self) -> dict[str, int]:
        """Return how many queries run in each lane and wait, and how many query processes are idle."""
        counts = {"short": self._short.running, "slow": self._slow.running, "waiting": self._queue.waiting}
        return {**counts, "idle": len(self._idle)}

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer; see :meth:`eild.store.engine.QueryEngine.evaluate`.

        :raises EnvironmentFailure: if the fork server is away, or the query process was ended from outside twice
        :raises ClientGoneError: if nobody waits for the answer any more
        """
        until = time.monotonic() + self._limits.timeout * _PATIENCE
        with Place() as place:
            place.enter(self._slow if self._is_known_slow(request) else self._short, until, request.is_abandoned)
            for _ in range(_ATTEMPTS):
                with contextlib.suppress(_LostError):
                    return self._run(request, place, until)
        message = "the process of the query was ended from outside, twice"
        raise EnvironmentFailure(message, hint="try again in a few seconds")

    def _run(self, request: QueryRequest, place: Place, until: float) -> QueryAnswer:
        """Evaluate: for a slice in the short lane, then in the slow one."""
        connection = self._begin(request, until)
        try:
            answered = place.is_in(self._short) and connection.has_answer(SLICE_SECONDS)
            if place.is_in(self._short) and not answered:
                self._remember_slow(request)
                if not place.change_to(self._slow):
                    connection.close()
                    place.enter(self._slow, until, request.is_abandoned)
                    connection = self._begin(request, until)
            slow = place.is_in(self._slow)
            if slow:
                lower_priority(connection.pid)
            if not answered:
                self._wait(connection, request)
            outcome = self._receive(connection, reuse=not slow)
        except (EildError, _LostError):
            connection.close()
            raise
        if isinstance(outcome, EildError):
            raise outcome
        return outcome

    def _is_known_slow(self, request: QueryRequest) -> bool:
        with self._lock:
            return request in self._known_slow

    def _remember_slow(self, request: QueryRequest) -> None:
        with self._lock:
            self._known_slow[replace(request, is_abandoned=None)] = None
            if len(self._known_slow) > _REMEMBERED:
                self._known_slow.popitem(last=False)

    def _begin(self, request: QueryRequest, until: float) -> _Connection:
        """Return a connection over which the query has been sent."""
        connection = self._take(until)
        try:
            wire.send_request(connection.peer, request)
        except OSError:
            connection.close()
            raise _LostError from None
        connection.started = time.monotonic()
        return connection

    def _wait(self, connection: _Connection, request: QueryRequest) -> None:
        """Wait for the answer or the end of the process; end it where it does not end by itself."""
        deadline = connection.started + self._limits.timeout + _GRACE
        while not connection.has_answer(min(TICK_SECONDS, deadline - time.monotonic())):
            if request.is_abandoned and request.is_abandoned():
                raise ClientGoneError("the client went away before its query was answered")
            if time.monotonic() >= deadline:
                connection.kill()
                raise self._timeout(connection)

    def _receive(self, connection: _Connection, *, reuse: bool) -> QueryAnswer | EildError:
        """Return the outcome that has begun to arrive, and keep the connection for the next query where it is fit."""
        try:
            outcome, last = wire.receive_outcome(connection.peer)
        except OSError:
            connection.close()
            raise self._explain_end(connection) from None
        if reuse and not last:
            self._give_back(connection)
        else:
            connection.close()
        return outcome

    def _timeout(self, connection: _Connection) -> QueryTimeoutError:
        elapsed = time.monotonic() - connection.started
        message = f"the query was ended after {elapsed:.1f} s; the limit is {self._limits.timeout:g} s"
        return QueryTimeoutError(message, hint="make it more selective or add LIMIT; for everything, take the dumps")

    def _explain_end(self, connection: _Connection) -> EildError | _LostError:
        """Return why a query process ended instead of answering."""
        if time.monotonic() - connection.started >= self._limits.timeout:
            return self._timeout(connection)
        fate = self._ask_fate(connection.pid)
        if fate == forkserver.DEADLINE:
            return self._timeout(connection)
        if fate == forkserver.CROWDED:
            message = "the queries that run now need too much memory together; this one used the most"
            return BusyError(message, hint="try again in a few seconds")
        if fate in {forkserver.LARGE, forkserver.CRASHED}:
            memory = min(self._limits.memory, self._limits.total_memory)
            message = f"the query is too complex: its process needed more than {memory} MiB or crashed"
            return QueryError(message, hint="split it, or remove ORDER BY, DISTINCT or GROUP BY over many rows")
        return _LostError()

    def _ask_fate(self, pid: int) -> str:
        """Return how a query process ended: the fork server knows, unless it died too."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(_FATE_SECONDS)
            peer.connect(f"{self._address}{forkserver.FATES}")
            peer.sendall(str(pid).encode())
            return peer.recv(32).decode()
        return forkserver.KILLED

    def _take(self, until: float) -> _Connection:
        """Return a connection to a query process that waits for a query."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._connect(until)
            if not connection.is_dead():
                return connection
            connection.close()

    def _connect(self, until: float) -> _Connection:
        """Return a new connection; where the fork server is being started again, wait for it."""
        while True:
            peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            peer.settimeout(self._limits.timeout + _GRACE)
            try:
                peer.connect(self._address)
                pid = wire.receive_hello(peer)
                _bound_waits(peer, self._limits.timeout + _GRACE)
                return _Connection(peer, pid)
            except OSError as error:
                peer.close()
                if self._closed or time.monotonic() >= until:
                    message = f"the query process is away: {error.strerror or 'it closed the connection'}"
                    raise EnvironmentFailure(message, hint="try again in a few seconds") from error
            time.sleep(_RETRY_SECONDS)

    def _give_back(self, connection: _Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Let all query processes go; those that are still answering end when they have."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
