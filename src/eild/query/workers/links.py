"""Connections to the query processes of a fork server, and its reports on those that have terminated.

All of it happens in a loop of asyncio, and nothing waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import socket
from typing import TYPE_CHECKING, Final

from eild.query.workers import fates, wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eild.errors import EildError
    from eild.query.engine import QueryAnswer, QueryRequest

    Outcome = tuple[QueryAnswer | EildError, bool]

_FATE_SECONDS: Final = 2.0


class Connection:
    """A connection to a query process, which evaluates one query after the other.

    :param address: the fork server's socket
    :param loop: the loop that watches it
    :param ready: called when a process has taken the connection
    :param take: called with each outcome, and whether the process takes no more queries; with None when it has died
    :raises OSError: if the fork server is away
    """

    def __init__(
        self,
        address: Path,
        loop: asyncio.AbstractEventLoop,
        ready: Callable[[Connection], None],
        take: Callable[[Connection, Outcome | None], None],
    ) -> None:
        self._loop = loop
        self._ready = ready
        self._take = take
        self._outgoing = memoryview(b"")
        self._peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._peer.settimeout(0)
            self._peer.connect(str(address))
        except OSError:
            self._peer.close()
            raise
        self._descriptor = self._peer.fileno()
        self._reader = wire.OutcomeReader(self._peer)
        self.pid = 0
        """The number of the process; 0 until one has taken the connection."""
        loop.add_reader(self._descriptor, self._read)

    def _read(self) -> None:
        """Take in what the process has sent."""
        try:
            if not self.pid:
                self.pid = wire.receive_hello(self._peer)
                self._ready(self)
                return
            outcome = self._reader.read()
        except BlockingIOError:
            return
        except OSError:
            self.close()
            self._take(self, None)
            return
        if outcome is not None:
            self._take(self, outcome)

    def send(self, request: QueryRequest) -> None:
        """Send a query; if the process has terminated, that is noticed when its outcome is read."""
        self._outgoing = memoryview(wire.pack_request(request))
        self._write()

    def _write(self) -> None:
        """Send as much as the process takes now, and the rest when it takes more."""
        waits = len(self._outgoing)
        with contextlib.suppress(BlockingIOError):
            try:
                self._outgoing = self._outgoing[self._peer.send(self._outgoing) :]
            except BlockingIOError:
                raise
            except OSError:
                self._outgoing = memoryview(b"")
        if self._outgoing:
            self._loop.add_writer(self._descriptor, self._write)
        elif waits:
            self._loop.remove_writer(self._descriptor)

    def close(self) -> None:
        """Release the process, which terminates it."""
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            self._descriptor = -1
            self._peer.close()

    def kill(self) -> None:
        """Kill a process that does not terminate by itself."""
        poll = select.poll()
        poll.register(self._peer, select.POLLIN)
        if self.pid and not poll.poll(0):  # it runs: its number is still its own
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
        self.close()


async def ask_fate(address: Path, pid: int) -> str:
    """Return how a query process terminated; the fork server knows, unless it died too.

    :param address: the fork server's socket
    """
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_FATE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(f"{address}{fates.FATES}")
            with contextlib.closing(writer):
                writer.write(str(pid).encode())
                found = await reader.read(32)
                return found.decode() or fates.KILLED
    return fates.KILLED
