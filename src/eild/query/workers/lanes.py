"""Who may run now: a lane for short queries and one for long ones, each a number of slots and those who wait for one.

Nothing here waits or locks: whoever uses lanes from several threads holds a lock of its own.
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
        """Who waits for a slot, the first in line first."""

    def take(self) -> bool:
        """Take a slot if one is free, and tell whether there was one."""
        if self.running >= self._slots:
            return False
        self.running += 1
        return True

    def release(self) -> T | None:
        """Give a slot back; return who was first in line and has the slot now, or nothing if nobody waited.

        :raises ValueError: if nobody had taken a slot
        """
        if not self.running:
            message = "a slot was released that was not in use"
            raise ValueError(message)
        if self.waiting:
            return self.waiting.popleft()
        self.running -= 1
        return None
