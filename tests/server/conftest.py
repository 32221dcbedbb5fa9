"""What the tests of the server share: a desk behind a real socket, and a client that shows all of an answer."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.server.front import Front
from eild.server.shares import Shares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eild.server.desk import Desk

    Make = Callable[[Front], Desk]

OF_CONNECTIONS = {"date", "connection"}
"""Fields that a connection adds to an answer."""


@dataclass(frozen=True)
class Found:
    """An answer as it came.

    :ivar status: its status code and reason
    :ivar headers: its fields, but for those that the connection adds, sorted
    :ivar data: its content
    """

    status: str
    headers: list[tuple[str, str]]
    data: bytes

    @property
    def status_code(self) -> int:
        """The status code."""
        return int(self.status[:3])

    def find(self, name: str) -> str | None:
        """Return the value of a field."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Client:
    """Asks a server, each time by a connection of its own.

    :param port: where it listens
    """

    def __init__(self, port: int) -> None:
        self.port = port

    def open(
        self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", data: bytes | None = None
    ) -> Found:
        """Return the answer to a request with exactly these fields, and a Host where they have none."""
        fields = {"Host": "localhost", **(headers or {})}
        if data is not None:
            fields["Content-Length"] = str(len(data))
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in fields.items():
                connection.putheader(name, value)
            connection.endheaders(data)
            answer = connection.getresponse()
            shown = sorted((name, value) for name, value in answer.getheaders() if name.lower() not in OF_CONNECTIONS)
            return Found(f"{answer.status} {answer.reason}", shown, answer.read())


@contextlib.contextmanager
def serve(make: Make, metrics: Metrics | None = None) -> Iterator[Client]:
    """Run a desk behind a socket, in a thread that has its loop.

    :param make: makes the desk for a front
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        front = Front(listener, Shares(1).open(0), metrics or Metrics(), 1_000_000)
        stopped = front.start(make(front))
        thread = threading.Thread(target=front.loop.run_until_complete, args=(stopped,))
        thread.start()
        try:
            yield Client(listener.getsockname()[1])
        finally:
            front.loop.call_soon_threadsafe(front.stop, 10)
            thread.join(30)
            front.close()


@pytest.fixture
def run() -> Iterator[Callable[..., Client]]:
    """Return a function that runs a desk until the test ends; see :func:`serve`."""
    with contextlib.ExitStack() as stack:
        yield lambda make, metrics=None: stack.enter_context(serve(make, metrics))


@pytest.fixture
def accounts() -> Accounts:
    """Return what counts answers."""
    return Accounts(Metrics())
