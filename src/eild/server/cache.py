"""Complete answers kept in memory: a version of the data does not change while it is served, nor do its answers.

One cache belongs to one version in one process. It forgets what was not asked for longest when it is full. Of
several equal requests at the same time one is answered, and the others wait for its answer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from eild.exchange.answer import Answer

Key = tuple[str | None, ...]
"""What answers depend on: path, parameters, and what the client accepts."""

LARGE_BYTES: Final = 64 * 1024
"""An answer that takes more is large."""

_SHARE: Final = 4
_RECENT: Final = 8192
_OVERHEAD: Final = 1024
_PER_FIELD: Final = 160


def measure(key: Key, answer: Answer) -> int:
    """Return about how many bytes of memory an answer takes together with its key."""
    texts = sum([len(part) for part in key if part]) + sum([len(value) for _, value in answer.fields])
    return _OVERHEAD + texts + _PER_FIELD * len(answer.fields) + len(answer.body or b"")


class Flight:
    """A request that is being answered, for whose answer equal ones wait."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._answer: Answer | None = None

    def land(self, answer: Answer | None) -> None:
        """Hand the answer to the requests that wait; None if it is valid for one request only."""
        self._answer = answer
        self._done.set()

    def wait(self, seconds: float) -> Answer | None:
        """Return the answer as soon as it is there; None if each request must be answered by itself."""
        self._done.wait(seconds)
        return self._answer


class AnswerCache:
    """Keeps answers by key, up to a number of bytes, of which large answers together take no more than half.

    So a few large answers never drive out many small ones.

    :param limit: maximum number of bytes of memory; 0 stores nothing
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._small: OrderedDict[Key, tuple[Answer, int]] = OrderedDict()
        self._large: OrderedDict[Key, tuple[Answer, int]] = OrderedDict()
        self._large_size = 0
        self._flights: dict[Key, Flight] = {}
        self._recent: set[int] = set()
        self._before: set[int] = set()
        self._lock = threading.Lock()
        self.size = 0
        """How many bytes are kept now."""

    @property
    def largest(self) -> int:
        """Bytes that one answer may have: one alone must not drive out all others."""
        return self._limit // _SHARE

    def get(self, key: Key) -> Answer | None:
        """Return an answer that is kept."""
        with self._lock:
            for answers in (self._small, self._large):
                found = answers.get(key)
                if found is not None:
                    answers.move_to_end(key)
                    return found[0]
            return None

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer, and forget those asked for longest ago where there are too many bytes."""
        size = measure(key, answer)
        if size > self.largest:
            return
        with self._lock:
            for answers in (self._small, self._large):
                if key in answers:
                    self._count(answers, -answers.pop(key)[1])
            kept = self._large if size > LARGE_BYTES else self._small
            kept[key] = (answer, size)
            self._count(kept, size)
            while self.size > self._limit or self._large_size > self._limit // 2:
                full = self._large if self._large_size > self._limit // 2 or not self._small else self._small
                self._count(full, -full.popitem(last=False)[1][1])

    def put_again(self, key: Key, answer: Answer) -> None:
        """Keep an answer if it was made before, not long ago: what is asked once is not worth the memory.

        For answers that cost no more to make than to keep.
        """
        mark = hash(key)
        if mark in self._recent or mark in self._before:
            self.put(key, answer)
            return
        if len(self._recent) >= _RECENT:
            self._recent, self._before = set(), self._recent
        self._recent.add(mark)

    def _count(self, answers: OrderedDict[Key, tuple[Answer, int]], change: int) -> None:
        """Note that what is kept takes more or fewer bytes."""
        self.size += change
        if answers is self._large:
            self._large_size += change

    def join(self, key: Key) -> tuple[Flight, bool]:
        """Return the flight of equal requests, and whether the caller has to answer it.

        In that case, the caller must call :meth:`leave`, whatever happens.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def leave(self, key: Key, flight: Flight, answer: Answer | None) -> None:
        """End a flight.

        :param answer: answer for the requests that wait; None if each must be answered by itself
        """
        with self._lock:
            self._flights.pop(key, None)
        flight.land(answer)
