"""Memory that goes back to the operating system when a spell of large answers is over.

The allocator of glibc keeps an arena for each of many threads and raises the size from which it takes memory of its
own for a block: after some hundred large answers a process held three times what it needed. With few arenas, a fixed
size and a trim now and then it does not. Other allocators are left as they are.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import threading
import time
from typing import Final

ARENAS: Final = 2
"""Arenas of a process."""
LARGE_BYTES: Final = 256 * 1024
"""Blocks from this size on are taken from the system, and go back to it, one by one."""
THRESHOLDS: Final = (20_000, 20, 20)
"""New objects before the collector of cycles looks at them, and how many looks before it looks at older ones."""
TRIM_SECONDS: Final = 10.0
"""How often free memory is given back."""

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8


def limit_arenas() -> bool:
    """Have this process hold little free memory from now on; tell whether its allocator can (glibc)."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    with contextlib.suppress(AttributeError):
        options = ((_M_ARENA_MAX, ARENAS), (_M_MMAP_THRESHOLD, LARGE_BYTES), (_M_TRIM_THRESHOLD, LARGE_BYTES))
        return all(library.mallopt(option, value) == 1 for option, value in options)
    return False


def give_back() -> None:
    """Give free memory back to the operating system, where the allocator can."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _keep_giving_back() -> None:
    while True:
        time.sleep(TRIM_SECONDS)
        give_back()


def settle_down() -> None:
    """Have the collector of cycles pass over all that there is now, and look at what is new less often.

    What a version consists of stays as long as it is served; looking through it again and again took a fifth of the
    time of a small query. Copies of this process need not touch, and so not duplicate, its pages then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    give_back()


def keep_small() -> None:
    """Have this process give back what it does not need, from a thread, as long as it runs."""
    if limit_arenas():
        threading.Thread(target=_keep_giving_back, name="eild-memory", daemon=True).start()
