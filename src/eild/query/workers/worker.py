"""A query process from inside: it accepts a connection, restricts itself and evaluates one query after the other."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import time
from typing import TYPE_CHECKING, Final, NoReturn

from eild.errors import EildError
from eild.process import PeerWatch, bound_memory, die_with_parent, keep_descriptors, measure_private, open_memory_report
from eild.query.workers import wire

if TYPE_CHECKING:
    from eild.query.embedded import EmbeddedEngine
    from eild.query.engine import QueryAnswer, QueryEngine, QueryLimits, QueryRequest

TAKEN: Final = struct.Struct("!I")
"""Message of a query process to the fork server when it has a connection: its process ID."""

_WELL_FED: Final = 32 * 1024 * 1024
_LONG_SECONDS: Final = 0.05
_SOME_QUERIES: Final = 256


def _is_closed(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False


class QueryWorker:
    """Evaluates the queries of one connection.

    SIGALRM terminates the process when a query times out, and SIGIO when the peer disconnects. The kernel sends both,
    whatever the query is doing.

    :param connection: connection to the server process
    :param engine: the engine with the loaded store
    :param limits: limits of a query
    :param report: a descriptor of the process's memory report
    """

    def __init__(self, connection: socket.socket, engine: QueryEngine, limits: QueryLimits, report: int) -> None:
        self._connection = connection
        self._engine = engine
        self._limits = limits
        self._report = report
        self._watch = PeerWatch(connection)
        self._answered = 0

    def _evaluate(self, request: QueryRequest) -> QueryAnswer | EildError:
        signal.setitimer(signal.ITIMER_REAL, self._limits.timeout)
        self._watch.begin()
        if _is_closed(self._connection):
            raise wire.ClosedError
        started = time.thread_time()
        try:
            answer = self._engine.evaluate(request)
        except EildError as error:
            return error
        else:
            answer.seconds = time.thread_time() - started  # those by the clock grow with what runs beside it
            return answer
        finally:
            self._watch.end()
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _has_grown(self, seconds: float) -> bool:
        """Return whether the process keeps so much memory that a new one should replace it."""
        self._answered += 1
        if seconds < _LONG_SECONDS and self._answered % _SOME_QUERIES:
            return False
        return measure_private(self._report) > _WELL_FED

    def run(self) -> None:
        """Answer until the other side closes or this process has grown too large.

        :raises ClosedError: when the other side closes
        """
        last = False
        while not last:
            request = wire.receive_request(self._connection)
            started = time.monotonic()
            outcome = self._evaluate(request)
            last = self._has_grown(time.monotonic() - started)
            wire.send_outcome(self._connection, outcome, last=last)


def become_worker(listener: socket.socket, taken: int, engine: EmbeddedEngine, limits: QueryLimits) -> NoReturn:
    """Turn a fresh copy of the fork server into a query process; never returns.

    :param listener: where the connection that it serves will come in
    :param taken: where it says that it has one
    :param engine: the engine with the loaded store
    :param limits: limits of a query
    """
    status = 1
    try:
        die_with_parent()
        for name in (signal.SIGALRM, signal.SIGIO, signal.SIGCHLD):
            signal.signal(name, signal.SIG_DFL)
        engine.prepare()
        report = open_memory_report()
        bound_memory(limits.memory)
        connection, _ = listener.accept()
        with contextlib.suppress(BrokenPipeError):
            os.write(taken, TAKEN.pack(os.getpid()))
        opened = engine.open_files
        keep_descriptors(connection.fileno(), report, *opened.descriptors, more=opened.unopened)
        wire.send_hello(connection, os.getpid())
        with contextlib.suppress(wire.ClosedError):
            QueryWorker(connection, engine, limits, report).run()
        status = 0
    except (OSError, MemoryError, ValueError, EildError):
        status = 1  # the other side sees the connection close, which says all there is to say
    finally:
        os._exit(status)
