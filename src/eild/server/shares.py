"""Who of the HTTP processes has how many connections, so that each takes its share of them.

All processes wait for connections at one socket, and whichever wakes first could take all that come at the same time,
while the processor of another one idles. So a process that has more than another waits a moment before it takes one.
"""

from __future__ import annotations

import mmap
from typing import Final

_NOBODY: Final = 0xFFFFFFFF
"""The number at the place of a process that takes no connections."""
_SIZE: Final = 4


class Shares:
    """The connections of all HTTP processes, in memory that copies of this process share.

    :param processes: how many there are at most
    """

    def __init__(self, processes: int) -> None:
        self._numbers = memoryview(mmap.mmap(-1, processes * _SIZE)).cast("I")
        self._places: dict[int, int] = {}
        for place in range(processes):
            self._numbers[place] = _NOBODY

    def find_place(self) -> int:
        """Return the first place that no process has."""
        return next(place for place in range(len(self._numbers)) if place not in self._places.values())

    def give(self, pid: int, place: int) -> None:
        """Give a process a place."""
        self._places[pid] = place

    def take_back(self, pid: int) -> None:
        """Free the place of a process that has ended."""
        self._numbers[self._places.pop(pid)] = _NOBODY

    def open(self, place: int) -> Share:
        """Return what the process at a place knows of all."""
        return Share(self._numbers, place)


class Share:
    """The connections of this process beside those of the others.

    :param numbers: those of all
    :param place: the place of this process
    """

    def __init__(self, numbers: memoryview, place: int) -> None:
        self._numbers = numbers
        self._place = place

    def tell(self, number: int) -> None:
        """Tell the others how many connections this process has."""
        self._numbers[self._place] = number

    def leave(self) -> None:
        """Tell the others that this process takes no more connections."""
        self._numbers[self._place] = _NOBODY

    @property
    def is_ahead(self) -> bool:
        """Whether another process has fewer connections."""
        return self._numbers[self._place] > min(self._numbers)
