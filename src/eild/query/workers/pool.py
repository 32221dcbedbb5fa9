"""Query engine that evaluates each query in a separate process.

Short queries share a fixed number of slots. A query that runs longer than one time slice moves to the slow lane, which
has fewer slots and a lower priority. If the slow lane is full, the query is terminated and restarted when its turn
comes, so a long query never delays a short one by more than one slice. Restarting is safe because queries are read-only
and only complete results are returned.

The calling thread sends the query to its process. A single background thread waits for all results, so no query needs
a thread of its own. That thread never blocks: blocking work, such as connecting to a new process, gets its own thread.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
import weakref
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from eild.errors import BusyError, ClientGoneError, EildError, EnvironmentFailure, QueryError, QueryTimeoutError
from eild.process import lower_priority
from eild.query.workers import forkserver, wire
from eild.query.workers.lanes import Lane
from eild.query.workers.links import ask_fate, connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eild.query.engine import QueryAnswer, QueryLimits, QueryRequest
    from eild.query.workers.links import Connection

SLICE_SECONDS: Final = 0.25
"""Time slice of a short query, in seconds."""
CHECK_SECONDS: Final = 0.25
"""Interval of the checks for clients that have disconnected, in seconds."""

_PATIENCE: Final = 0.5
_GRACE: Final = 2.0
_ATTEMPTS: Final = 2
_WAITING_PER_SLOT: Final = 16
_MOST_WAITING: Final = 32
_REMEMBERED: Final = 1024
_LOOK_SECONDS: Final = 0.05
_AWAKE_SECONDS: Final = 1.0


@dataclass(eq=False, slots=True)
class _Job:
    """A query that runs or waits.

    :ivar request: the query
    :ivar future: receives its result
    :ivar until: time at which it stops waiting for a slot or a process, on the monotonic clock
    :ivar lane: lane in which it has a slot, or waits for one
    :ivar connection: connection to the process that evaluates it
    :ivar started: time at which it was sent to that process
    :ivar check: time of the next check whether its client has disconnected
    :ivar attempts: number of its processes that terminated for another reason than the query
    :ivar sending: whether it is being sent, while its connection must not be closed
    """

    request: QueryRequest
    future: Future[QueryAnswer]
    until: float
    lane: Lane[_Job]
    check: float
    connection: Connection | None = None
    started: float = 0.0
    attempts: int = 0
    sending: bool = False

    def is_abandoned(self, now: float) -> bool:
        """Return whether the client has disconnected, which is checked periodically."""
        if self.request.is_abandoned is None or now < self.check:
            return False
        self.check = now + CHECK_SECONDS
        return self.request.is_abandoned()


def _settle(job: _Job, outcome: QueryAnswer | EildError) -> None:
    """Set the outcome of a query."""
    if isinstance(outcome, EildError):
        job.future.set_exception(outcome)
    else:
        job.future.set_result(outcome)


def _close_all(*things: socket.socket | selectors.BaseSelector) -> None:
    for thing in things:
        thing.close()


class PooledEngine:
    """A :class:`~eild.query.engine.QueryEngine` whose queries run in processes made by a fork server.

    :param address: the fork server's socket
    :param limits: limits of a query; the same as those of the fork server
    :param workers: number of short queries that run at the same time, in addition to half as many long ones
    """

    def __init__(self, address: Path, limits: QueryLimits, workers: int) -> None:
        self._address = address
        self._limits = limits
        self._places = min(workers * _WAITING_PER_SLOT, _MOST_WAITING)
        self._short: Lane[_Job] = Lane(workers)
        self._slow: Lane[_Job] = Lane(max(1, workers // 2))
        self._idle: list[Connection] = []
        self._running: dict[int, _Job] = {}
        self._known_slow: OrderedDict[QueryRequest, None] = OrderedDict()
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._alarm, self._bell = socket.socketpair()
        self._selector.register(self._alarm, selectors.EVENT_READ)
        weakref.finalize(self, _close_all, self._selector, self._alarm, self._bell)
        self._thread: threading.Thread | None = None
        self._asleep = False
        self._closed = False

    def count(self) -> dict[str, int]:
        """Return how many queries run in each lane and wait, and how many query processes are idle."""
        counts = {"short": self._short.running, "slow": self._slow.running, "waiting": self._count_waiting()}
        return {**counts, "idle": len(self._idle)}

    def _count_waiting(self) -> int:
        return len(self._short.waiting) + len(self._slow.waiting)

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer; see :meth:`eild.query.engine.QueryEngine.evaluate`.

        :raises EnvironmentFailure: if the fork server is unavailable, or the query process was killed twice
        :raises ClientGoneError: if nobody waits for the answer any more
        """
        return self.submit(request).result()

    def submit(self, request: QueryRequest) -> Future[QueryAnswer]:
        """Start the evaluation of a query, and return a future of its result or of the error of :meth:`evaluate`.

        Callbacks of the future run in the thread that waits for all results, and must not block.

        :raises BusyError: if too many wait already
        """
        now = time.monotonic()
        with self._lock:
            lane = self._slow if self._known_slow and request in self._known_slow else self._short
            job = _Job(request, Future(), now + self._limits.timeout * _PATIENCE, lane, now + CHECK_SECONDS)
            begins = self._enter(job, lane)
            self._keep_awake()
        if begins:
            self._begin(job)
        return job.future

    def _enter(self, job: _Job, lane: Lane[_Job]) -> bool:
        """Give a query a slot of a lane, or queue it. The caller holds the lock, and starts a query that has a slot.

        :raises BusyError: if too many wait already
        """
        job.lane = lane
        if lane.take():
            self._assign(job)
            return True
        if (waiting := self._count_waiting()) >= self._places:
            message = f"too many queries are waiting: {waiting}"
            raise BusyError(message, hint="try again in a few seconds")
        lane.waiting.append(job)
        return False

    def _leave(self, lane: Lane[_Job]) -> _Job | None:
        """Give back a slot of a lane; the caller holds the lock, and begins the query that has the slot now."""
        following = lane.release()
        if following is not None:
            self._assign(following)
        return following

    def _assign(self, job: _Job) -> None:
        """Give a query a process that waits for one, if there is any; the caller holds the lock."""
        if self._idle:
            self._connect_to(job, self._idle.pop())

    def _connect_to(self, job: _Job, connection: Connection) -> None:
        """Give a query a process; the caller holds the lock."""
        job.connection = connection
        job.started = time.monotonic()
        job.sending = True
        self._running[connection.descriptor] = job

    def _begin(self, job: _Job | None) -> None:
        """Send a query that has a slot to its process, or to a new one.

        If the process has terminated, the thread that waits for its result notices that.
        """
        if job is None:
            return
        if job.connection is None:
            self._run_aside(self._find_process, job)
            return
        with contextlib.suppress(OSError):
            wire.send_request(job.connection.peer, job.request)
        if job.lane is self._slow:
            lower_priority(job.connection.pid)
        job.sending = False

    @staticmethod
    def _run_aside(step: Callable[[_Job], None], job: _Job) -> None:
        """Run blocking work in a separate thread."""
        threading.Thread(target=step, args=(job,), name="eild-query", daemon=True).start()

    def _find_process(self, job: _Job) -> None:
        """Send a query to a process that is new here."""
        try:
            connection = connect(
                self._address,
                self._limits.timeout + _GRACE,
                is_over=lambda: self._closed or time.monotonic() >= job.until,
            )
        except EnvironmentFailure as error:
            self._finish(job, error)
            return
        with self._lock:
            self._connect_to(job, connection)
            self._selector.register(connection.descriptor, selectors.EVENT_READ)
            self._keep_awake()
        self._begin(job)

    def _finish(self, job: _Job, outcome: QueryAnswer | EildError) -> None:
        """Finish a query that has a slot: start the next one, then set the outcome of this one."""
        with self._lock:
            following = self._leave(job.lane)
        self._begin(following)
        _settle(job, outcome)

    # What follows runs in the thread that waits for answers.

    def _keep_awake(self) -> None:
        """Wake the thread that waits for results; the caller holds the lock."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._wait_forever, name="eild-answers", daemon=True)
            self._thread.start()
        elif self._asleep:
            self._asleep = False
            self._bell.send(b"!")

    def _wait_forever(self) -> None:
        """Take in answers, until nobody will ask for any."""
        look = busy = time.monotonic()
        while True:
            with self._lock:
                self._asleep = time.monotonic() - busy > _AWAKE_SECONDS
                if self._asleep and self._closed and not self._running and not self._count_waiting():
                    self._thread, self._asleep = None, False
                    return
                timeout = None if self._asleep and not self._closed else _LOOK_SECONDS
            for key, _ in self._selector.select(timeout):
                if key.fileobj is self._alarm:
                    self._alarm.recv(64)
                    busy = time.monotonic()
                else:
                    self._take_in(key.fd)
            now = time.monotonic()
            if now >= look:
                look = now + _LOOK_SECONDS
                if self._look(now):
                    busy = now

    def _take_in(self, descriptor: int) -> None:
        """Handle data from a process: part of a result, all of it, or the end of the process."""
        with self._lock:
            job = self._running.get(descriptor)
            if job is None:
                self._forget_idle(descriptor)
                return
        connection = job.connection
        if connection is None or job.sending:
            return  # the selector tells again
        try:
            found = connection.reader.read()
        except OSError:
            self._drop(job)
            self._explain_end(job, connection)
            return
        if found is None:
            return
        outcome, last = found
        if last or job.lane is self._slow:  # it has grown, or its priority was lowered
            self._drop(job)
            self._finish(job, outcome)
            return
        with self._lock:
            self._running.pop(descriptor)
            self._idle.append(connection)
            following = self._leave(job.lane)
        self._begin(following)
        _settle(job, outcome)

    def _forget_idle(self, descriptor: int) -> None:
        """Close the connection to a process that terminated while idle; the caller holds the lock."""
        for connection in [idle for idle in self._idle if idle.descriptor == descriptor]:
            self._idle.remove(connection)
            self._selector.unregister(descriptor)
            connection.close()

    def _drop(self, job: _Job, *, kill: bool = False) -> None:
        """Close the connection of a query, which terminates its process.

        :param kill: whether the process must be killed because it does not terminate by itself
        """
        with self._lock:
            connection = job.connection
            if connection is None or self._running.pop(connection.descriptor, None) is None:
                return
            self._selector.unregister(connection.descriptor)
            job.connection = None
            if kill:
                connection.kill()
            else:
                connection.close()

    def _look(self, now: float) -> bool:
        """Check all queries that run or wait, and return whether there are any."""
        with self._lock:
            running = [job for job in self._running.values() if not job.sending]
            waiting = [*self._short.waiting, *self._slow.waiting]
            if self._closed:
                self._forget_all()
        for job in running:
            self._judge_running(job, now)
        for job in waiting:
            self._judge_waiting(job, now)
        return bool(running or waiting)

    def _judge_running(self, job: _Job, now: float) -> None:
        """Move a query to the slow lane after its slice; terminate it if it times out or its client disconnects."""
        if now >= job.started + self._limits.timeout + _GRACE:
            self._drop(job, kill=True)
            self._finish(job, self._time_out(job))
        elif job.is_abandoned(now):
            self._drop(job)
            self._finish(job, ClientGoneError("the client disconnected before its query was evaluated"))
        elif job.lane is self._short and now >= job.started + SLICE_SECONDS:
            self._slow_down(job)

    def _slow_down(self, job: _Job) -> None:
        """Move a query to the slow lane; if that is full, terminate it and restart it when its turn comes."""
        with self._lock:
            self._known_slow[replace(job.request, is_abandoned=None)] = None
            if len(self._known_slow) > _REMEMBERED:
                self._known_slow.popitem(last=False)
            moved = self._slow.take()
            if moved:
                job.lane = self._slow
                following = self._leave(self._short)
        if moved:
            if job.connection is not None:
                lower_priority(job.connection.pid)
            self._begin(following)
            return
        self._drop(job)
        with self._lock:
            following = self._leave(self._short)
        self._begin(following)
        try:
            with self._lock:
                begins = self._enter(job, self._slow)
        except BusyError as error:
            _settle(job, error)
            return
        if begins:
            self._begin(job)

    def _judge_waiting(self, job: _Job, now: float) -> None:
        """Send away a query that has waited too long for a slot, or for whose answer nobody waits."""
        error: EildError
        if now >= job.until:
            error = BusyError("all query processes are busy", hint="try again in a few seconds")
        elif job.is_abandoned(now):
            error = ClientGoneError("the client disconnected while its query was waiting")
        else:
            return
        with self._lock:
            if job not in job.lane.waiting:
                return  # it has begun meanwhile
            job.lane.waiting.remove(job)
        _settle(job, error)

    def _time_out(self, job: _Job) -> QueryTimeoutError:
        elapsed = time.monotonic() - job.started
        message = f"the query timed out after {elapsed:.1f} s (limit: {self._limits.timeout:g} s)"
        return QueryTimeoutError(
            message, hint="add LIMIT or more selective patterns; for the whole dataset, download a dump"
        )

    def _explain_end(self, job: _Job, connection: Connection) -> None:
        """Find out why a query process terminated without a result, and finish its query or restart it."""
        if time.monotonic() - job.started >= self._limits.timeout:
            self._finish(job, self._time_out(job))
            return

        def explain(job: _Job) -> None:
            error = self._judge_fate(job, ask_fate(self._address, connection.pid))
            job.attempts += 1
            if error is None and job.attempts < _ATTEMPTS:
                with self._lock:
                    self._assign(job)
                self._begin(job)
                return
            message = "the process of the query was terminated from outside, twice"
            self._finish(job, error or EnvironmentFailure(message, hint="try again in a few seconds"))

        self._run_aside(explain, job)

    def _judge_fate(self, job: _Job, fate: str) -> EildError | None:
        """Return the error for the end of a query process; None if the query did not cause it."""
        if fate == forkserver.DEADLINE:
            return self._time_out(job)
        if fate == forkserver.CROWDED:
            message = "the running queries exceeded the memory limit together, and this query used the most"
            return BusyError(message, hint="try again in a few seconds")
        if fate in {forkserver.LARGE, forkserver.CRASHED}:
            memory = min(self._limits.memory, self._limits.total_memory)
            message = f"the query is too complex: its process exceeded the memory limit of {memory} MiB or crashed"
            return QueryError(
                message, hint="split the query, or remove ORDER BY, DISTINCT or GROUP BY over many solutions"
            )
        return None

    def close(self) -> None:
        """Release all query processes; those that are evaluating a query terminate afterwards."""
        with self._lock:
            self._closed = True
            self._forget_all()
            if self._asleep:
                self._keep_awake()

    def _forget_all(self) -> None:
        """Close the connections to all processes that have no query; the caller holds the lock."""
        for connection in tuple(self._idle):
            self._forget_idle(connection.descriptor)
