"""One connection of a client: bytes in, requests to the desk one after the other, answers out.

Everything runs in the loop of the process. An answer that is kept for the bytes of a head is sent before anything of
it is parsed.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol

from eild.errors import RequestError
from eild.exchange.answer import REFUSAL, render_start
from eild.server.reading import RequestReader, learn_head, recall_head
from eild.server.request import Request
from eild.server.sending import Sender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.exchange.answer import Answer
    from eild.exchange.metrics import Metrics
    from eild.server.desk import Desk
    from eild.server.request import Pieces
    from eild.server.sending import Clock
    from eild.server.switchboard import Switchboard

WAIT_SECONDS: Final = 10.0
"""How long a request may take to arrive, and how long a connection may be idle."""
DISCARD_SECONDS: Final = 2.0
"""How long what a client still sends after the last answer is discarded, so that it gets to read the answer."""

_MOST_DISCARDED: Final = 32 * 1024 * 1024
_MOST_AHEAD: Final = 64 * 1024
_MOST_AT_ONCE: Final = 16
_LONGEST_KNOWN: Final = 8 * 1024
_NO_LINGER: Final = struct.pack("ii", 1, 0)
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSE: Final = b"Connection: close\r\n"
_KEEP: Final = b"Connection: keep-alive\r\n"


class Owner(Protocol):
    """What a connection belongs to: :class:`eild.server.front.Front`."""

    clock: Clock
    desk: Desk | Switchboard
    loop: asyncio.AbstractEventLoop
    metrics: Metrics
    most_body: int
    stopping: bool

    def enter(self, connection: Connection) -> None:
        """Take note of a connection."""

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""


class Connection(asyncio.Protocol):
    """A connection.

    :param front: what it belongs to
    """

    def __init__(self, front: Owner) -> None:
        self._front = front
        self._since = front.clock.now
        self._rest = b""
        self._halted = False
        self._going = False
        self._reader: RequestReader | None = None
        self._started = 0.0
        self._request: Request | None = None
        self._last = False
        self._ended = False
        self._discarded = -1
        self.gone = False

    # What the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment] # of a socket
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        self._sender = Sender(self._transport, self._front.clock, self._finish)
        self._front.enter(self)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the interface's own
        """End: nobody waits for what is not yet answered."""
        self._front.leave(self)
        self._sender.close()
        self._abandon()

    def _abandon(self) -> None:
        """Have the making of the answer ended."""
        self.gone = True
        request = self._request
        if request is not None and request.abandon is not None:
            abandon, request.abandon = request.abandon, None
            abandon()

    def eof_received(self) -> bool:
        """Take note that the client sends no more; tell whether an answer is still to be sent."""
        if self._request is not None:
            self._last = True
            self._abandon()
            return not self._transport.is_closing()
        self._ended = True
        return bool(self._rest) or self._break_off()

    def _break_off(self) -> bool:
        """Refuse a request that the client has not sent to its end; tell whether there is one."""
        reader = self._reader
        if reader is None or not reader.has_head:
            return False
        reader.break_off()
        self._ask(reader)
        return True

    def pause_writing(self) -> None:
        """Answer nothing more until the client has taken what there is."""
        self._sender.pause()

    def resume_writing(self) -> None:
        """Go on."""
        self._sender.resume()
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Take what the client has sent."""
        if self._discarded >= 0:  # a connection that is closed with bytes unread loses its last answer
            self._discarded += len(data)
            if self._discarded > _MOST_DISCARDED:
                self._cut("sends too much")
            return
        is_free = self._reader is None and self._request is None and not (self._rest or self._last)
        # An answer that is known does not say that the connection closes, as it must while the server stops.
        if is_free and not (self._sender.paused or self._front.stopping):
            kept = self._front.desk.recall(data)
            if kept is not None:
                self._since = self._front.clock.now
                self._sender.write(kept.start, kept.body)
                return
            environ = recall_head(data) if len(data) <= _LONGEST_KNOWN else None
            if environ is not None:
                self._since = self._front.clock.now
                self._request = Request(environ, b"", data, self, perf_counter())
                self._front.desk.take(self._request)
                return
        self._rest += data
        self._go_on()
        if len(self._rest) > _MOST_AHEAD and not self._halted:
            self._halted = True
            self._transport.pause_reading()

    # A request

    def _go_on(self) -> None:
        """Read what has come, request by request, as far as the answers before are sent; not too many at a time."""
        if self._going:
            return  # called by what is done here
        self._going, asked = True, 0
        while self._rest and self._request is None and self._discarded < 0 and not self._sender.paused:
            if asked == _MOST_AT_ONCE:
                self._front.loop.call_soon(self._go_on)
                break
            asked += 1
            self._read()
        self._going = False
        if self._ended and self._request is None and not (self._rest or self._break_off()):
            self._transport.close()
        if self._halted and len(self._rest) <= _MOST_AHEAD:
            self._halted = False
            self._transport.resume_reading()

    def _read(self) -> None:
        """Read a request, or a part of it."""
        data, self._rest = self._rest, b""
        reader = self._reader
        if reader is None:
            data = data.lstrip(b"\r\n")  # RFC 9112, section 2.2
            if not data:
                return
            reader = self._reader = RequestReader(self._front.most_body)
            self._started, self._since = perf_counter(), self._front.clock.now
        self._rest = reader.take(data)
        if reader.done:
            self._ask(reader)
        elif reader.waits_for_leave and not self._rest:
            self._transport.write(_CONTINUE)

    def _ask(self, reader: RequestReader) -> None:
        """Have the desk answer what was read."""
        self._reader, self._last = None, self._last or reader.last
        if reader.is_silent:
            self._transport.abort()
            return
        environ, started = reader.environ, self._started
        if not reader.has_head:  # no route can answer what is no request
            environ = {"REQUEST_METHOD": "", "PATH_INFO": "", "SERVER_PROTOCOL": "HTTP/1.1"}
            self._request = Request(environ, b"", b"", self, started)
            self._front.desk.refuse(self._request, reader.problem or RequestError("this is not HTTP"))
            return
        if reader.problem is not None:
            environ[REFUSAL] = reader.problem
        known = reader.is_whole_head and len(reader.head) <= _LONGEST_KNOWN
        head = bytes(reader.head) if known and not self._option(environ) else b""
        if head:
            learn_head(head, environ)
        self._request = Request(environ, reader.body, head, self, started)
        self._front.desk.take(self._request)

    # Its answer

    def _option(self, environ: dict[str, object]) -> bytes:
        """Return the Connection field of an answer."""
        if self._last or self._front.stopping:
            return _CLOSE
        return _KEEP if environ["SERVER_PROTOCOL"] == "HTTP/1.0" else b""

    def send(self, answer: Answer, body: bytes) -> bool:
        """Send an answer; see :meth:`eild.server.request.Channel.send`."""
        request = self._request
        if request is None or self._transport.is_closing():
            self._request = None
            return False
        self._sender.write(answer.start, body, self._option(request.environ))
        known = bool(request.head) and not self._front.stopping
        self._finish()
        return known

    def stream(self, status: str, fields: Sequence[tuple[str, str]], pieces: Pieces) -> None:
        """Send an answer piece by piece; see :meth:`eild.server.request.Channel.stream`."""
        request = self._request
        if request is None or self._transport.is_closing():
            pieces.close()
            return
        stated = next((value for name, value in fields if name.lower() == "content-length"), None)
        chunked = stated is None and request.environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        self._last = self._last or (stated is None and not chunked)
        length = None if stated is None else int(stated)
        option = self._option(request.environ)
        self._sender.stream(render_start(status, fields), pieces, length, chunked=chunked, option=option)

    def drop(self) -> None:
        """Close the connection without an answer, for nobody waits for it."""
        self._request = None
        self._transport.close()

    def _finish(self) -> None:
        """Go on to the next request, or close after the last."""
        self._request = None
        self._since = self._front.clock.now
        if not (self._last or self._front.stopping):
            if self._rest or self._halted or self._ended:
                self._go_on()
        elif self.gone or self._ended:
            self._transport.close()
        else:
            self._discarded, self._rest = 0, b""
            if self._halted:
                self._halted = False
                self._transport.resume_reading()
            self._transport.write_eof()

    # What the front calls

    def look(self, now: float) -> None:
        """Cut the connection if its client is too slow.

        :param now: seconds that never go back; asked for about once a second
        """
        if self._sender.is_stalled(now):
            self._cut("reads too slowly")
            return
        waited = now - self._since
        if self._discarded >= 0:
            if waited > DISCARD_SECONDS and self._sender.is_read():
                self._transport.close()
        elif self._request is None and waited > WAIT_SECONDS and self._sender.is_read():
            if self._reader is None:
                self._transport.close()
            else:
                self._front.metrics.report_connections("sends too slowly", 0)
                self._reader.time_out(WAIT_SECONDS)
                self._ask(self._reader)

    def stop(self, *, at_once: bool) -> None:
        """Close the connection if nothing has been asked that is not answered.

        :param at_once: whether to close it in any case
        """
        if at_once:
            self._transport.abort()
        elif self._request is None and self._reader is None and self._sender.is_read():
            self._transport.close()

    def _cut(self, reason: str) -> None:
        """End the connection at once; what waits to be sent is dropped with it."""
        self._front.metrics.report_connections(reason, 0)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()
