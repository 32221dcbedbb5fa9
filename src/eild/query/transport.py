"""HTTP requests to another server with one timeout for connecting, sending, waiting and the whole response.

It uses httpcore, whose network layer can be wrapped (``network_backend``): each read gets the remaining time, so a
server that sends a byte per second times out as well. Higher-level clients limit each read separately, and no single
read from such a server is slow. Redirects are not followed, the environment is not read, and no content coding is
accepted, because decoded data could exceed the limit.
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

    from eild.query.deadline import Deadline

CONNECT_SECONDS: Final = 2.0
"""Time limit for connecting, in seconds, if the timeout of the request is not shorter."""

_AGENT: Final = "EILD"
_RETRY_PAUSE: Final = 0.2
_RETRY_DIGITS: Final = 3
_UNAVAILABLE: Final = 503
_HINT_AWAY: Final = "try again in a few seconds; pages and dumps on this server are still available"
_HINT_SLOW: Final = "make the query more selective or add LIMIT"


@dataclass(frozen=True)
class Reply:
    """A complete response of the other server: status, fields by lowercase name, body."""

    status: int
    fields: Mapping[str, str]
    body: bytes


class _Clock(threading.local):
    """The timeout of the request of the current thread."""

    deadline: Deadline | None = None

    def limit(self, timeout: float | None) -> float:
        """Return the seconds that one step may take.

        :raises httpcore.ReadTimeout: if no time remains
        """
        left = self.deadline.left if self.deadline else 0.0
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection whose operations respect the timeout of the thread's request."""

    def __init__(self, inner: httpcore.NetworkStream, clock: _Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return received bytes."""
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
        """Return information about the connection."""
        return self._inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Opens connections whose operations respect the timeout of the thread's request."""

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
    """Sends forms to one URL by POST and returns complete responses.

    :param url: the URL; its user name and password are sent as basic authentication
    :param max_bytes: maximum size of the body of a response, in bytes
    :param connections: maximum number of concurrent connections
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
        """Send a form and return the complete response.

        The form is a read-only query. It is sent once more if the connection is refused or closed before the first byte
        of the response, or if the server responds with 503 and a short ``Retry-After``.

        :raises BackendError: if the server is unavailable or closes the connection
        :raises BackendTimeoutError: if the request times out
        :raises ResultTooLargeError: if the response is too large
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

        :raises _NoByteError: if the connection is closed before the first byte of the response
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
    """The connection was closed before the first byte of the response."""


def _explain(error: Exception) -> str:
    if isinstance(error, httpcore.ConnectError):
        return "no connection"
    text = "".join(sign if sign.isprintable() else " " for sign in str(error))[:200]
    return text or type(error).__name__
