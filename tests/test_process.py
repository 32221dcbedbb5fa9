"""Tests of what processes do with the interpreter."""

from __future__ import annotations

import gc
import os
import resource

import pytest

from eild.process import collect_rarely, pause_collector, raise_descriptors


def test_pause_collector_restored_whatever_happens() -> None:
    """The collector of cycles runs again afterwards, also after an error, but not if it was off before."""
    assert gc.isenabled()
    states = []

    @pause_collector()
    def fail() -> None:
        with pause_collector():
            states.append(gc.isenabled())
        states.append(gc.isenabled())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert states == [False, False]
    assert gc.isenabled()


def test_collect_rarely_restores_the_thresholds() -> None:
    """The collector looks at new objects as often as before afterwards."""
    before = gc.get_threshold()
    with collect_rarely():
        assert gc.get_threshold() == (100_000, *before[1:])
    assert gc.get_threshold() == before


def test_raise_descriptors_as_far_as_allowed() -> None:
    """A process may have as many open files as it asks for, up to what the system allows."""
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
        found = raise_descriptors(50), raise_descriptors(150), raise_descriptors(300)
        os._exit(0 if found == (100, 150, 200) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
