"""Threads for what may have to wait: made when they are needed, and ended when nothing has been for a while."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE_SECONDS: Final = 30.0
"""How long a thread waits for its next task before it ends."""


class Crew:
    """Threads that do tasks, as many at the same time as there are tasks, up to a number.

    The executors of the standard library keep every thread that they ever made; a server that had two thousand slow
    clients at once would keep as many stacks.

    :param most: threads at most; more tasks wait
    :param idle: seconds that a thread waits for its next task before it ends
    """

    def __init__(self, most: int, idle: float = IDLE_SECONDS) -> None:
        self._most = most
        self._idle = idle
        self._tasks: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._waiting = 0
        self.threads = 0
        """How many threads there are."""

    def do(self, task: Callable[[], None]) -> None:
        """Have a task done by a thread that is free, or by a new one.

        :param task: called once; what it raises is reported as threads report it, and ends its thread
        """
        with self._changed:
            self._tasks.append(task)
            if self._waiting >= len(self._tasks):
                self._changed.notify()
                return
            if self.threads >= self._most:
                return
            self.threads += 1
        threading.Thread(target=self._work, name="eild-request", daemon=True).start()

    def _take(self) -> Callable[[], None] | None:
        """Return the next task; None if none has come for a while and the thread is to terminate."""
        with self._changed:
            if not self._tasks:
                self._waiting += 1
                self._changed.wait_for(lambda: bool(self._tasks), self._idle)
                self._waiting -= 1
            if self._tasks:
                return self._tasks.popleft()
            self.threads -= 1
            return None

    def _work(self) -> None:
        sound = False
        try:
            while (task := self._take()) is not None:
                task()
            sound = True
        finally:
            if not sound:
                with self._changed:
                    self.threads -= 1
