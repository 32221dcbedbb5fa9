"""The HTTP processes and fork servers: copies of one process that has loaded the sites, so that they share its memory.

The main process starts :class:`Nursery`, a process without threads, before it makes threads of its own. The nursery
loads the sites, forks the fork server of each and the HTTP processes, and replaces those that die. It ends them when
the main process asks for that or dies.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from eild.errors import EildError, EnvironmentFailure
from eild.process import die_with_parent, name_process
from eild.server.keeping.relay import Relays
from eild.server.mounts import find_common_settings
from eild.server.queries import HostedQueries
from eild.server.releases import count_stop_seconds
from eild.server.shares import Shares

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eild.config import Settings
    from eild.server.keeping.relay import Relay
    from eild.server.mounts import Mount
    from eild.server.queries import QueryHost
    from eild.server.shares import Share

_MARGIN_SECONDS: Final = 3.0
_TAKE_SECONDS: Final = 0.1
_LOOK_SECONDS: Final = 0.05
_REST_SECONDS: Final = 0.5
_SEPARATOR: Final = b"\n"


class Nursery:
    """The process that makes HTTP processes, as its parent sees it.

    :param mounts: the sites, without the directories that say which version is in service
    """

    def __init__(self, mounts: Sequence[Mount]) -> None:
        self._here, there = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self._here.close()
            _run_and_exit(lambda: _raise(there, mounts))
        there.close()

    def begin(self, listener: socket.socket, controls: Sequence[Path], numbers: Path) -> None:
        """Have the versions in service loaded and served.

        :param listener: the listening socket
        :param controls: for each site, the directory that says which version is in service
        :param numbers: folder in which the processes leave their numbers for each other
        """
        message = _SEPARATOR.join(map(os.fsencode, (numbers, *controls)))
        socket.send_fds(self._here, [message], [listener.fileno()])

    def host_queries(self, number: int) -> HostedQueries:
        """Return the fork server of the first version of a site, which the nursery makes when it has loaded it.

        :param number: of the site, in the order of the mounts
        """

        def stop() -> None:
            with contextlib.suppress(OSError):  # the nursery has ended, and the fork server with it
                self._here.sendall(_SEPARATOR.join([str(number).encode(), b""]))

        return HostedQueries(stop)

    def wait(self) -> int:
        """Wait until it ends, and return its exit code."""
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def stop(self) -> None:
        """Ask it to end after all requests; it may have ended."""
        self._here.close()

    def close(self) -> None:
        """End it, if it has not ended."""
        self.stop()
        if self.pid:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
            self.wait()


def _run_and_exit(run: Callable[[], int]) -> NoReturn:
    """Run what a new process does, and end the process."""
    code = 1
    try:
        code = run()
    except EildError as failure:
        sys.stderr.write(f"eild: {failure}\n")
        code = failure.exit_code
    finally:  # a copy of another process must never go on as if it were that one
        if (error := sys.exc_info()[1]) is not None:
            traceback.print_exception(error)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)


def _raise(parent: socket.socket, mounts: Sequence[Mount]) -> int:
    """Load what all HTTP processes share, and keep them running until the parent closes its socket."""
    die_with_parent()
    name_process("eild-nursery")
    for name in (signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    from eild.server import worker  # it takes a while, and the parent has things to do meanwhile

    message, descriptors, _, _ = socket.recv_fds(parent, 65536, 1)
    if not descriptors:
        return 0
    numbers, *controls = (os.fsdecode(part) for part in message.split(_SEPARATOR))
    listener = socket.socket(fileno=descriptors[0])
    listener.settimeout(0)
    served = [replace(mount, control=Path(control)) for mount, control in zip(mounts, controls, strict=True)]
    prepared = worker.prepare(served, numbers)
    run = partial(prepared.serve, listener)
    return _Litter(find_common_settings(mounts), parent, listener, run, prepared.hosts).keep()


class _Litter:
    """The HTTP processes and fork servers, as the nursery sees them.

    :param settings: what the operator decided
    :param parent: closed by the parent when they are to end; it sends the number of each fork server that is to stop
    :param listener: the listening socket, shared with the HTTP processes
    :param run: serves, in an HTTP process, which is told its share of the connections and what hands answers over
    :param hosts: the fork servers, by number of their site
    """

    def __init__(
        self,
        settings: Settings,
        parent: socket.socket,
        listener: socket.socket,
        run: Callable[[Share, Relay], int],
        hosts: Mapping[int, QueryHost],
    ) -> None:
        self._settings = settings
        self._parent = parent
        self._listener = listener
        self._run = run
        self._hosts = hosts
        self._shares = Shares(settings.workers)
        self._relays = Relays(settings.workers)
        self._pids: set[int] = set()
        self._rest_until = 0.0

    def keep(self) -> int:
        """Keep as many running as there should be, until the parent wants them to end; return the exit code."""
        wake, alarm = socket.socketpair()
        for end in (wake, alarm):
            end.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(alarm.fileno(), warn_on_full_buffer=False)
        if code := self._start_hosts():
            return code
        while True:
            if time.monotonic() >= self._rest_until:
                self._top_up()
            ready, _, _ = select.select([wake, self._parent], [], [], _LOOK_SECONDS if self._is_short else None)
            if self._parent in ready and not self._hear():
                return self._end()
            if wake in ready:
                wake.recv(4096)
            self._reap()

    def _start_hosts(self) -> int:
        """Make the fork servers, and wait until they take connections; return the exit code of one that does not."""
        for host in self._hosts.values():
            host.start(_run_and_exit)
        for host in self._hosts.values():
            if not host.await_ready():
                return os.waitstatus_to_exitcode(os.waitpid(host.pid, 0)[1]) or 1
        return 0

    @property
    def _is_short(self) -> bool:
        return len(self._pids) < self._settings.workers or any(host.is_missing for host in self._hosts.values())

    def _top_up(self) -> None:
        """Make what is missing; where the system refuses, rest a little."""
        try:
            for host in self._hosts.values():
                if host.is_missing:
                    host.start(_run_and_exit)
            while len(self._pids) < self._settings.workers:
                self._fork()
        except OSError:
            self._rest_until = time.monotonic() + _REST_SECONDS

    def _hear(self) -> bool:
        """Stop the fork servers that the parent names; return whether it goes on."""
        message = self._parent.recv(4096)
        for number in message.split():
            if host := self._hosts.get(int(number)):
                host.stop()
        return bool(message)

    def _fork(self) -> None:
        place = self._shares.find_place()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._parent.close()
            _run_and_exit(lambda: self._run(self._shares.open(place), self._relays.open(place)))
        self._pids.add(pid)
        self._shares.give(pid, place)

    def _reap(self) -> None:
        """Take note of processes that have ended; rest before they are replaced, where they may end again at once."""
        for pid in tuple(self._pids):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._pids.discard(pid)
                self._shares.take_back(pid)
                self._rest_until = time.monotonic() + _REST_SECONDS
        for host in self._hosts.values():
            if host.pid and os.waitpid(host.pid, os.WNOHANG)[0]:
                host.note_end()
                self._rest_until = time.monotonic() + _REST_SECONDS

    def _end(self) -> int:
        """Have all finish their requests, and kill those that do not."""
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)
        time.sleep(_TAKE_SECONDS)  # for connections that are being made; they are answered
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # a client that is refused can ask another server at once
        deadline = time.monotonic() + count_stop_seconds(self._settings) + _MARGIN_SECONDS
        while self._pids and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS / 5)
            self._reap()
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for host in self._hosts.values():
            host.stop()
        for host in self._hosts.values():
            host.kill()
        self._relays.close()
        return 0


def explain_end(code: int) -> EnvironmentFailure:
    """Return the failure for an end of the HTTP processes that nobody asked for."""
    message = f"the server processes terminated (exit code {code})"
    return EnvironmentFailure(message, hint="see the messages above")
