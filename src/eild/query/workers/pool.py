"""Query engine that evaluates each query in a separate process.

Short queries share a fixed number of slots. A query that runs longer than one time slice moves to the slow lane, which
has fewer slots and a lower priority. If the slow lane is full, the query is terminated and restarted when its turn
comes, so a long query never delays a short one by more than one slice. Restarting is safe because queries are read-only
and only complete results are returned.

Everything happens in one loop of asyncio, the one that also has the connections of clients, and nothing in it waits.
Other threads may ask too: their queries enter the loop, and they wait for the outcome.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from eild.errors import BusyError, ClientGoneError, EildError, EnvironmentFailure, QueryError, QueryTimeoutError
from eild.process import lower_priority
from eild.query.workers import fates
from eild.query.workers.lanes import Lane
from eild.query.workers.links import Connection, ask_fate

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    from eild.query.engine import QueryAnswer, QueryLimits, QueryRequest
    from eild.query.workers.links import Outcome

    Settle = Callable[[QueryAnswer | EildError], None]

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
_RETRY_SECONDS: Final = 0.05


@dataclass(eq=False, slots=True)
class _Job:
    """A query that runs or waits.

    :ivar request: the query
    :ivar settle: takes its outcome
    :ivar until: time at which it stops waiting for a slot or a process
    :ivar lane: lane in which it has a slot, or waits for one
    :ivar check: time of the next check whether its client has disconnected
    :ivar connection: connection to the process that evaluates it
    :ivar started: time at which it was sent to that process
    :ivar attempts: number of its processes that terminated for another reason than the query
    :ivar done: whether it has an outcome
    """

    request: QueryRequest
    settle: Settle
    until: float
    lane: Lane[_Job]
    check: float
    connection: Connection | None = None
    started: float = 0.0
    attempts: int = 0
    done: bool = False

    def is_abandoned(self, now: float) -> bool:
        """Return whether the client has disconnected, which is checked periodically."""
        if self.request.is_abandoned is None or now < self.check:
            return False
        self.check = now + CHECK_SECONDS
        return self.request.is_abandoned()


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
        self._running: dict[Connection, _Job] = {}
        self._seeking: list[_Job] = []
        self._known_slow: OrderedDict[QueryRequest, None] = OrderedDict()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._looks = False
        self._closed = False

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have a loop do all work; called once, before the first query."""
        self._loop = loop

    def count(self) -> dict[str, int]:
        """Return how many queries run in each lane and wait, and how many query processes are idle."""
        counts = {"short": self._short.running, "slow": self._slow.running, "waiting": self._count_waiting()}
        return {**counts, "idle": len(self._idle)}

    def _count_waiting(self) -> int:
        return len(self._short.waiting) + len(self._slow.waiting)

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer; see :meth:`eild.query.engine.QueryEngine.evaluate`.

        For other threads than the loop's.

        :raises EnvironmentFailure: if the fork server is unavailable, or the query process was killed twice
        :raises ClientGoneError: if nobody waits for the answer any more
        """
        future: Future[QueryAnswer] = Future()

        def settle(outcome: QueryAnswer | EildError) -> None:
            if isinstance(outcome, EildError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        def begin() -> None:
            try:
                self.submit(request, settle)
            except BusyError as error:
                settle(error)

        self._require_loop().call_soon_threadsafe(begin)
        return future.result()

    def _require_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            message = "the engine has no loop yet"
            raise RuntimeError(message)
        return self._loop

    # What follows runs in the loop.

    def submit(self, request: QueryRequest, settle: Settle) -> Callable[[], None]:
        """Begin to evaluate a query, and return a function that gives it up because nobody waits for its answer.

        :param settle: called once, later, with the result or the error of :meth:`evaluate`
        :raises BusyError: if too many wait already
        """
        now = time.monotonic()
        lane = self._slow if self._known_slow and request in self._known_slow else self._short
        job = _Job(request, settle, now + self._limits.timeout * _PATIENCE, lane, now + CHECK_SECONDS)
        self._enter(job, lane)
        self._keep_looking()
        return lambda: self._give_up(job)

    def _enter(self, job: _Job, lane: Lane[_Job]) -> None:
        """Begin a query if there is a slot in a lane, or queue it.

        :raises BusyError: if too many wait already
        """
        job.lane = lane
        if lane.take():
            self._begin(job)
            return
        if (waiting := self._count_waiting()) >= self._places:
            message = f"too many queries are waiting: {waiting}"
            raise BusyError(message, hint="try again in a few seconds")
        lane.waiting.append(job)

    def _leave(self, lane: Lane[_Job]) -> None:
        """Give back a slot of a lane, and begin the query that has the slot now."""
        following = lane.release()
        if following is not None:
            self._begin(following)

    def _begin(self, job: _Job) -> None:
        """Send a query that has a slot to a process that is idle, or to a new one."""
        if self._idle:
            self._send(job, self._idle.pop())
            return
        self._seeking.append(job)
        self._connect()

    def _connect(self) -> None:
        """Connect to a new process; where the fork server is away, try again later."""
        if not self._seeking:
            return
        try:
            Connection(self._address, self._require_loop(), self._use, self._take)
        except OSError as error:
            now = time.monotonic()
            over = [job for job in self._seeking if self._closed or now >= job.until]
            self._refuse_seeking(over, error.strerror or "it closed the connection")
            self._require_loop().call_later(_RETRY_SECONDS, self._connect)

    def _refuse_seeking(self, jobs: list[_Job], reason: str) -> None:
        """Send away queries for which no process was found."""
        for job in jobs:
            self._seeking.remove(job)
            message = f"the query process is unavailable: {reason}"
            self._finish(job, EnvironmentFailure(message, hint="try again in a few seconds"))

    def _use(self, connection: Connection) -> None:
        """Have a process that is new here evaluate a query, or be idle."""
        if self._seeking:
            self._send(self._seeking.pop(0), connection)
        elif self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    def _send(self, job: _Job, connection: Connection) -> None:
        """Send a query to its process."""
        job.connection = connection
        job.started = time.monotonic()
        self._running[connection] = job
        connection.send(job.request)
        if job.lane is self._slow:
            lower_priority(connection.pid)

    def _settle(self, job: _Job, outcome: QueryAnswer | EildError) -> None:
        if not job.done:
            job.done = True
            job.settle(outcome)

    def _finish(self, job: _Job, outcome: QueryAnswer | EildError) -> None:
        """Finish a query that has a slot: start the next one, then hand over the outcome of this one."""
        self._leave(job.lane)
        self._settle(job, outcome)

    def _take(self, connection: Connection, outcome: Outcome | None) -> None:
        """Take an outcome from a process, or note that it has terminated."""
        job = self._running.pop(connection, None)
        if job is None:
            self._lose(connection)
            return
        job.connection = None
        if outcome is None:
            self._explain_end(job, connection.pid)
            return
        answer, last = outcome
        if last or job.lane is self._slow or self._closed:  # it has grown, or its priority was lowered
            connection.close()
        else:
            self._idle.append(connection)
        self._finish(job, answer)

    def _lose(self, connection: Connection) -> None:
        """Forget a process that terminated while it had no query; if it was to get one, find another."""
        connection.close()
        if connection in self._idle:
            self._idle.remove(connection)
        elif self._seeking:
            self._require_loop().call_later(_RETRY_SECONDS, self._connect)

    def _drop(self, job: _Job, *, kill: bool = False) -> None:
        """Close the connection of a query, which terminates its process.

        :param kill: whether the process must be killed because it does not terminate by itself
        """
        connection, job.connection = job.connection, None
        if connection is not None:
            self._running.pop(connection, None)
            if kill:
                connection.kill()
            else:
                connection.close()

    def _give_up(self, job: _Job) -> None:
        """End a query for whose answer nobody waits."""
        if job.done:
            return
        error = ClientGoneError("the client disconnected before its query was evaluated")
        if job in job.lane.waiting:
            job.lane.waiting.remove(job)
            self._settle(job, error)
            return
        if job in self._seeking:
            self._seeking.remove(job)  # a process that comes for it becomes idle
        elif job.connection is None:
            self._settle(job, error)  # its slot is given back when the end of its process is explained
            return
        self._drop(job)
        self._finish(job, error)

    def _keep_looking(self) -> None:
        """Look at all queries now and then, as long as there are any."""
        if not self._looks:
            self._looks = True
            self._require_loop().call_later(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Check all queries that run or wait."""
        now = time.monotonic()
        running, waiting = [*self._running.values()], [*self._short.waiting, *self._slow.waiting]
        for job in running:
            self._judge_running(job, now)
        self._refuse_seeking([job for job in self._seeking if now >= job.until + self._limits.timeout], "it is silent")
        for job in waiting:
            self._judge_waiting(job, now)
        self._looks = False
        if self._running or self._seeking or self._count_waiting():
            self._keep_looking()

    def _judge_running(self, job: _Job, now: float) -> None:
        """Move a query to the slow lane after its slice; terminate it if it times out or its client disconnects."""
        if job.connection is None:
            return  # what was done to another query has ended it
        if now >= job.started + self._limits.timeout + _GRACE:
            self._drop(job, kill=True)
            self._finish(job, self._time_out(job))
        elif job.is_abandoned(now):
            self._give_up(job)
        elif job.lane is self._short and now >= job.started + SLICE_SECONDS:
            self._slow_down(job)

    def _slow_down(self, job: _Job) -> None:
        """Move a query to the slow lane; if that is full, terminate it and restart it when its turn comes."""
        self._known_slow[replace(job.request, is_abandoned=None)] = None
        if len(self._known_slow) > _REMEMBERED:
            self._known_slow.popitem(last=False)
        if self._slow.take():
            job.lane = self._slow
            if job.connection is not None:
                lower_priority(job.connection.pid)
            self._leave(self._short)
            return
        self._drop(job)
        self._leave(self._short)
        try:
            self._enter(job, self._slow)
        except BusyError as error:
            self._settle(job, error)

    def _judge_waiting(self, job: _Job, now: float) -> None:
        """Send away a query that has waited too long for a slot, or for whose answer nobody waits."""
        if job not in job.lane.waiting:
            return  # it has begun meanwhile
        if now >= job.until:
            job.lane.waiting.remove(job)
            self._settle(job, BusyError("all query processes are busy", hint="try again in a few seconds"))
        elif job.is_abandoned(now):
            self._give_up(job)

    def _time_out(self, job: _Job) -> QueryTimeoutError:
        elapsed = time.monotonic() - job.started
        message = f"the query timed out after {elapsed:.1f} s (limit: {self._limits.timeout:g} s)"
        return QueryTimeoutError(
            message, hint="add LIMIT or more selective patterns; for the whole dataset, download a dump"
        )

    def _explain_end(self, job: _Job, pid: int) -> None:
        """Find out why a query process terminated without a result, and finish its query or restart it."""
        if time.monotonic() - job.started >= self._limits.timeout:
            self._finish(job, self._time_out(job))
            return
        task = self._require_loop().create_task(self._explain(job, pid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _explain(self, job: _Job, pid: int) -> None:
        error = self._judge_fate(job, await ask_fate(self._address, pid))
        job.attempts += 1
        if error is None and job.attempts < _ATTEMPTS and not job.done:
            self._begin(job)
            self._keep_looking()
            return
        message = "the process of the query was terminated from outside, twice"
        self._finish(job, error or EnvironmentFailure(message, hint="try again in a few seconds"))

    def _judge_fate(self, job: _Job, fate: str) -> EildError | None:
        """Return the error for the end of a query process; None if the query did not cause it."""
        if fate == fates.DEADLINE:
            return self._time_out(job)
        if fate == fates.CROWDED:
            message = "the running queries exceeded the memory limit together, and this query used the most"
            return BusyError(message, hint="try again in a few seconds")
        if fate in {fates.LARGE, fates.CRASHED}:
            memory = min(self._limits.memory, self._limits.total_memory)
            message = f"the query is too complex: its process exceeded the memory limit of {memory} MiB or crashed"
            return QueryError(
                message, hint="split the query, or remove ORDER BY, DISTINCT or GROUP BY over many solutions"
            )
        return None

    def close(self) -> None:
        """Release all query processes; those that are evaluating a query terminate afterwards. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._forget_all)

    def _forget_all(self) -> None:
        """Close the connections to all processes that have no query."""
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
