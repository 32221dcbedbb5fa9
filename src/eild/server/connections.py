"""Clients that send or read too slowly lose their connection, by what the kernel knows of each.

Granian ends connections on which the head of a request does not arrive in time, idle ones included. It waits without
end for a body, and for a client to take an answer. A thread in each HTTP process looks once a second at the sockets
of its own process: Linux tells how much was acknowledged, how much waits to be sent, and when something was last sent.
"""

from __future__ import annotations

import contextlib
import math
import os
import socket
import stat
import struct
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STALL_SECONDS: Final = 15.0
"""Over how long the pace of a reader is measured."""
SLOWEST_BYTES: Final = 1024
"""Bytes per second that a client must take of an answer that waits for it."""

_TICK_SECONDS: Final = 1.0
_HASTE_SECONDS: Final = 0.05
_SEEN_SECONDS: Final = 0.2
_CLOCK_SECONDS: Final = 0.05
_CLOSED: Final = 7
_LISTENING: Final = 10
_INFO_BYTES: Final = 160
_NO_LINGER: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class TcpState:
    """What the kernel knows of a connection (``struct tcp_info``).

    :ivar open: whether it is a connection that is not yet closed
    :ivar waiting: bytes of answers that the client has not acknowledged
    :ivar acknowledged: bytes that it has, from the beginning
    :ivar received: bytes that it sent, from the beginning
    :ivar silent: seconds since something was last sent to it, or since it connected
    """

    open: bool
    waiting: int
    acknowledged: int
    received: int
    silent: float


def read_state(connection: socket.socket) -> TcpState | None:
    """Return the state of a TCP connection; None for other sockets."""
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    except OSError:
        return None
    if len(info) < _INFO_BYTES:
        return None
    size, unacknowledged = struct.unpack_from("=I", info, 16)[0], struct.unpack_from("=I", info, 24)[0]
    silent = struct.unpack_from("=I", info, 44)[0]
    acknowledged, received = struct.unpack_from("=QQ", info, 120)
    unsent = struct.unpack_from("=I", info, 144)[0]
    return TcpState(
        info[0] not in {_CLOSED, _LISTENING}, unacknowledged * size + unsent, acknowledged, received, silent / 1000
    )


@dataclass
class _Pace:
    """Since when an answer waits for its reader, and how much was acknowledged then."""

    since: float
    acknowledged: int


@dataclass
class _Load:
    """When something was last sent on a connection, and how much had been received when that was seen."""

    sent: float
    received: int


class Watch:
    """Decides which connections to cut.

    :param patience: seconds after which a connection on which nothing was sent has no request that is still answered
    :param most: bytes that a client may send without an answer
    """

    def __init__(self, patience: float, most: int) -> None:
        self._patience = patience
        self._most = most
        self._paces: dict[int, _Pace] = {}
        self._loads: dict[int, _Load] = {}

    def judge(self, inode: int, state: TcpState, now: float) -> str:
        """Return the reason to cut a connection; an empty string if there is none.

        :param inode: identifies the connection
        :param state: what is known of it
        :param now: seconds of a clock that never goes back
        """
        load = self._loads.setdefault(inode, _Load(now - state.silent, 0))
        if now - state.silent > load.sent + _CLOCK_SECONDS:
            self._loads[inode] = load = _Load(now - state.silent, state.received)
        if state.received - load.received > self._most:
            return "sends too much"
        if not state.waiting:
            self._paces.pop(inode, None)
            return "sends too slowly" if state.silent > self._patience else ""
        pace = self._paces.setdefault(inode, _Pace(now, state.acknowledged))
        if now - pace.since < STALL_SECONDS:
            return ""
        if state.acknowledged - pace.acknowledged < SLOWEST_BYTES * (now - pace.since):
            return "reads too slowly"
        self._paces[inode] = _Pace(now, state.acknowledged)
        return ""

    def forget(self, alive: set[int]) -> None:
        """Forget the connections that are closed."""
        for table in (self._paces, self._loads):
            for inode in table.keys() - alive:
                table.pop(inode)


