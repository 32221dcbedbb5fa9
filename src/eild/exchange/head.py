"""What the header section of a request must be before any route sees it: one host, and a framing that is understood.

The parser of the server refuses what is no HTTP. It lets through what is well-formed and still wrong:
no or two Host fields, transfer codings that this server does not decode. RFC 9112 and RFC 9110 say what to answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from eild.errors import ExpectationError, HeadersTooLargeError, RequestError, UnknownMethodError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

HEADER_BYTES: Final = 64 * 1024
"""Bytes of header fields, names and values, that are accepted."""

_SOUND: Final = "eild.sound"
_FIELD: Final = "HTTP_"
_METHOD: Final = re.compile(r"(?!CONNECT\Z)[A-Z][A-Z-]{0,19}")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._~%!$&'()*+;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_SHOWN: Final = 80


def _check_host(environ: Mapping[str, Any]) -> None:
    """Check the Host field (RFC 9112, section 3.2): repeated ones arrive joined by a comma, which no host has."""
    host = environ.get("HTTP_HOST", "")
    if not host:
        if environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            raise RequestError("the request has no Host field", hint="HTTP/1.1 requires one Host field")
    elif not _HOST.fullmatch(host):
        raise RequestError(f"the Host field must name a single host, not {host[:_SHOWN]!r}", hint="send one Host field")


def _check_framing(environ: Mapping[str, Any]) -> None:
    """Check how the body is told from what follows (RFC 9112, section 6)."""
    coding = environ.get("HTTP_TRANSFER_ENCODING")
    if coding is not None and coding.strip().lower() != "chunked":
        message = f"unknown transfer coding {coding[:_SHOWN]!r}"
        raise UnknownMethodError(message, hint="send the body unencoded or chunked")
    if coding is not None and environ.get("CONTENT_LENGTH"):
        message = "the request has both Content-Length and Transfer-Encoding"
        raise RequestError(message, hint="send only one of them")
    expected = environ.get("HTTP_EXPECT", "").strip().lower()
    if expected not in {"", "100-continue"}:
        raise ExpectationError(f"the expectation {expected[:_SHOWN]!r} cannot be met", hint="omit the Expect field")


def check_request(environ: MutableMapping[str, Any]) -> None:
    """Check the header section of a request; once, however many layers ask.

    :param environ: the WSGI environment
    :raises RequestError: if the request is not one that this server answers; the status is that of the error
    """
    if _SOUND in environ:
        return
    method = environ["REQUEST_METHOD"]
    if not _METHOD.fullmatch(method):
        hint = "use GET, HEAD, OPTIONS or POST in uppercase; this server is not a proxy"
        raise UnknownMethodError(f"unknown method {method[:_SHOWN]!r}", hint=hint)
    size = sum([len(name) + len(value) for name, value in environ.items() if name[:5] == _FIELD])
    if size > HEADER_BYTES:
        message = f"the header fields have {size} bytes; the limit is {HEADER_BYTES}"
        raise HeadersTooLargeError(message, hint="send fewer or shorter fields")
    _check_host(environ)
    _check_framing(environ)
    environ[_SOUND] = True
