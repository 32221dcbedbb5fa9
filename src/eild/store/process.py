"""What the operating system offers to keep a process in bounds, and what it does not."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_STATM: Final = Path("/proc/self/statm")
_MEBIBYTE: Final = 1024 * 1024


def list_missing_safeguards() -> tuple[str, ...]:
    """Return, in sentences, what this operating system does not offer; nothing on Linux."""
    missing: list[str] = []
    if not sys.platform.startswith("linux"):
        missing.append("this system does not limit the memory of a query process (RLIMIT_AS)")
        missing.append("this system does not end query processes when the server is killed with SIGKILL")
    return tuple(missing)


def die_with_parent() -> None:
    """Have the kernel end this process when its parent dies, where it can (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def measure_address_space() -> int:
    """Return the bytes of address space in use, or 0 where the system does not tell."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _lower_limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def confine(memory: int) -> None:
    """Bound this process: address space, no new files or sockets, no core dumps, silence on standard error.

    :param memory: mebibytes of address space beyond what is in use now
    """
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    os.close(sink)
    _lower_limit(resource.RLIMIT_CORE, 0)
    if in_use := measure_address_space():
        _lower_limit(resource.RLIMIT_AS, in_use + memory * _MEBIBYTE)
    _lower_limit(resource.RLIMIT_NOFILE, 0)
