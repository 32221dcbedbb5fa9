"""Sending answers by a connection, whole or piece by piece, and whether the client takes them."""

from __future__ import annotations

import fcntl
import struct
import termios
from time import time
from typing import TYPE_CHECKING, Final

from werkzeug.http import http_date

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from eild.server.request import Pieces

STALL_SECONDS: Final = 15.0
"""Over how long the pace of a reader is measured."""
SLOWEST_BYTES: Final = 1024
"""Bytes per second that a client must take of an answer that waits for it."""

_APART_BYTES: Final = 64 * 1024
_COUNT: Final = struct.Struct("i")


class Clock:
    """The Date field of answers and a time for comparisons, both as of the last tick of the loop's clock.

    :ivar now: seconds that never go back
    :ivar date: the field and the end of the head
    """

    def __init__(self, now: float) -> None:
        self.now = now
        self.date = b""
        self.tick(now)

    def tick(self, now: float) -> None:
        """Take note of the time.

        :param now: seconds that never go back
        """
        self.now = now
        self.date = f"Date: {http_date(time())}\r\n\r\n".encode("ascii")


def count_unread(descriptor: int) -> int:
    """Return how many bytes the system has taken of what was sent and the peer has not; 0 if it does not tell."""
    try:
        found: int = _COUNT.unpack(fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(_COUNT.size)))[0]
    except OSError:
        return 0
    return found


class Sender:
    """Sends the answers of a connection, one after the other.

    :param transport: the connection
    :param clock: the server's clock
    :param finished: called when an answer has been handed to the transport
    """

    def __init__(self, transport: asyncio.Transport, clock: Clock, finished: Callable[[], None]) -> None:
        self._transport = transport
        self._clock = clock
        self._finished = finished
        self._descriptor: int = transport.get_extra_info("socket").fileno()
        self._sent = 0
        self._all_read = True
        self._pace: tuple[float, int] | None = None
        self._pieces: Pieces | None = None
        self._left: int | None = None
        self._chunked = False
        self._pulling = False
        self.paused = False
        """Whether the client has to take something before more is sent."""

    def write(self, start: bytes, body: bytes, option: bytes = b"") -> None:
        """Send a whole answer.

        :param start: see :func:`eild.exchange.answer.render_start`
        :param option: a further field, with the end of its line
        """
        head = start + option + self._clock.date
        self._sent += len(head) + len(body)
        self._all_read = False
        if len(body) < _APART_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)

    def stream(self, start: bytes, pieces: Pieces, length: int | None, *, chunked: bool, option: bytes = b"") -> None:
        """Send an answer whose content comes piece by piece.

        :param length: bytes of the content; None if nobody knows
        :param chunked: whether each piece is sent as a chunk
        """
        self._pieces, self._left, self._chunked = pieces, length, chunked
        self.write(start, b"", option + (b"Transfer-Encoding: chunked\r\n" if chunked else b""))
        self._pull()

    def pause(self) -> None:
        """Send no further piece."""
        self.paused = True

    def resume(self) -> None:
        """Go on."""
        self.paused = False
        if self._pieces is not None and not self._pulling:
            self._pull()

    def _pull(self) -> None:
        pieces = self._pieces
        if pieces is None:
            return
        self._pulling = True
        try:
            pieces.pull(self._take)
        except OSError:
            self._transport.abort()

    def _take(self, piece: bytes | None) -> None:
        """Send a piece and have the next one made as soon as the client has room for it."""
        self._pulling = False
        if self._transport.is_closing():
            self.close()
        elif piece is None:
            self._end()
        else:
            if self._left is not None:
                self._left -= len(piece)
            sent = b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked and piece else piece
            self._sent += len(sent)
            self._transport.write(sent)
            if not self.paused:
                self._pull()

    def _end(self) -> None:
        """End content; where it is shorter or longer than announced, the connection breaks."""
        self.close()
        if self._left:
            self._transport.abort()
            return
        if self._chunked:
            self._transport.write(b"0\r\n\r\n")
        self._finished()

    def close(self) -> None:
        """Give up what is left of an answer."""
        if self._pieces is not None and not self._pulling:
            pieces, self._pieces = self._pieces, None
            pieces.close()

    def is_read(self) -> bool:
        """Return whether the client has taken all that was sent."""
        if not self._all_read:
            self._all_read = not self._transport.get_write_buffer_size() and not count_unread(self._descriptor)
        return self._all_read

    def is_stalled(self, now: float) -> bool:
        """Return whether the client takes what was sent too slowly.

        :param now: seconds that never go back; asked for about once a second
        """
        if self.is_read():
            self._pace = None
            return False
        read = self._sent - self._transport.get_write_buffer_size() - count_unread(self._descriptor)
        since, before = self._pace = self._pace or (now, read)
        if now - since < STALL_SECONDS:
            return False
        self._pace = (now, read)
        return read - before < SLOWEST_BYTES * (now - since)
