"""Tests of how memory goes back to the operating system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from eild.memory import give_back

FRAGMENTS = """
import resource, threading
from pathlib import Path
from eild.memory import give_back, limit_arenas

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

assert limit_arenas()
before = resident()
kept = []

def work():
    for _ in range(20):
        blocks = [bytearray(200_000) for _ in range(50)]
        kept.append(bytearray(1000))

threads = [threading.Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
give_back()
assert resident() - before < 40_000_000, resident() - before
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has glibc")
def test_limit_arenas_many_threads_little_is_kept() -> None:
    """After many threads have held much at once, next to nothing of it is kept."""
    done = subprocess.run([sys.executable, "-c", FRAGMENTS], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_give_back_any_allocator_harmless() -> None:
    """Giving back is safe at any time."""
    give_back()
