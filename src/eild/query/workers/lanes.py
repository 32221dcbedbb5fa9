"""Lanes for short and for long queries, each with a number of slots and a queue.

Lanes do not block and do not lock: callers with several threads need their own lock.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Lane(Generic[T]):
    """A number of slots, each for one running query, and the queries that wait for a slot in the order they came.

    :param slots: how many
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self.running = 0
        """How many slots are taken now."""
        self.waiting: deque[T] = deque()
        """Queue for a slot, in order of arrival."""

    def take(self) -> bool:
        """Take a slot if one is free, and return whether there was one."""
        if self.running >= self._slots:
            return False
        self.running += 1
        return True

    def release(self) -> T | None:
        """Release a slot, and return the first in the queue, which now has it; None if the queue is empty.

        :raises ValueError: if nobody had taken a slot
        """
        if not self.running:
            message = "a slot was released that was not in use"
            raise ValueError(message)
        if self.waiting:
            return self.waiting.popleft()
        self.running -= 1
        return None
