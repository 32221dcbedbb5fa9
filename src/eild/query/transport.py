"""HTTP to another server under one deadline: connecting, sending, waiting and every byte of the answer together.

It uses httpcore, whose network layer can be wrapped (``network_backend``): each single read gets what is left of the
deadline, so a server that sends a byte a second, in its head or its body, is given up on time. Clients above it bound
each read by itself, and no read of such a server is slow. No redirect is followed, nothing is taken from the
environment, and no content coding is accepted that could unpack to more than was counted.
"""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import httpcore

from eild.errors import BackendError, BackendTimeoutError, ResultTooLargeError
from eild.publication.addresses import split_url

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping

CONNECT_SECONDS: Final = 2.0
"""How long a connection may take to come about, where the deadline is not nearer."""

_AGENT: Final = "EILD"
_RETRY_PAUSE: Final = 0.2
_RETRY_DIGITS: Final = 3
_UNAVAILABLE: Final = 503
_HINT_AWAY: Final = "try again in a few seconds; pages and dumps on this server are still available"
_HINT_SLOW: Final = "make the query more selective or add LIMIT"


@dataclass(frozen=True)
class Reply:
    """A whole answer of the other server: status, fields by lower-case name, body."""

    status: int
    fields: Mapping[str, str]
    body: bytes


class Deadline:
    """A moment by which everything must be done.

    :param seconds: from now
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since it was set."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float:
        """Seconds that are left; negative where it has passed."""
        return self.seconds - self.elapsed


class _Clock(threading.local):
    """The deadline of the request that the current thread makes."""

    deadline: Deadline | None = None

    def limit(self, timeout: float | None) -> float:
        """Return the seconds that one step may take.

        :raises httpcore.ReadTimeout: if none are left
        """
        left = self.deadline.left if self.deadline else 0.0
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection whose steps end at the deadline of the thread's request."""

    def __init__(self, inner: httpcore.NetworkStream, clock: _Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return bytes that have come."""
        return self._inner.read(max_bytes, self._clock.limit(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self._inner.write(buffer, self._clock.limit(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the connection under TLS."""
        inner = self._inner.start_tls(ssl_context, server_hostname, self._clock.limit(timeout))
        return _Stream(inner, self._clock)

    def get_extra_info(self, info: str) -> object:
        """Return what the connection knows about itself."""
        return self._inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Opens connections whose steps end at the deadline of the thread's request."""

    def __init__(self, clock: _Clock) -> None:
        self._inner = httpcore.SyncBackend()
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a new connection."""
        inner = self._inner.connect_tcp(host, port, self._clock.limit(timeout), local_address, socket_options)
        return _Stream(inner, self._clock)


class Transport:
    """Sends forms to one URL by POST and returns whole replies.

    :param url: where to; user name and password in it are sent as basic authentication
    :param max_bytes: the greatest number of bytes of a reply's body
    :param connections: how many at the same time
    """

    def __init__(self, url: str, max_bytes: int, connections: int) -> None:
        parts = split_url(url)
        self._clock = _Clock()
        self._max_bytes = max_bytes
        place = parts.netloc.rpartition("@")[2]
        self.url = parts._replace(netloc=place).geturl()
        """The URL without user name and password."""
        self._fields = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._fields["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        self._pool = httpcore.ConnectionPool(
            max_connections=connections, keepalive_expiry=10.0, network_backend=_Network(self._clock)
        )

    def post(self, form: bytes, accept: str, deadline: Deadline) -> Reply:
        """Send a form and return the whole reply.

        What was sent is a query, which changes nothing: where the connection is refused or ends before a byte of
        the reply, it is sent once more; likewise, after the time that it asks for, to a server that is unavailable.

        :raises BackendError: if the server is away or breaks off
        :raises BackendTimeoutError: if the deadline passes
        :raises ResultTooLargeError: if the reply is too large
        """
        self._clock.deadline = deadline
        try:
            return self._post(form, accept, deadline)
        except httpcore.TimeoutException:
            raise self._timeout(deadline) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            message = f"the backend SPARQL server is unavailable or closed the connection: {_explain(error)}"
            raise BackendError(message, hint=_HINT_AWAY) from error
        finally:
            self._clock.deadline = None

    def _post(self, form: bytes, accept: str, deadline: Deadline) -> Reply:
        try:
            reply = self._exchange(form, accept)
        except (httpcore.ConnectError, _NoByteError):
            self._rest(_RETRY_PAUSE, deadline)
            return self._exchange(form, accept)
        wait = reply.fields.get("retry-after", "")
        short = wait.isascii() and wait.isdigit() and len(wait) <= _RETRY_DIGITS
        if reply.status == _UNAVAILABLE and short and int(wait) < deadline.left:
            self._rest(float(wait), deadline)
            return self._exchange(form, accept)
        return reply

    def _exchange(self, form: bytes, accept: str) -> Reply:
        """Send the form once.

        :raises _NoByteError: if the connection ends before a byte of the reply
        """
        request = {
            **self._fields,
            "Host": urlsplit(self.url).netloc,
            "Accept": accept,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(form)),
        }
        timeouts = {"timeout": {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}}
        fields = [(name.encode(), value.encode()) for name, value in request.items()]
        sent = httpcore.Request("POST", self.url, headers=fields, content=form, extensions=timeouts)
        try:
            response = self._pool.handle_request(sent)
        except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError) as error:
            if isinstance(error, httpcore.RemoteProtocolError) and "without sending" not in str(error):
                raise
            raise _NoByteError(str(error)) from error
        try:
            names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Reply(response.status, names, self._read(response))
        finally:
            response.close()

    def _read(self, response: httpcore.Response) -> bytes:
        body = bytearray()
        for part in response.iter_stream():
            body += part
            if len(body) > self._max_bytes:
                message = f"the result is too large (limit: {self._max_bytes} bytes)"
                raise ResultTooLargeError(message, hint="add LIMIT, or select fewer columns")
        return bytes(body)

    def _rest(self, seconds: float, deadline: Deadline) -> None:
        if seconds >= deadline.left:
            raise self._timeout(deadline)
        time.sleep(seconds)

    @staticmethod
    def _timeout(deadline: Deadline) -> BackendTimeoutError:
        message = f"the backend SPARQL server timed out after {deadline.elapsed:.1f} s (limit: {deadline.seconds:g} s)"
        return BackendTimeoutError(message, hint=_HINT_SLOW)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _NoByteError(httpcore.NetworkError):
    """The connection ended before a byte of the reply."""


def _explain(error: Exception) -> str:
    if isinstance(error, httpcore.ConnectError):
        return "no connection"
    text = "".join(sign if sign.isprintable() else " " for sign in str(error))[:200]
    return text or type(error).__name__
