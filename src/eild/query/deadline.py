"""The time by which a request to another server must be answered."""

from __future__ import annotations

import time


class Deadline:
    """The time at which a request times out.

    :param seconds: seconds from now
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the start of the request."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float:
        """Remaining seconds; negative if the request has timed out."""
        return self.seconds - self.elapsed
