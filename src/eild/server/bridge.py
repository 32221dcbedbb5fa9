"""The application beside the loop: a few threads in which it may wait and compute, and its answers back in the loop."""

from __future__ import annotations

import contextlib
import io
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from eild.exchange.answer import IS_GONE, NOTE, STARTED, Answer, Note

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIApplication

    from eild.server.request import Request

THREADS: Final = 64
"""How many requests the application answers at the same time; they are more than may wait for a query."""

COMMON: Final[dict[str, Any]] = {
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_SOFTWARE": "EILD",
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.url_scheme": "http",
    "wsgi.version": (1, 0),
}
"""The part of an environment of WSGI (PEP 3333) that is the same for all requests."""

_BODILESS: Final = frozenset({"204", "304"})


class Streamed:
    """Content of the application that is sent piece by piece; a thread is busy only while it makes a piece.

    :param bridge: has pieces made
    :param content: the content
    """

    def __init__(self, bridge: Bridge, content: Iterable[bytes]) -> None:
        self._bridge = bridge
        self._content = content
        self._pieces = iter(content)

    def pull(self, take: Callable[[bytes | None], None]) -> None:
        """Hand the next piece over; see :meth:`eild.server.request.Pieces.pull`."""
        self._bridge.run(lambda: next((piece for piece in self._pieces if piece), None), take)

    def close(self) -> None:
        """Close the content."""
        close = getattr(self._content, "close", None)
        if close is not None:
            self._bridge.run(close, lambda _: None)


class Reply:
    """What the application has answered.

    :ivar status: status code and reason
    :ivar fields: header fields
    :ivar body: the whole content; None if it comes piece by piece
    :ivar content: what is left of it then
    :ivar note: what the application said of it
    """

    def __init__(self) -> None:
        self.status = ""
        self.fields: list[tuple[str, str]] = []
        self.body: bytes | None = None
        self.content: Iterable[bytes] = ()
        self.note: Note | None = None
        self._written: list[bytes] = []

    def start(self, status: str, fields: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        """Take status and fields, as ``start_response`` of WSGI; the connection is none of an application's."""
        self.status, self.fields = status, [pair for pair in fields if pair[0].lower() != "connection"]
        return self._written.append

    def find_length(self) -> int | None:
        """Return the stated length of the content."""
        stated = next((value for name, value in self.fields if name.lower() == "content-length"), "")
        return int(stated) if stated.isdigit() else None

    def take(self, content: Iterable[bytes], most: int, *, bodiless: bool) -> None:
        """Take the content: join it where it is not long, and nobody has to guess that.

        :param bodiless: whether no content is sent, whatever its length is said to be
        """
        length = self.find_length()
        bodiless = bodiless or self.status[:3] in _BODILESS
        is_short = length is not None and length <= most
        if not (self._written or is_short or bodiless or isinstance(content, list)):
            self.content = content
            return
        try:
            self.body = b"".join([*self._written, *content])
        finally:
            close = getattr(content, "close", None)
            if close is not None:
                close()
        if length is None and not bodiless:
            self.fields = [*self.fields, ("Content-Length", str(len(self.body)))]

    def make_answer(self) -> Answer | None:
        """Return the answer; None if it comes piece by piece.

        Of one that the client has already, only the tag is known.
        """
        if self.body is None:
            return None
        body = None if self.status.startswith("304") else self.body
        return Answer(self.status, self.fields, body, self.note or Note("none", "ok"))


class Bridge:
    """Runs a WSGI application in threads of its own.

    :param loop: the loop in which all requests come and all answers leave
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._threads = ThreadPoolExecutor(THREADS, "eild-request")

    def run(self, step: Callable[[], Any], take: Callable[[Any], None]) -> None:
        """Do something that may wait, in a thread.

        :param take: called in the loop with the result; with None if the step fails, which is reported
        """

        def do() -> None:
            result = None
            try:
                result = step()
            finally:
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    self._loop.call_soon_threadsafe(take, result)

        self._threads.submit(do).add_done_callback(_report)

    def answer(
        self, application: WSGIApplication, request: Request, most: int, take: Callable[[Reply | None], None]
    ) -> None:
        """Have a request answered.

        :param most: bytes of content up to which it is joined
        :param take: called in the loop with the answer; None if the application fails
        """
        channel = request.channel
        environ = {
            **COMMON,
            **request.environ,
            "CONTENT_LENGTH": str(len(request.body)) if request.body else "",
            "REMOTE_ADDR": channel.address,
            "wsgi.errors": sys.stderr,
            "wsgi.input": io.BytesIO(request.body),
            STARTED: request.started,
            IS_GONE: lambda: channel.gone,
        }
        environ.pop("HTTP_TRANSFER_ENCODING", None)

        def run() -> Reply:
            reply = Reply()
            bodiless = environ["REQUEST_METHOD"] == "HEAD"
            reply.take(application(environ, reply.start), most, bodiless=bodiless)
            reply.note = environ.get(NOTE)
            return reply

        self.run(run, take)

    def stream(self, content: Iterable[bytes]) -> Streamed:
        """Return the rest of an answer piece by piece."""
        return Streamed(self, content)

    def close(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _report(done: Any) -> None:  # noqa: ANN401 - a future of any result
    """Report the failure of a step on standard error, as threads report theirs."""
    error = None if done.cancelled() else done.exception()
    if error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
