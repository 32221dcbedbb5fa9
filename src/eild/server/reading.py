"""Reading one request from the bytes of a connection.

The bytes of HTTP/1.1 are parsed by llhttp (httptools). What it lets through and this server does not understand is
found here or by :mod:`eild.exchange.head`.
"""

from __future__ import annotations

import re
import string
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from eild.errors import (
    BodyTimeoutError,
    BodyTooLargeError,
    HeadersTooLargeError,
    RequestError,
    UnknownMethodError,
    UriTooLongError,
)
from eild.exchange.answer import ALONE
from eild.exchange.head import HEADER_BYTES, check_request

_MOST_HEAD: Final = 256 * 1024
_MOST_LINE: Final = 64 * 1024
_MOST_FIELDS: Final = 100
_MOST_NAMES: Final = 256
_END: Final = b"\r\n\r\n"
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: |\Z)")
_FOLDED: Final = re.compile(rb"\n[ \t]")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
_PREFACE: Final = b"PRI * HTTP/2"
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_UNPREFIXED: Final = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
_LEAST_HINT: Final = "send less data, or split it into several requests"

_QUERY: Final = b"GET /sparql?query="
_PARAMETERS: Final = len(b"GET /sparql?")
_VERSION: Final = b" HTTP/1.1\r\n"
_PLAIN: Final = f"{string.ascii_letters}{string.digits}._~%+*-".encode()
_MOST_FIELD_BYTES: Final = 2048
_MOST_SECTIONS: Final = 256

_names: dict[bytes, str] = {}
_sections: dict[bytes, dict[str, Any]] = {}


def name_field(name: bytes) -> str:
    """Return the name of a header field in a WSGI environment; empty for one that could be taken for another there."""
    found = _names.get(name)
    if found is None:
        plain = name.decode("latin-1").upper()
        found = "" if "_" in plain else plain.replace("-", "_")
        found = found if found in _UNPREFIXED or not found else f"HTTP_{found}"
        if len(_names) < _MOST_NAMES:
            _names[name] = found
    return found


def recall_head(data: bytes) -> dict[str, Any] | None:
    """Return the WSGI environment of a query by GET whose header fields were read before; None of all else.

    Clients send the same fields again and again. Only the target differs, which must have none but characters that
    mean themselves; all that was found of the fields holds for these bytes.

    :param data: what came at once, when nothing was left to be read before
    """
    end = data.find(_VERSION) if data.startswith(_QUERY) else -1
    known = _sections.get(data[end:]) if end > len(_QUERY) else None
    if known is None:
        return None
    query = data[len(_QUERY) : end]
    if query.translate(None, _PLAIN):
        return None
    return {**known, "QUERY_STRING": data[_PARAMETERS:end].decode("ascii"), ALONE: query}


def learn_head(head: bytes, environ: dict[str, Any]) -> None:
    """Take note of how the header fields of a query were read.

    :param head: of a request that was whole with it and keeps the connection open
    :param environ: its environment, to which nothing was added
    """
    end = head.find(_VERSION) if head.startswith(_QUERY) else -1
    if end < 0 or len(head) - end > _MOST_FIELD_BYTES:
        return
    if len(_sections) >= _MOST_SECTIONS:
        _sections.clear()
    _sections[head[end:]] = environ.copy()


