"""The body of a request, read into memory under a limit and a deadline (RFC 9112, section 6)."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from eild.errors import BodyTimeoutError, BodyTooLargeError, RequestError
from eild.exchange.head import check_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.exchange.clients import ClientGuard

BODY_SECONDS: Final = 10.0
"""How long a body may take to arrive."""

_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FIRST_READ: Final = 1
_LARGEST_READ: Final = 256 * 1024
_FAST_SECONDS: Final = 0.5


class Input(Protocol):
    """The stream of a WSGI request."""

    def read(self, size: int | None = None, /) -> bytes:
        """Return so many bytes, waiting for them; fewer where the body ends or breaks.

        Without a number, return the whole body; an empty one if it breaks.
        """


def _read(stream: Input, wanted: int, seconds: float) -> bytes:
    """Return the next bytes of a body until there are so many, it ends, or it has lasted too long.

    A read waits until it has all that it was asked for, so a client that drips is asked for little at a time.

    :raises BodyTimeoutError: if it has lasted too long
    """
    parts: list[bytes] = []
    size, step, start = 0, _FIRST_READ, time.monotonic()
    while size < wanted:
        began = time.monotonic()
        asked = min(step, wanted - size)
        part = stream.read(asked)
        now = time.monotonic()
        parts.append(part)
        size += len(part)
        if len(part) < asked:
            break
        if now - start > seconds:
            message = f"the body did not arrive within {seconds:g} s: {size} bytes received"
            raise BodyTimeoutError(message, hint="send it faster, or in smaller requests")
        step = min(step * 4, _LARGEST_READ) if now - began < _FAST_SECONDS else 1
    return b"".join(parts)


def _read_chunks(stream: Input, limit: int, seconds: float, guard: ClientGuard | None) -> bytes:
    """Return a body in chunks, of which only Granian knows where it ends, and whether it broke before.

    It tells a broken body from a whole one only where all is read at once, which has no limit and no deadline: these
    are the guard's, who cuts the connection.

    :raises RequestError: if the chunks are broken
    """
    if guard is None or not guard.works:
        return _read(stream, limit + 1, seconds)
    with guard.in_haste():
        body = stream.read()
    if not body:
        raise RequestError(
            "the body is empty or its chunked coding is invalid", hint="end the body with an empty chunk"
        )
    return body


def read_body(
    environ: Mapping[str, Any], limit: int, seconds: float = BODY_SECONDS, guard: ClientGuard | None = None
) -> bytes:
    """Return the whole body of a request.

    :param environ: the WSGI environment, whose head is checked
    :param limit: bytes that are accepted
    :param guard: what cuts the connections of clients that send too much or too slowly, if a server runs
    :param seconds: how long it may take to arrive
    :raises BodyTooLargeError: if it has more bytes than that, or says so
    :raises BodyTimeoutError: if it does not arrive in time
    :raises RequestError: if it ends before its length
    """
    stated = environ.get("CONTENT_LENGTH") or ""
    hint = "send less data, or split it into several requests"
    length = int(stated) if stated.isascii() and stated.isdigit() else None
    if length is not None and length > limit:
        raise BodyTooLargeError(f"the body is too large: {length} bytes; the limit is {limit}", hint=hint)
    if length is None and "HTTP_TRANSFER_ENCODING" not in environ:
        return b""
    stream = environ["wsgi.input"]
    body = _read_chunks(stream, limit, seconds, guard) if length is None else _read(stream, length, seconds)
    if len(body) > limit:
        raise BodyTooLargeError(f"the body is too large: more than {limit} bytes", hint=hint)
    if length is not None and len(body) < length:
        message = f"the body ended after {len(body)} of {length} bytes"
        raise RequestError(message, hint="send as many bytes as Content-Length says")
    return body


def prepare_request(environ: dict[str, Any], limit: int, guard: ClientGuard | None = None) -> None:
    """Check a request and put its whole body into memory, where routes read it.

    :param environ: the WSGI environment; its stream is replaced
    :param limit: bytes of a body that are accepted
    :param guard: see :func:`read_body`
    :raises RequestError: if the request is not one that this server answers
    """
    check_request(environ)
    if environ["REQUEST_METHOD"] not in _WITHOUT_BODY:
        body = read_body(environ, limit, guard=guard)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
