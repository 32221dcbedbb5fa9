"""Tests of the threads for what may have to wait."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from eild.server.crew import Crew

if TYPE_CHECKING:
    import pytest


def await_threads(crew: Crew, number: int) -> None:
    """Wait until there are so many threads."""
    deadline = time.monotonic() + 10
    while crew.threads != number and time.monotonic() < deadline:
        time.sleep(0.01)
    assert crew.threads == number


def test_do_many_that_wait_each_has_a_thread_and_they_end() -> None:
    """Tasks that wait for each other are all done; the threads end when nothing has come for a while."""
    crew = Crew(20, idle=0.2)
    together = threading.Barrier(20)
    done = threading.Semaphore(0)

    def task() -> None:
        together.wait(10)
        done.release()

    for _ in range(20):
        crew.do(task)
    assert all(done.acquire(timeout=10) for _ in range(20))
    await_threads(crew, 0)
    crew.do(done.release)
    assert done.acquire(timeout=10)


def test_do_one_after_the_other_the_same_thread() -> None:
    """A thread that is free is used again."""
    crew = Crew(20)
    names = []
    for _ in range(5):
        done = threading.Event()

        def task(done: threading.Event = done) -> None:
            names.append(threading.get_ident())
            done.set()

        crew.do(task)
        assert done.wait(10)
        time.sleep(0.05)  # until the thread waits again
    assert len(set(names)) == 1
    assert crew.threads == 1


def test_do_more_than_threads_waits_for_one() -> None:
    """Where there are as many threads as there may be, tasks wait, and none is lost."""
    crew = Crew(2, idle=0.1)
    done = threading.Semaphore(0)
    let = threading.Event()

    def task() -> None:
        let.wait(10)
        done.release()

    for _ in range(9):
        crew.do(task)
    assert crew.threads == 2
    let.set()
    assert all(done.acquire(timeout=10) for _ in range(9))
    await_threads(crew, 0)


def test_do_task_fails_the_next_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that fails is reported and takes its thread with it, and no other task."""
    told = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: told.set())
    crew = Crew(1, idle=0.1)

    def fail() -> None:
        raise ValueError

    crew.do(fail)
    assert told.wait(10)
    await_threads(crew, 0)
    done = threading.Event()
    crew.do(done.set)
    assert done.wait(10)