def list_sockets() -> Iterator[tuple[int, int]]:
    """Yield descriptor and inode of each socket of this process."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - thousands of names, and no paths wanted
        with contextlib.suppress(OSError):
            status = os.fstat(int(name))
            if stat.S_ISSOCK(status.st_mode):
                yield int(name), status.st_ino


@contextlib.contextmanager
def _borrow(descriptor: int) -> Iterator[socket.socket]:
    """Lend a socket of the server, under a descriptor of its own that closing does not take from the server."""
    with socket.socket(fileno=os.dup(descriptor)) as borrowed:
        yield borrowed


def cut(connection: socket.socket) -> None:
    """End a connection at once; what waits to be sent is dropped with it."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        connection.shutdown(socket.SHUT_RDWR)


class ConnectionGuard:
    """Watches the connections of clients from a thread that cuts those of slow ones.

    :param port: the port that the server listens on; connections of this process to others are left alone
    :param watch: decides
    :param report: called with the reason of each cut, and once a second with an empty one and the number open
    """

    def __init__(self, port: int, watch: Watch, report: Callable[[str, int], None]) -> None:
        self._port = port
        self._watch = watch
        self._report = report
        self._haste = 0
        self._hasten = threading.Event()
        self._lock = threading.Lock()
        self._seen: tuple[float, list[tuple[str, float]]] = (-math.inf, [])

    def start(self) -> None:
        """Start the thread, where the system tells what it needs (Linux)."""
        if self.works:
            threading.Thread(target=self._run, name="eild-connections", daemon=True).start()

    @property
    def works(self) -> bool:
        """Whether the operating system reports what the guard needs."""
        return sys.platform.startswith("linux")

    @contextlib.contextmanager
    def in_haste(self) -> Iterator[None]:
        """Check connections more often in this context, because a client may send without end and all of it is kept."""
        with self._lock:
            self._haste += 1
        self._hasten.set()
        try:
            yield
        finally:
            with self._lock:
                self._haste -= 1
                if not self._haste:
                    self._hasten.clear()

    def _run(self) -> None:
        while True:
            if self._hasten.wait(_TICK_SECONDS):
                time.sleep(_HASTE_SECONDS)
            self.look()

    def look(self) -> None:
        """Look at all connections once, and cut those of slow clients."""
        now = time.monotonic()
        alive = set()
        for connection, inode, state in self._list_connections():
            alive.add(inode)
            if reason := self._watch.judge(inode, state, now):
                cut(connection)
                self._report(reason, 0)
        self._watch.forget(alive)
        self._report("", len(alive))

    def is_gone(self, address: str, since: float) -> bool:
        """Return whether the client of a request that is not yet answered has surely gone.

        The connection that a request came by is one from its address on which nothing was sent since. Where there is
        no such connection, nobody waits; where there is one, it may be another client's, and the answer is no.

        :param address: the client's address
        :param since: when the request came, by :func:`time.monotonic`
        """
        if not self.works:
            return False
        with self._lock:
            now = time.monotonic()
            if now - self._seen[0] > _SEEN_SECONDS:
                found = [(c.getpeername()[0], now - state.silent) for c, _, state in self._list_connections()]
                self._seen = (now, found)
            seen, found = self._seen
        return seen > since and all(other != address or sent > since + _TICK_SECONDS for other, sent in found)

    def _list_connections(self) -> Iterator[tuple[socket.socket, int, TcpState]]:
        """Yield the connections of clients, each with the number that identifies it and its state."""
        for descriptor, inode in list_sockets():
            with contextlib.suppress(OSError), _borrow(descriptor) as connection:
                if connection.family in {socket.AF_INET, socket.AF_INET6}:
                    state = read_state(connection)
                    if state is not None and state.open and connection.getsockname()[1] == self._port:
                        yield connection, inode, state
