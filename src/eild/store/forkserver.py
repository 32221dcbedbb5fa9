"""The fork server: a process that holds the loaded store and makes a copy of itself for each connection.

A server process connects to its socket and speaks :mod:`eild.store.wire` with the copy. The copy evaluates one
query after the other under a memory limit, cannot open files or sockets, and is ended by the kernel's own timer at
the deadline: the server sees the connection close. Copies share the store's memory with the fork server.

Run as ``python -m eild.store.forkserver`` with the prefixes as a line of JSON on standard input; it ends, with all
its copies, when its standard input closes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Final, NoReturn

from eild.errors import EildError
from eild.store import wire
from eild.store.embedded import EmbeddedEngine
from eild.store.engine import QueryLimits
from eild.store.process import confine, die_with_parent
from eild.store.publication import load_publication

READY: Final = b"ready\n"
"""What the fork server writes to standard output when it takes connections."""
_BACKLOG: Final = 256
_REAP_SECONDS: Final = 0.5


def _answer_forever(connection: socket.socket, engine: EmbeddedEngine, timeout: float) -> None:
    """Answer queries until the other side closes; the kernel ends the process at a query's deadline."""
    while True:
        request = wire.receive_request(connection)
        signal.setitimer(signal.ITIMER_REAL, timeout)
        try:
            outcome = engine.evaluate(request)
        except EildError as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            wire.send_outcome(connection, error)
            continue
        signal.setitimer(signal.ITIMER_REAL, 0)
        wire.send_outcome(connection, outcome)


def _become_worker(connection: socket.socket, engine: EmbeddedEngine, limits: QueryLimits) -> NoReturn:
    """Turn this fresh copy into a query process; never returns."""
    status = 1
    try:
        die_with_parent()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        confine(limits.memory)
        with contextlib.suppress(wire.ClosedError):
            _answer_forever(connection, engine, limits.timeout)
        status = 0
    except (OSError, MemoryError, ValueError):
        status = 1  # the other side sees the connection close, which says all there is to say
    finally:
        os._exit(status)


class ForkServer:
    """The loop of the fork server.

    :param listener: a listening socket
    :param engine: the engine with the loaded store
    :param limits: what one query may use
    """

    def __init__(self, listener: socket.socket, engine: EmbeddedEngine, limits: QueryLimits) -> None:
        self._listener = listener
        self._engine = engine
        self._limits = limits
        self._children: set[int] = set()

    def _reap(self) -> None:
        for pid in list(self._children):
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    self._children.discard(pid)

    def _fork(self, control: int) -> None:
        connection, _ = self._listener.accept()
        pid = os.fork()
        if pid == 0:
            self._listener.close()
            os.close(control)
            _become_worker(connection, self._engine, self._limits)
        connection.close()
        self._children.add(pid)

    def run(self, control: int) -> None:
        """Make a query process for each connection until a descriptor closes, then end them all."""
        while True:
            watched: list[socket.socket | int] = [self._listener, control]
            readable, _, _ = select.select(watched, [], [], _REAP_SECONDS)
            self._reap()
            if control in readable and not os.read(control, 1):
                break
            if self._listener in readable:
                self._fork(control)
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def main(arguments: list[str]) -> int:
    """Load the store, listen, say that it is ready and serve; return the exit code."""
    parser = argparse.ArgumentParser(prog="eild.store.forkserver", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("--result-bytes", type=int, required=True)
    parser.add_argument("--memory", type=int, required=True)
    options = parser.parse_args(arguments)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    with open(0, "rb", buffering=0, closefd=False) as control:
        prefixes = json.loads(control.readline() or b"{}")
    limits = QueryLimits(options.timeout, options.result_bytes, options.memory)
    try:
        publication = load_publication(options.folder)
        engine = EmbeddedEngine.load(publication, prefixes=prefixes, result_bytes=limits.result_bytes)
    except EildError as error:
        sys.stderr.write(f"eild: {error}\n")
        return error.exit_code
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(options.socket))
        listener.listen(_BACKLOG)
        os.write(1, READY)
        ForkServer(listener, engine, limits).run(0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
