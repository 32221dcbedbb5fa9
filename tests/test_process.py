"""Tests of what processes do with the interpreter."""

from __future__ import annotations

import gc
import os
import resource
import signal

import pytest

from eild.process import MemoryWatch, collect_rarely, kill_child, pause_collector, raise_descriptors


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


def test_memory_watch_growth_of_a_process_until_it_terminates() -> None:
    """What a process takes after the watch was made counts, and nothing once it has terminated or was never there."""
    asking, asked = os.pipe()
    telling, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(asking, 1)
        held = b"x" * (64 * 1024 * 1024)
        os.write(told, held[:1])
        os.read(asking, 1)
        os._exit(0)
    watch = MemoryWatch(pid)
    os.write(asked, b"x")
    os.read(telling, 1)
    assert 64 * 1024 * 1024 <= watch.measure() < 80 * 1024 * 1024
    os.write(asked, b"x")
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert watch.measure() == 0
    os.waitpid(pid, 0)
    assert watch.measure() == 0
    watch.close()
    assert watch.measure() == MemoryWatch(pid).measure() == 0
    for descriptor in (asking, asked, telling, told):
        os.close(descriptor)


def test_kill_child_ends_it_and_its_memory() -> None:
    """A child that computes and holds memory is terminated, and the watch says that nothing is left."""
    telling, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        held = b"x" * (64 * 1024 * 1024)
        os.write(told, held[:1])
        while True:
            pass
    watch = MemoryWatch(pid)
    os.read(telling, 1)
    kill_child(pid)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert watch.measure() == 0
    watch.close()
    os.close(telling)
    os.close(told)
