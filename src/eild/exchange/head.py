"""What a request must be before any route sees it: one host, a framing that is understood, a body that is whole.

Granian parses the bytes of HTTP/1.1 and refuses what is no HTTP; it lets through what is well-formed and still wrong:
no or two Host fields, codings of transfer that nobody undoes, bodies that end too early. RFC 9112 and RFC 9110 say
what to answer. A body is read here, under a limit and a deadline, so that routes find it in memory.
"""

from __future__ import annotations

import io
import re
import time
from typing import TYPE_CHECKING, Any, Final

from eild.errors import (
    BodyTimeoutError,
    BodyTooLargeError,
    ExpectationError,
    HeadersTooLargeError,
    RequestError,
    UnknownMethodError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from eild.server.connections import ConnectionGuard

    class Input(Protocol):
        """The stream of a WSGI request."""

        def read(self, size: int | None = None, /) -> bytes:
            """Return so many bytes, waiting for them; fewer where the body ends or breaks.

            Without a number the whole body, or nothing where it breaks.
            """


BODY_SECONDS: Final = 10.0
"""How long a body may take to arrive."""
HEADER_BYTES: Final = 64 * 1024
"""Bytes of header fields, names and values, that are accepted."""

_FIELD: Final = "HTTP_"
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_METHOD: Final = re.compile(r"(?!CONNECT\Z)[A-Z][A-Z-]{0,19}")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._~%!$&'()*+;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_FIRST_READ: Final = 1
_LARGEST_READ: Final = 256 * 1024
_FAST_SECONDS: Final = 0.5
_SHOWN: Final = 80


def _check_host(environ: Mapping[str, Any]) -> None:
    """Check the Host field (RFC 9112, section 3.2): repeated ones arrive joined by a comma, which no host has."""
    host = environ.get("HTTP_HOST", "")
    if not host:
        if environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            raise RequestError("the request names no host", hint="HTTP/1.1 needs one Host field")
    elif not _HOST.fullmatch(host):
        raise RequestError(f"the Host field names no single host: {host[:_SHOWN]!r}", hint="send one Host field")


def _check_framing(environ: Mapping[str, Any]) -> None:
    """Check how the body is told from what follows (RFC 9112, section 6)."""
    coding = environ.get("HTTP_TRANSFER_ENCODING")
    if coding is not None and coding.strip().lower() != "chunked":
        message = f"the transfer coding {coding[:_SHOWN]!r} is not known here"
        raise UnknownMethodError(message, hint="send the body as it is, or chunked")
    if coding is not None and environ.get("CONTENT_LENGTH"):
        message = "the request has both Content-Length and Transfer-Encoding"
        raise RequestError(message, hint="send one of them")
    expected = environ.get("HTTP_EXPECT", "").strip().lower()
    if expected not in {"", "100-continue"}:
        raise ExpectationError(f"the expectation {expected[:_SHOWN]!r} is not met", hint="leave the Expect field out")


def check_request(environ: Mapping[str, Any]) -> None:
    """Check the head of a request.

    :param environ: the WSGI environment
    :raises RequestError: if it is not one that this server answers; the status is that of the error
    """
    method = environ["REQUEST_METHOD"]
    if not _METHOD.fullmatch(method):
        hint = "methods are GET, HEAD, OPTIONS and POST, in capital letters; this server is no proxy"
        raise UnknownMethodError(f"the method {method[:_SHOWN]!r} is not known here", hint=hint)
    size = sum([len(name) + len(value) for name, value in environ.items() if name[:5] == _FIELD])
    if size > HEADER_BYTES:
        message = f"the header fields have {size} bytes; the limit is {HEADER_BYTES}"
        raise HeadersTooLargeError(message, hint="send fewer or shorter fields")
    _check_host(environ)
    _check_framing(environ)


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
            message = f"the body did not arrive within {seconds:g} s: {size} bytes came"
            raise BodyTimeoutError(message, hint="send it faster, or in smaller requests")
        step = min(step * 4, _LARGEST_READ) if now - began < _FAST_SECONDS else 1
    return b"".join(parts)


def _read_chunks(stream: Input, limit: int, seconds: float, guard: ConnectionGuard | None) -> bytes:
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
        raise RequestError("the body is empty, or its chunks are broken", hint="end the body with an empty chunk")
    return body


def read_body(
    environ: Mapping[str, Any], limit: int, seconds: float = BODY_SECONDS, guard: ConnectionGuard | None = None
) -> bytes:
    """Return the whole body of a request.

    :param environ: the WSGI environment, whose head is checked
    :param limit: bytes that are accepted
    :param guard: what cuts the connections of clients that send too much or too slowly, where a server runs
    :param seconds: how long it may take to arrive
    :raises BodyTooLargeError: if it has more bytes than that, or says so
    :raises BodyTimeoutError: if it does not arrive in time
    :raises RequestError: if it ends before its length
    """
    stated = environ.get("CONTENT_LENGTH") or ""
    hint = "send less, or in several requests"
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


def prepare_request(environ: dict[str, Any], limit: int, guard: ConnectionGuard | None = None) -> None:
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
