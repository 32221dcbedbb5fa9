"""The fork server: a process that holds the loaded store and forks query processes.

A server process connects to its socket and speaks :mod:`eild.query.workers.wire` with the query process that accepts
the connection. Query processes are forked in advance, so that no query waits for one. A query process evaluates one
query after the other under a memory limit and cannot open files or sockets. The kernel terminates it when a query times
out or its client disconnects. Query processes share the memory of the store with the fork server, which monitors the
memory that they use together and kills the largest one if it is too much. A second socket reports how a query process
terminated (:data:`~eild.query.workers.fates.FATES`).

Either a process that has loaded the store calls :func:`serve` in a copy of itself, or it is run as ``python -m
eild.query.workers.forkserver`` with the prefixes as a line of JSON on standard input. It terminates, with all query
processes, when its standard input is closed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections import OrderedDict
from pathlib import Path
from typing import Final

from eild.errors import EildError
from eild.memory import limit_arenas, settle_down
from eild.process import MemoryWatch, kill_child, name_process
from eild.publication.manifest import load_publication
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryLimits
from eild.query.workers.fates import ABANDONED, CRASHED, CROWDED, DEADLINE, FATES, KILLED, LARGE, NAME, READY, STOP
from eild.query.workers.worker import TAKEN, become_worker

_SPARES: Final = 2
_BACKLOG: Final = 256
_LOOK_SECONDS: Final = 0.1
_CLOSEST_LOOK_SECONDS: Final = 0.004
_REST_SECONDS: Final = 0.1
_REMEMBERED: Final = 1024
_MEBIBYTE: Final = 1024 * 1024
_FASTEST: Final = 8192 * _MEBIBYTE
"""Bytes that query processes take together in a second at most; two on two processors took half of it."""
_SIGNALS: Final = {
    signal.SIGALRM: DEADLINE,
    signal.SIGIO: ABANDONED,
    signal.SIGKILL: KILLED,
    signal.SIGTERM: KILLED,
    signal.SIGINT: KILLED,
}


def _explain(status: int) -> str:
    """Return the fate for a wait status."""
    if os.WIFSIGNALED(status):
        return _SIGNALS.get(signal.Signals(os.WTERMSIG(status)), CRASHED)
    return ABANDONED if os.WEXITSTATUS(status) == 0 else CRASHED


class ForkServer:
    """The loop of the fork server.

    :param listener: a listening socket that query processes take their connections from
    :param fates: listening socket that reports how query processes terminated
    :param engine: the engine with the loaded store
    :param limits: limits of queries
    """

    def __init__(
        self, listener: socket.socket, fates: socket.socket, engine: EmbeddedEngine, limits: QueryLimits
    ) -> None:
        self._listener = listener
        self._fates = fates
        self._engine = engine
        self._limits = limits
        self._spares: dict[int, MemoryWatch] = {}
        self._busy: dict[int, MemoryWatch] = {}
        self._ends: OrderedDict[int, str] = OrderedDict()
        self._judged: dict[int, str] = {}
        self._asking: dict[int, socket.socket] = {}
        self._taken, self._take = os.pipe()
        self._rest_until = 0.0
        self._look_seconds = _LOOK_SECONDS

    def _reap(self) -> None:
        """Record the query processes that have terminated."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if watch := self._spares.pop(pid, None) or self._busy.pop(pid, None):
                watch.close()
            self._ends[pid] = self._judged.pop(pid, "") or _explain(status)
            if len(self._ends) > _REMEMBERED:
                self._ends.popitem(last=False)
            if asker := self._asking.pop(pid, None):
                self._tell(asker, self._ends[pid])

    def _top_up(self) -> None:
        """Make spares until there are enough; where the system refuses, rest a little."""
        while len(self._spares) < _SPARES and time.monotonic() >= self._rest_until:
            try:
                pid = os.fork()
            except OSError:
                self._rest_until = time.monotonic() + _REST_SECONDS
                return
            if pid == 0:
                become_worker(self._listener, self._take, self._engine, self._limits)
            self._ends.pop(pid, None)
            self._spares[pid] = MemoryWatch(pid)

    def _note_taken(self) -> None:
        """Count spares that have a connection as busy."""
        for (pid,) in TAKEN.iter_unpack(os.read(self._taken, TAKEN.size * _BACKLOG)):
            if pid in self._spares:
                self._busy[pid] = self._spares.pop(pid)

    def _bound_memory(self) -> None:
        """Kill the largest query process if all together use too much; look again before they can use what is left."""
        growth = {pid: watch.measure() for pid, watch in self._busy.items()}
        total, used = self._limits.total_memory * _MEBIBYTE, sum(growth.values())
        self._look_seconds = min(_LOOK_SECONDS, max(_CLOSEST_LOOK_SECONDS, (total - used) / _FASTEST))
        if used <= total:
            return
        largest = max(growth, key=growth.__getitem__)
        if largest not in self._judged:
            self._judged[largest] = LARGE if growth[largest] > total // 2 else CROWDED
            kill_child(largest)

    @staticmethod
    def _tell(asker: socket.socket, fate: str) -> None:
        with contextlib.suppress(OSError), asker:
            asker.sendall(fate.encode())

    def _answer_asker(self) -> None:
        """Report how a process terminated, now or when it has."""
        asker, _ = self._fates.accept()
        asker.settimeout(_LOOK_SECONDS)
        try:
            pid = int(asker.recv(32))
        except (OSError, ValueError):
            asker.close()
            return
        self._reap()
        if pid in self._busy or pid in self._spares:
            if former := self._asking.pop(pid, None):
                former.close()
            self._asking[pid] = asker
        else:
            self._tell(asker, self._ends.get(pid, KILLED))

    def run(self, control: int) -> None:
        """Keep query processes ready until a descriptor is closed or requests the end, then terminate them all."""
        wake, alarm = socket.socketpair()
        wake.settimeout(0)
        alarm.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(alarm.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            for source in (wake, self._fates, self._taken, control):
                selector.register(source, selectors.EVENT_READ)
            while True:
                self._top_up()
                quiet = not self._busy and len(self._spares) >= _SPARES
                ready = {key.fileobj for key, _ in selector.select(None if quiet else self._look_seconds)}
                if wake in ready:
                    wake.recv(4096)
                self._reap()
                if self._taken in ready:
                    self._note_taken()
                if self._fates in ready:
                    self._answer_asker()
                if control in ready and os.read(control, 1) in {STOP, b""}:
                    break
                self._bound_memory()
        for pid in (*self._busy, *self._spares):
            os.kill(pid, signal.SIGKILL)
        for pid in (*self._busy, *self._spares):
            os.waitpid(pid, 0)


def serve(engine: EmbeddedEngine, limits: QueryLimits, address: Path, control: int, output: int) -> None:
    """Listen, and have queries answered by copies of this process, which has one thread, until it is stopped.

    :param engine: the engine with the loaded store
    :param limits: limits of queries
    :param address: the socket to make
    :param control: descriptor that is closed, or sends :data:`~eild.query.workers.fates.STOP`, to stop it
    :param output: descriptor that :data:`~eild.query.workers.fates.READY` is written to
    :raises OSError: if the socket cannot be made
    """
    name_process(NAME)
    with contextlib.ExitStack() as stack:
        listener, fates = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        fates.bind(f"{address}{FATES}")
        listener.bind(str(address))
        fates.listen(_BACKLOG)
        listener.listen(_BACKLOG)
        os.write(output, READY)
        ForkServer(listener, fates, engine, limits).run(control)


def _parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="eild.query.workers.forkserver", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("--result-bytes", type=int, required=True)
    parser.add_argument("--memory", type=int, required=True)
    parser.add_argument("--total-memory", type=int, required=True)
    parser.add_argument("--public-url", default="")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Load the store, listen, say that it is ready and serve; return the exit code."""
    limit_arenas()
    options = _parse_arguments(arguments)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    with open(0, "rb", buffering=0, closefd=False) as control:
        prefixes = json.loads(control.readline() or b"{}")
    limits = QueryLimits(options.timeout, options.result_bytes, options.memory, options.total_memory)
    try:
        publication = load_publication(options.folder)
        engine = EmbeddedEngine.load(
            publication, prefixes=prefixes, result_bytes=limits.result_bytes, public_url=options.public_url
        )
        engine.learn()  # once for all copies
    except EildError as error:
        sys.stderr.write(f"eild: {error}\n")
        return error.exit_code
    settle_down()
    serve(engine, limits, options.socket, 0, 1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
