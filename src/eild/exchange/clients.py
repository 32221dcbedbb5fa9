"""Interface of the guard that watches client connections, for code that handles requests without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class ClientGuard(Protocol):
    """Watches the connections of clients, and closes those of clients that are too slow or send too much."""

    @property
    def works(self) -> bool:
        """Whether the operating system reports what the guard needs."""

    def in_haste(self) -> AbstractContextManager[None]:
        """Return a context in which connections are checked more often, because a body is read without a limit."""

    def is_gone(self, address: str, since: float) -> bool:
        """Return whether the client of a request that is not yet answered has certainly disconnected.

        :param address: address of the client
        :param since: time of the request, by :func:`time.monotonic`
        """
