"""Who may run now: a lane for short queries, one for long ones, and a bounded number that wait for a place."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, Self

from eild.errors import BusyError, ClientGoneError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

TICK_SECONDS: Final = 0.25
"""How often somebody who waits looks whether that is still of use."""


class Queue:
    """A bounded number of places to wait in, shared by lanes.

    :param places: how many may wait at the same time
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._lock = threading.Lock()
        self.waiting = 0
        """How many wait now."""

    def __enter__(self) -> Self:
        """Take a place.

        :raises BusyError: if there is none
        """
        with self._lock:
            if self.waiting >= self._places:
                message = f"too many queries are waiting already: {self.waiting}"
                raise BusyError(message, hint="try again in a few seconds")
            self.waiting += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Leave the place."""
        with self._lock:
            self.waiting -= 1


class Lane:
    """A number of slots, each for one running query.

    :param slots: how many
    :param queue: where those who find no slot wait
    """

    def __init__(self, slots: int, queue: Queue) -> None:
        self._slots = slots
        self._queue = queue
        self._lock = threading.Lock()
        self._freed = threading.Condition(self._lock)
        self._hopeful = 0
        self.running = 0
        """How many slots are taken now."""

    def take(self) -> bool:
        """Take a slot if one is free, and tell whether there was one."""
        with self._lock:
            return self._take()

    def _take(self) -> bool:
        """Take a slot if one is free; the caller holds the lock."""
        if self.running >= self._slots:
            return False
        self.running += 1
        return True

    def _wait_for_slot(self, seconds: float) -> bool:
        """Take a slot that becomes free within some time, and tell whether one did."""
        with self._lock:
            self._hopeful += 1
            try:
                return self._freed.wait_for(self._take, seconds)
            finally:
                self._hopeful -= 1

    def wait(self, until: float, is_abandoned: Callable[[], bool] | None) -> None:
        """Take a slot as soon as one is free.

        :param until: when to give up, on the monotonic clock
        :param is_abandoned: tells whether the slot is of no use any more
        :raises BusyError: if none became free, or too many wait already
        :raises ClientGoneError: if it is of no use any more
        """
        if self.take():
            return
        with self._queue:
            while (left := until - time.monotonic()) > 0:
                if self._wait_for_slot(min(left, TICK_SECONDS)):
                    return
                if is_abandoned and is_abandoned():
                    raise ClientGoneError("the client went away while its query was waiting")
        raise BusyError("every query process is busy", hint="try again in a few seconds")

    def release(self) -> None:
        """Give a slot back."""
        with self._lock:
            if not self.running:
                message = "a slot was given back that nobody had taken"
                raise ValueError(message)
            self.running -= 1
            if self._hopeful:
                self._freed.notify()


class Place:
    """At most one slot in one of several lanes; a context that gives back what it holds."""

    def __init__(self) -> None:
        self._lane: Lane | None = None

    def is_in(self, lane: Lane) -> bool:
        """Tell whether the slot is one of a lane."""
        return self._lane is lane

    def enter(self, lane: Lane, until: float, is_abandoned: Callable[[], bool] | None = None) -> None:
        """Give back the slot held, and take one of a lane; see :meth:`Lane.wait`.

        :raises BusyError: if none became free, or too many wait already
        :raises ClientGoneError: if it is of no use any more
        """
        self.leave()
        lane.wait(until, is_abandoned)
        self._lane = lane

    def change_to(self, lane: Lane) -> bool:
        """Exchange the slot held for one of another lane if one is free, and tell whether there was one."""
        if not lane.take():
            return False
        self.leave()
        self._lane = lane
        return True

    def leave(self) -> None:
        """Give back the slot held."""
        lane, self._lane = self._lane, None
        if lane:
            lane.release()

    def __enter__(self) -> Self:
        """Return the place itself, which holds nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Give back the slot held."""
        self.leave()
