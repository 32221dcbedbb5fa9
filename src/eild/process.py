"""Functions of the operating system and the interpreter that limit processes, and whether they are available."""

from __future__ import annotations

import ctypes
import fcntl
import gc
import os
import resource
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

LOW_PRIORITY: Final = 10
"""Niceness of long-running work."""

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15
_PROCESS_MRELEASE: Final = 448
"""Number of the system call, the same on nearly all machines; Linux 5.15 or later."""
_STATM: Final = Path("/proc/self/statm")
_MEBIBYTE: Final = 1024 * 1024
_MOST_DESCRIPTORS: Final = 1024
_MANY_OBJECTS: Final = 100_000
"""New objects before the collector of cycles looks at them."""


def list_missing_safeguards() -> tuple[str, ...]:
    """Return a sentence for each safeguard that this operating system lacks; an empty tuple on Linux."""
    missing: list[str] = []
    if not sys.platform.startswith("linux"):
        missing.append("this system does not support memory limits for query processes (RLIMIT_AS)")
        missing.append("this system does not terminate query processes when the server is killed with SIGKILL")
        missing.append(
            "this system cannot terminate the query of a client that has disconnected before the query times out"
        )
    return tuple(missing)


@contextmanager
def pause_collector() -> Iterator[None]:
    """Keep the collector of cycles from running while many objects are made that all stay.

    It would look through all of them again and again, which took a third of the time that large data needs to load.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def collect_rarely() -> Iterator[None]:
    """Have the collector of cycles look at new objects seldom: a short run that makes few cycles is a tenth faster."""
    thresholds = gc.get_threshold()
    gc.set_threshold(_MANY_OBJECTS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def die_with_parent() -> None:
    """Have the kernel terminate this process when its parent dies (Linux only)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def name_process(name: str) -> None:
    """Give this process a name that ``ps`` and ``top`` show (Linux only).

    :param name: at most 15 characters of ASCII
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode("ascii"))


class PeerWatch:
    """Has the kernel terminate this process by SIGIO when the peer of a connection disconnects, while it watches.

    Anything that the peer sends terminates the process too, so watch only while no data is expected.

    :param connection: a connected socket
    """

    def __init__(self, connection: socket.socket) -> None:
        self._descriptor = connection.fileno()
        self._works = sys.platform.startswith("linux")
        if self._works:
            self._flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
            fcntl.fcntl(self._descriptor, fcntl.F_SETOWN, os.getpid())

    def begin(self) -> None:
        """Watch."""
        if self._works:
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, self._flags | os.O_ASYNC)

    def end(self) -> None:
        """Watch no longer."""
        if self._works:
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, self._flags & ~os.O_ASYNC)


def die_with_peer(connection: socket.socket, *, watch: bool) -> None:
    """Start or stop a :class:`PeerWatch` of a connection."""
    peer = PeerWatch(connection)
    if watch:
        peer.begin()
    else:
        peer.end()


def measure_address_space() -> int:
    """Return the address space in use, in bytes; 0 if the system does not report it."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


class MemoryWatch:
    """Measures by how much the resident memory of a process has grown since the watch was made.

    The system's report stays open, because opening it takes ten times as long as reading it.

    :param pid: its process ID
    """

    def __init__(self, pid: int) -> None:
        self._before = 0
        try:
            self._report = os.open(f"/proc/{pid}/statm", os.O_RDONLY)
        except OSError:
            self._report = -1
        self._before = self.measure()

    def measure(self) -> int:
        """Return the growth in bytes; 0 if the system does not report it or the process has terminated."""
        if self._report < 0:
            return 0
        try:
            fields = os.pread(self._report, 256, 0).split()
        except OSError:
            return 0
        return max(0, (int(fields[1]) - int(fields[2])) * resource.getpagesize() - self._before)

    def close(self) -> None:
        """Watch no longer."""
        if self._report >= 0:
            os.close(self._report)
            self._report = -1


def kill_child(pid: int) -> None:
    """Kill a child of this process and free its memory at once, where the system can.

    Otherwise a process of low priority keeps its memory until it has its turn on a processor, just to terminate: for a
    tenth of a second beside busy ones.

    :param pid: its process ID, which nobody else has until the child is waited for
    """
    os.kill(pid, signal.SIGKILL)
    if not sys.platform.startswith("linux"):
        return
    try:
        descriptor = os.pidfd_open(pid)
    except (OSError, AttributeError):  # the system or what Python was built for is older
        return
    ctypes.CDLL(None).syscall(_PROCESS_MRELEASE, descriptor, 0)
    os.close(descriptor)


def open_memory_report() -> int:
    """Return a descriptor of this process's own memory report, or -1 where the system keeps none."""
    try:
        return os.open("/proc/self/smaps_rollup", os.O_RDONLY)
    except OSError:
        return -1


def measure_private(report: int) -> int:
    """Return the memory that this process does not share, in bytes; 0 if the system does not report it.

    :param report: result of :func:`open_memory_report`
    """
    if report < 0:
        return 0
    try:
        lines = os.pread(report, 4096, 0).splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Private_"))


def lower_priority(pid: int) -> None:
    """Let other processes go before one, where it still runs and the system can."""
    try:
        os.setpriority(os.PRIO_PROCESS, pid, LOW_PRIORITY)
    except OSError:
        return  # it has ended, or is nicer already


def _lower_limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def raise_descriptors(number: int) -> int:
    """Let this process have a number of open files and sockets, where it may; return how many it may have now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return number if soft == resource.RLIM_INFINITY else soft


def bound_memory(memory: int) -> None:
    """Bound the address space of this process, and have it leave no core dump.

    :param memory: mebibytes beyond what is in use now
    """
    _lower_limit(resource.RLIMIT_CORE, 0)
    if in_use := measure_address_space():
        _lower_limit(resource.RLIMIT_AS, in_use + memory * _MEBIBYTE)


def close_descriptors(*kept: int) -> None:
    """Close all files and sockets but the standard streams and some others.

    :param kept: the descriptors that stay open; negative ones do not count
    """
    first = 3
    for descriptor in (*sorted(number for number in kept if number >= first), _MOST_DESCRIPTORS):
        os.closerange(first, descriptor)
        first = descriptor + 1


def keep_descriptors(*kept: int, more: int = 0) -> None:
    """Close all files and sockets but some, and forbid new ones; standard streams lead nowhere.

    :param kept: the descriptors that stay open, each above 2; negative ones do not count
    :param more: how many others may be open at a time
    """
    sink = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(sink, stream)
    close_descriptors(*kept)
    used, limit = {0, 1, 2, *kept}, 0
    while more:
        more -= limit not in used
        limit += 1
    _lower_limit(resource.RLIMIT_NOFILE, limit)


def is_running(pid: int) -> bool:
    """Return whether a process of this number exists, also one of another user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