class RequestReader:
    """Reads one request.

    :param most: bytes of a body that are accepted
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._parser = HttpRequestParser(self)
        self._url = b""
        self._number = 0
        self._has_fields = False
        self._complete = False
        self._pieces: list[bytes] = []
        self._size = 0
        self.head: bytes | bytearray = b""
        """The bytes of the head as far as they have come."""
        self.environ: dict[str, Any] = {}
        """The head, under the names of WSGI, as soon as :attr:`has_head`."""
        self.has_head = False
        """Whether the head has been read."""
        self.done = False
        """Whether there is nothing more to read: the request is whole, or there is a problem."""
        self.problem: RequestError | None = None
        """What is wrong with the request."""
        self.last = False
        """Whether no further request is read from the connection."""
        self.is_silent = False
        """Whether the client understands no answer."""

    @property
    def body(self) -> bytes:
        """The content; that of methods for which it means nothing is left out."""
        return b"" if self.environ["REQUEST_METHOD"] in _BODILESS else b"".join(self._pieces)

    @property
    def is_whole_head(self) -> bool:
        """Whether the request is its head and nothing else, and the connection stays open."""
        return self._complete and not self._size and self.problem is None and not self.last

    @property
    def waits_for_leave(self) -> bool:
        """Whether the client waits to be told to send the body (RFC 9110, section 10.1.1)."""
        expects = self.has_head and not self.done and not self._size and "HTTP_EXPECT" in self.environ
        return expects and self.environ["SERVER_PROTOCOL"] == "HTTP/1.1"

    def take(self, data: bytes) -> bytes:
        """Take bytes until the request is done; return those that are left."""
        if not self.has_head:
            data = self._take_head(data)
        if not data or not self.has_head or self.done:
            return data
        length = self.environ.get("CONTENT_LENGTH")
        end = len(data) if length is None else int(length) - self._size
        self._parse(data[:end])
        if self._size > self._most:
            message = f"the body is too large: more than {self._most} bytes"
            self._refuse(BodyTooLargeError(message, hint=_LEAST_HINT))
        return data[end:]

    def break_off(self) -> None:
        """Take note that the client sends no more."""
        stated = self.environ.get("CONTENT_LENGTH")
        message = f"the body ended after {self._size}{f' of {stated}' if stated else ''} bytes"
        self._refuse(RequestError(message, hint="send as many bytes as Content-Length says"))

    def time_out(self, seconds: float) -> None:
        """Take note that the request has taken too long to arrive."""
        what = f"body did not arrive within {seconds:g} s: {self._size} bytes received"
        if not self.has_head:
            what = f"header section did not arrive within {seconds:g} s"
        self._refuse(BodyTimeoutError(f"the {what}", hint="send it faster, or in smaller requests"))

    def _refuse(self, problem: RequestError) -> None:
        self.problem = self.problem or problem
        self.done = self.last = True
        self.is_silent = self.head.startswith(_PREFACE)

    def _take_head(self, data: bytes) -> bytes:
        """Take bytes of the head; return those that come after it."""
        before = bytes(self.head[-3:])
        end = (before + data).find(_END)
        size = len(data) if end < 0 else end + len(_END) - len(before)
        piece = data[:size]
        if not self.head:
            self.head = piece
        else:
            self.head = self.head if isinstance(self.head, bytearray) else bytearray(self.head)
            self.head += piece
        if len(self.head) > _MOST_LINE:
            self._check_size()
        if not self.done:
            self._parse(piece)
        if len(self.head) > _MOST_LINE and end < 0:
            self._check_size()
        if not self.done and (end >= 0 or self._has_fields):
            if end >= 0 and self._has_fields:
                self._finish_head()
            else:
                self._refuse(RequestError("the header section is malformed", hint="end its lines with CR LF"))
        return data[size:]

    def _check_size(self) -> None:
        """Refuse a head that has become too long."""
        line = self.head.find(b"\n")
        if (line if line >= 0 else len(self.head)) > _MOST_LINE:
            if _TOKEN.match(self.head):
                self._refuse(UriTooLongError("the URL is too long", hint="send the query by POST"))
            else:
                self._refuse(RequestError("this is not HTTP", hint="see RFC 9112"))
        elif len(self.head) > _MOST_HEAD or self._number > _MOST_FIELDS:
            message = f"there are too many header fields; the limit is {HEADER_BYTES} bytes and {_MOST_FIELDS} fields"
            self._refuse(HeadersTooLargeError(message, hint="send fewer or shorter fields"))

    def _parse(self, data: bytes) -> None:
        """Parse bytes, and refuse what is not HTTP."""
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            return  # no other protocol is offered: the request is one like others
        except HttpParserError as error:
            if not self._complete:  # otherwise it is about what follows, which is not read
                self._refuse(self._explain(error))

    def _explain(self, error: HttpParserError) -> RequestError:
        """Return what is wrong with bytes that are not HTTP."""
        if self.has_head:
            return RequestError(f"the body is malformed: {error}", hint="check its chunked coding")
        if "method" in str(error).lower() and _TOKEN.match(self.head):
            hint = "use GET, HEAD, OPTIONS or POST in uppercase; this server is not a proxy"
            return UnknownMethodError("unknown method", hint=hint)
        return RequestError(f"this is not HTTP: {error}", hint="see RFC 9112")

    def _finish_head(self) -> None:
        """Read the request line, and refuse a head that no body follows."""
        self.has_head = True
        for check in (self._read_target, self._check_fields):
            try:
                check()
            except RequestError as error:
                self._refuse(error)
                return
        self.done = self._complete

    def _read_target(self) -> None:
        environ, version = self.environ, self._parser.get_http_version()
        environ["REQUEST_METHOD"] = self._parser.get_method().decode("latin-1")
        environ["SERVER_PROTOCOL"] = f"HTTP/{version}"
        target = self._url.decode("latin-1")
        path, _, environ["QUERY_STRING"] = target.partition("#")[0].partition("?")
        if not path.startswith("/"):
            path = _ABSOLUTE.sub("", path, count=1) or "/"
        environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1") if "%" in path else path
        if version not in {"1.0", "1.1"}:
            raise RequestError(f"HTTP/{version} is not spoken here", hint="use HTTP/1.1")
        if not target.isascii():
            raise RequestError("the URL has characters outside ASCII", hint="percent-encode them")

    def _check_fields(self) -> None:
        if self._number > _MOST_FIELDS:
            message = f"there are {self._number} header fields; the limit is {_MOST_FIELDS}"
            raise HeadersTooLargeError(message, hint="send fewer fields")
        if _FOLDED.search(self.head):
            raise RequestError("a header field goes on in the next line", hint="send each field on a line of its own")
        check_request(self.environ)
        length = self.environ.get("CONTENT_LENGTH")
        if length is None:
            self.last = self.last or not self._complete  # where a request after one in chunks begins is not looked for
        elif int(length) > self._most:
            message = f"the body is too large: {length} bytes; the limit is {self._most}"
            raise BodyTooLargeError(message, hint=_LEAST_HINT)

    # What the parser calls

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field."""
        self._number += 1
        if self._has_fields or self._number > _MOST_FIELDS:
            return  # of a trailer, or of a head that will be refused
        key, environ = name_field(name), self.environ
        if key:
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]}, {text}" if key in environ else text

    def on_headers_complete(self) -> None:
        """Take note that all fields have come."""
        if self._has_fields:
            return  # of what follows
        self._has_fields = True
        self.last = not self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if not self._complete:
            self._size += len(body)
            if self._size <= self._most:
                self._pieces.append(body)

    def on_message_complete(self) -> None:
        """Take note that the request is whole."""
        self._complete = True
        self.done = self.done or self.has_head
