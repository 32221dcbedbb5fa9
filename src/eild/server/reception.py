"""A request and its answer, which may come after the thread that took the request has gone on to others.

Granian calls an application with the protocol of a request, and takes the answer whenever the protocol is told, by
whatever thread. So what needs no waiting is answered at once, by one thread at a time, and the rest is handed over.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from granian.wsgi import ResponseIterWrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from eild.server.crew import Crew

_FAILED: Final = 500


class ServerProtocol(Protocol):
    """What Granian takes an answer by; only the first counts."""

    def response_bytes(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        """Answer with a whole content."""

    def response_iter(self, status: int, headers: Sequence[tuple[str, str]], body: object) -> None:
        """Answer with content that comes piece by piece; returns when all of it is sent."""


class Exchange:
    """A request that is to be answered.

    :param protocol: what takes the answer
    :param environ: the WSGI environment of the request
    :param crew: the threads for what may have to wait
    """

    __slots__ = ("_crew", "_protocol", "environ")

    def __init__(self, protocol: ServerProtocol, environ: WSGIEnvironment, crew: Crew) -> None:
        self._protocol = protocol
        self._crew = crew
        self.environ = environ

    def send(self, status: str, fields: Sequence[tuple[str, str]], body: bytes) -> None:
        """Answer; from any thread.

        :param status: status code and reason
        """
        self._protocol.response_bytes(int(status[:3]), fields, body)

    def defer(self, application: WSGIApplication) -> None:
        """Have a WSGI application answer, in a thread that may wait."""
        self._crew.do(partial(self.answer, application))

    def answer(self, application: WSGIApplication) -> None:
        """Answer by a WSGI application in this thread, and with 500 where it fails before it has begun to answer."""
        begun: list[tuple[int, Sequence[tuple[str, str]]]] = []

        def start(status: str, fields: Sequence[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
            begun.append((int(status[:3]), fields))
            return _write

        try:
            content = application(self.environ, start)
            if isinstance(content, list):
                self._protocol.response_bytes(*begun[-1], b"".join(content))
            else:
                self._protocol.response_iter(*begun[-1], ResponseIterWrap(content))  # type: ignore[no-untyped-call]
        finally:
            self._protocol.response_bytes(_FAILED, [], b"")  # counts only where there is no answer yet


def _write(_: bytes) -> None:
    message = "answers are returned here, not written"
    raise NotImplementedError(message)


def make_environment() -> dict[str, Any]:
    """Return what the WSGI environments of all requests have in common (PEP 3333)."""
    return {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SCRIPT_NAME": "",
        "SERVER_SOFTWARE": "Granian",
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multiprocess": True,
        "wsgi.multithread": True,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    }


class Reception:
    """What Granian calls with each request, from threads of its own.

    Of these one at a time answers what has come, and the others only leave their request to it: threads that compete
    for the interpreter's lock cost more than most answers. A body can only be read before the call returns, so a
    request with one is answered by the thread that brings it.

    :param receive: answers an exchange or hands it over, without waiting
    :param application: answers a request with a body, by WSGI
    :param crew: the threads for what may have to wait
    """

    def __init__(self, receive: Callable[[Exchange], None], application: WSGIApplication, crew: Crew) -> None:
        self._receive = receive
        self._application = application
        self._crew = crew
        self._common = make_environment()
        self._arrived: deque[Exchange] = deque()
        self._turn = threading.Lock()

    def __call__(self, protocol: ServerProtocol, scope: dict[str, Any]) -> None:
        """Take a request."""
        exchange = Exchange(protocol, self._common | scope, self._crew)
        if "CONTENT_LENGTH" in scope or "HTTP_TRANSFER_ENCODING" in scope:
            exchange.answer(self._application)
            return
        self._arrived.append(exchange)
        while self._arrived and self._turn.acquire(blocking=False):
            try:
                self._receive_all()
            finally:
                self._turn.release()

    def _receive_all(self) -> None:
        """Receive all that has come; one that fails is answered with 500 and takes no other with it."""
        while self._arrived:
            exchange, done = self._arrived.popleft(), False
            try:
                self._receive(exchange)
                done = True
            finally:
                if not done:
                    exchange.send("500 INTERNAL SERVER ERROR", [], b"")
