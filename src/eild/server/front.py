"""One HTTP process: its loop, the connections that it has, and what answers them."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import TYPE_CHECKING, Final

import uvloop

from eild.process import raise_descriptors
from eild.server.bridge import Bridge
from eild.server.connection import Connection
from eild.server.sending import Clock

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from eild.exchange.metrics import Metrics
    from eild.server.desk import Desk
    from eild.server.shares import Share
    from eild.server.switchboard import Switchboard

CONNECTIONS: Final = 2048
"""Connections that each process holds at most; more wait in the kernel until one ends."""

_TICK_SECONDS: Final = 1.0
_REST_SECONDS: Final = 0.1
_YIELD_SECONDS: Final = 0.001
_STOP_LOOK_SECONDS: Final = 0.02
_READ_SECONDS: Final = 0.2
_PER_CONNECTION: Final = 2
_OTHER_DESCRIPTORS: Final = 64
_LEAST_CONNECTIONS: Final = 4


def allow_connections() -> int:
    """Return how many connections this process can hold, so that each can have a file sent; it may open more then.

    Connections must not take what files and query processes need.
    """
    number = raise_descriptors(_OTHER_DESCRIPTORS + _PER_CONNECTION * CONNECTIONS)
    return min(CONNECTIONS, max(_LEAST_CONNECTIONS, (number - _OTHER_DESCRIPTORS) // _PER_CONNECTION))


class Front:
    """Takes connections and has their requests answered, in one loop.

    :param listener: the listening socket, shared with other processes
    :param share: how many connections this process and the others have
    :param metrics: the numbers of this process
    :param most_body: bytes of a request body that are accepted
    :param most_connections: connections that it holds
    """

    def __init__(
        self,
        listener: socket.socket,
        share: Share,
        metrics: Metrics,
        most_body: int,
        most_connections: int = CONNECTIONS,
    ) -> None:
        self.loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self.clock = Clock(self.loop.time())
        self.bridge = Bridge(self.loop)
        self.metrics = metrics
        self.most_body = most_body
        self.desk: Desk | Switchboard
        self.stopping = False
        """Whether every connection ends with its next answer."""
        self._most = most_connections
        self._listener = listener
        self._share = share
        self._listens = False
        self._yields = False
        self._ending = False
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[object]] = set()

    # Connections

    def _listen(self) -> None:
        if not (self._listens or self._yields or self._ending) and len(self._connections) < self._most:
            self._listens = True
            self.loop.add_reader(self._listener, self._take_or_yield)

    def _stop_listening(self) -> None:
        if self._listens:
            self._listens = False
            self.loop.remove_reader(self._listener)

    def _take_or_yield(self) -> None:
        """Take a connection, at once or in a moment, if no process that has fewer takes it meanwhile."""
        if self._share.is_ahead and not self.stopping:
            self._yields = True
            self._stop_listening()
            self.loop.call_later(_YIELD_SECONDS, self._take_after_all)
        else:
            self._accept()

    def _take_after_all(self) -> None:
        self._yields = False
        if not self._ending and len(self._connections) < self._most:
            self._accept()
            self._listen()

    def _accept(self) -> bool:
        """Take one connection, so that other processes get theirs, too; tell whether there was one."""
        try:
            peer, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return False  # another process has it
        except OSError:  # no descriptors are left
            self._stop_listening()
            self.loop.call_later(_REST_SECONDS, self._listen)
            return False
        peer.settimeout(0)
        task: asyncio.Task[object] = self.loop.create_task(
            self.loop.connect_accepted_socket(partial(Connection, self), peer)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._tell_share()
        return True

    def enter(self, connection: Connection) -> None:
        """Take note of a connection."""
        self._connections.add(connection)
        self._tell_share()
        if len(self._connections) >= self._most:
            self._stop_listening()

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        self._tell_share()
        self._listen()

    def _tell_share(self) -> None:
        if not self.stopping:
            self._share.tell(len(self._connections) + len(self._tasks))

    def _tick(self) -> None:
        """Look at all connections, and show numbers to other processes."""
        now = self.loop.time()
        self.clock.tick(now)
        for connection in tuple(self._connections):
            connection.look(now)
        self.desk.count_recalled()
        self.metrics.report_connections("", len(self._connections))
        self.loop.call_later(_TICK_SECONDS, self._tick)

    # The process

    def start(self, desk: Desk | Switchboard) -> asyncio.Future[None]:
        """Take connections as soon as the loop runs; return what is done when the last is closed after a stop.

        :param desk: answers the requests, until another takes its place
        """
        self.desk = desk
        self._stopped = self.loop.create_future()
        self._tick()
        self._tell_share()
        self._listen()
        return self._stopped

    def run(self, desk: Desk | Switchboard, seconds: float, started: Callable[[], None]) -> None:
        """Serve until SIGTERM, and then until all requests are answered.

        :param desk: answers the requests, until another takes its place
        :param seconds: how long running requests may take to finish
        :param started: called when connections are taken
        """
        asyncio.set_event_loop(self.loop)
        try:
            stopped = self.start(desk)
            self.loop.add_signal_handler(signal.SIGTERM, self.stop, seconds)
            self.loop.call_soon(started)
            self.loop.run_until_complete(stopped)
        finally:
            self.close()

    def stop(self, seconds: float) -> None:
        """Answer what has been asked, take no further connection after a moment, and end.

        :param seconds: how long that may take
        """
        if self.stopping:
            return
        self.stopping = True
        self._share.leave()
        # The nursery closes the port meanwhile, so that no client waits for an answer that nobody gives. What was sent
        # before is read first: a connection that is closed before would be reset.
        self.loop.call_later(_READ_SECONDS, self._end, self.loop.time() + seconds)

    def _end(self, until: float) -> None:
        """Take what connections there are, and wait until nothing is left to answer."""
        self._ending = True
        self._stop_listening()
        while self._accept():
            pass
        self._await_end(until)

    def _await_end(self, until: float) -> None:
        for connection in tuple(self._connections):
            connection.stop(at_once=self.loop.time() >= until)
        if self._connections or self._tasks:
            self.loop.call_later(_STOP_LOOK_SECONDS, self._await_end, until)
        elif not self._stopped.done():
            self._stopped.set_result(None)

    def close(self) -> None:
        """Give back what the loop holds."""
        self.bridge.close()
        self.loop.close()
