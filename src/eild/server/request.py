"""A request as it came by a connection, and what takes its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eild.exchange.answer import Answer


class Pieces(Protocol):
    """Content that comes piece by piece."""

    def pull(self, take: Callable[[bytes | None], None]) -> None:
        """Have the next piece handed over in the loop: some bytes, or None at the end.

        :param take: called once
        :raises OSError: if the content cannot be read
        """

    def close(self) -> None:
        """Give up what is left."""


class Channel(Protocol):
    """Takes the answer to the one request that it waits for; to be used in the loop."""

    @property
    def gone(self) -> bool:
        """Whether the client has disconnected."""

    @property
    def address(self) -> str:
        """The address of the client."""

    def send(self, answer: Answer, body: bytes) -> bool:
        """Send an answer; tell whether the same bytes may be sent to everyone who sends the bytes of this request.

        :param body: its content as sent, which for HEAD is none
        """

    def stream(self, status: str, fields: Sequence[tuple[str, str]], pieces: Pieces) -> None:
        """Send an answer whose content comes piece by piece."""

    def drop(self) -> None:
        """Send nothing, because the client is gone."""


class Request:
    """A request.

    :ivar environ: the head, under the names of WSGI (PEP 3333)
    :ivar body: the whole content; empty if there is none
    :ivar head: the bytes of the head if nothing else belongs to the request, otherwise empty
    :ivar channel: takes the answer
    :ivar started: when it came, by :func:`time.perf_counter`
    :ivar abandon: called if the client disconnects before it is answered
    """

    __slots__ = ("abandon", "body", "channel", "environ", "head", "started")

    def __init__(self, environ: dict[str, Any], body: bytes, head: bytes, channel: Channel, started: float) -> None:
        self.environ = environ
        self.body = body
        self.head = head
        self.channel = channel
        self.started = started
        self.abandon: Callable[[], None] | None = None
