"""Connections to the query processes of a fork server, and its reports on those that have terminated."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import time
from typing import TYPE_CHECKING, Final

from eild.errors import EnvironmentFailure
from eild.query.workers import forkserver, wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FATE_SECONDS: Final = 2.0
_RETRY_SECONDS: Final = 0.05


class Connection:
    """A connection to a query process.

    :param peer: the connected socket
    :param pid: the number of the process
    """

    def __init__(self, peer: socket.socket, pid: int) -> None:
        self.peer = peer
        self.pid = pid
        self.descriptor = peer.fileno()
        """The number of the socket, also after it is closed."""
        self.reader = wire.OutcomeReader(peer)
        """The reader of its results."""

    def close(self) -> None:
        """Release the process, which terminates it."""
        self.peer.close()

    def kill(self) -> None:
        """Kill a process that does not terminate by itself."""
        poll = select.poll()
        poll.register(self.peer, select.POLLIN)
        if not poll.poll(0):  # it runs: its number is still its own
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
        self.close()


def connect(address: Path, seconds: float, *, is_over: Callable[[], bool]) -> Connection:
    """Return a new connection; where the fork server is being started again, wait for it.

    :param address: the fork server's socket
    :param seconds: how long a step of the connection may take
    :param is_over: returns whether to stop waiting
    :raises EnvironmentFailure: if the fork server is away
    """
    while True:
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        peer.settimeout(seconds)
        try:
            peer.connect(str(address))
            pid = wire.receive_hello(peer)
            _bound_waits(peer, seconds)
            return Connection(peer, pid)
        except OSError as error:
            peer.close()
            if is_over():
                message = f"the query process is unavailable: {error.strerror or 'it closed the connection'}"
                raise EnvironmentFailure(message, hint="try again in a few seconds") from error
        time.sleep(_RETRY_SECONDS)


def _bound_waits(peer: socket.socket, seconds: float) -> None:
    """Have the kernel bound how long a socket waits: that takes fewer system calls than a timeout of Python's."""
    bound = struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))
    peer.settimeout(None)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, bound)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)


def ask_fate(address: Path, pid: int) -> str:
    """Return how a query process terminated; the fork server knows, unless it died too.

    :param address: the fork server's socket
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(_FATE_SECONDS)
        peer.connect(f"{address}{forkserver.FATES}")
        peer.sendall(str(pid).encode())
        return peer.recv(32).decode()
    return forkserver.KILLED
